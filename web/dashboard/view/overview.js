// The first view: where jobs are, what needs a person, and what happened last.
import { link } from "../lib/address.js";
import { chartSeries } from "../lib/charts.js";
import { mergeKinds } from "../lib/actors.js";
import { seriesQuery } from "../lib/query.js";
import { stageSeries } from "../lib/stages.js";
import { loaded, often, store } from "../state/store.js";
import { attention } from "./attention.js";
import { chartsPanel } from "./charts.js";
import { flow } from "./flow.js";
import { kindsTable, sortKinds } from "./kinds.js";
import { jobsTable } from "./jobs_table.js";
import { panel, waitingFor } from "./parts.js";
import { h } from "../dom/h.js";

export function needs({ params }) {
  return [
    { name: "flow", url: seriesQuery(stageSeries(), "30min"), every: 15_000 },
    { name: "actors", url: "/api/actors?node=*", every: 5000 },
    { name: "failures", url: "/api/jobs?status=failed&limit=6", every: often(10_000, 60_000) },
    { name: "charts", url: seriesQuery(chartSeries, params.since ?? "1h"), every: params.since === "5min" ? 2000 : 15_000 },
  ];
}

export function view() {
  return [flow(), attention(), busiest(), failures(), chartsPanel()];
}

const more = (href, text) => h("a", { href, class: "more" }, text);

function busiest() {
  const rows = sortKinds(mergeKinds(loaded("actors")), "waiting").slice(0, 6);
  return panel("Deepest mailboxes", { name: "actors", tools: more(link("actors"), "all kinds") },
    kindsTable(rows, { isShort: true, empty: waitingFor("actors", "No node tells of its actors.") }));
}

function failures() {
  return panel("Last failures", { name: "failures", wide: true, tools: more(link("errors"), "grouped") },
    jobsTable(loaded("failures")?.jobs ?? [], { label: "Last failures", empty: waitingFor("failures", "No job has failed.") }));
}

/// Leads to what the address asks for (`show`).
export function shown() {
  if (store.address.params.show) document.getElementById(store.address.params.show)?.scrollIntoView({ block: "center" });
}
