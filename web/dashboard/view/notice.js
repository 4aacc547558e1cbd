// What the node tells this moment and cannot wait for the next list: a handler that keeps a thread.
import { h } from "../dom/h.js";
import { link } from "../lib/address.js";
import { milliseconds } from "../lib/format.js";
import { now, store } from "../state/store.js";

// In milliseconds. Shorter stalls are counted and listed only; the end of one that runs is told within a second.
const worthATelling = { running: 1500, ended: 250 };
const shownFor = { running: 60_000, ended: 12_000 };

/// The stall that was told of last; null: none lately.
export function notice() {
  const { stall, heardAt } = store.stalled ?? {};
  if (!stall) return null;
  const state = stall.running ? "running" : "ended";
  const lasted = stall.running ? Math.max(stall.ms, (now() - stall.at) * 1000) : stall.ms;
  if (lasted < worthATelling[state] || Date.now() - heardAt > shownFor[state]) return null;
  return h("a", { key: `${stall.node} ${stall.at}`, class: stall.running ? "notice bad" : "notice caution", href: link("actors", { tab: "threads" }) },
    h("b", {}, stall.running ? "Stall" : "Stalled"), ` ${stall.kind} on ${stall.node}: `, h("code", {}, stall.message),
    ` ${stall.running ? "runs for" : "ran for"} ${milliseconds(lasted)}`);
}
