// The figures on top of every view.
import { h } from "../dom/h.js";
import { stripOf } from "../lib/strip.js";
import { collect } from "../lib/actors.js";
import { latest, pointsByName } from "../lib/series.js";
import { loaded, now, store } from "../state/store.js";

const recently = 15 * 60;

/// The series that the strip needs.
export const stripSeries = ["job_seconds.p95", "promises_broken", "audit_last_success_timestamp_seconds"];

export function strip() {
  const time = now();
  const series = pointsByName(loaded(store.address.view === "overview" ? "flow" : "strip") ?? loaded("flow"));
  const actors = loaded("actors");
  const extra = {
    now: time,
    p95: latest(series["job_seconds.p95"], time, 1800),
    promisesBroken: latest(series.promises_broken, time, 120),
    auditAt: latest(series.audit_last_success_timestamp_seconds, time, 120),
    stallCount: actors ? collect(actors, "stalls").filter((stall) => time - stall.at < recently).length : null,
  };
  return h("section", { class: "strip", "aria-label": "Figures" }, stripOf(store.status, extra).map(tile));
}

function tile({ id, title, value, note, level, href }) {
  return h("a", { key: id, id: `tile-${id}`, class: `tile ${level ?? ""}`, href, title: note },
    h("span", { class: "title" }, title), h("b", {}, value), h("span", { class: "note" }, note));
}
