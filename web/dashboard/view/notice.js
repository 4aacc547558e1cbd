// What the node tells this moment and cannot wait for the next list: a handler that keeps a thread.
import { h } from "../dom/h.js";
import { link } from "../lib/address.js";
import { milliseconds } from "../lib/format.js";
import { store } from "../state/store.js";

const shownFor = 12_000; // milliseconds after it has ended, or was last told of

/// The stall that was told of last; null: none lately.
export function notice() {
  const { stall, heardAt } = store.stalled ?? {};
  if (!stall || Date.now() - heardAt > shownFor) return null;
  return h("a", { key: `${stall.node} ${stall.at}`, class: stall.running ? "notice bad" : "notice caution", href: link("actors", { tab: "threads" }) },
    h("b", {}, stall.running ? "Stall" : "Stalled"), ` ${stall.kind} on ${stall.node}: `, h("code", {}, stall.message),
    ` ${stall.running ? "runs for" : "ran for"} ${milliseconds(stall.ms)}`);
}
