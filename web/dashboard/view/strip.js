// The figures on top of every view.
import { h } from "../dom/h.js";
import { stripOf } from "../lib/strip.js";
import { collect } from "../lib/actors.js";
import { loaded, now, store } from "../state/store.js";

const recently = 15 * 60;

/// What conditions and figures need besides the status.
export function seenNow() {
  const time = now();
  const actors = loaded("actors");
  return {
    now: time,
    stallCount: actors ? collect(actors, "stalls").filter((stall) => time - stall.at < recently).length : null,
    stallNode: store.address.view === "actors" ? store.address.params.node : null,
  };
}

export function strip() {
  return h("section", { class: "strip", "aria-label": "Figures" }, stripOf(store.status, seenNow()).map(tile));
}

function tile({ id, title, value, note, level, href }) {
  return h("a", { key: id, id: `tile-${id}`, class: `tile ${level ?? ""}`, href, title: note },
    h("span", { class: "title" }, title), h("b", {}, value), h("span", { class: "note" }, note));
}
