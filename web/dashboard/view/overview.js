// The first view: where jobs are, what needs a person, and what happened last.
import { link } from "../lib/address.js";
import { mergeKinds } from "../lib/actors.js";
import { query, seriesQuery } from "../lib/query.js";
import { stageSeries } from "../lib/stages.js";
import { loaded, often, store } from "../state/store.js";
import { attention } from "./attention.js";
import { chartNeeds, chartPanels } from "./charts.js";
import { flow } from "./flow.js";
import { kindsTable, sortKinds } from "./kinds.js";
import { jobsTable } from "./jobs_table.js";
import { panel, waitingFor, wordsButton } from "./parts.js";
import { h } from "../dom/h.js";

export function needs(address) {
  return [
    { name: "flow", url: seriesQuery(stageSeries(), "30min"), every: 15_000 },
    { name: "actors", url: "/api/actors?node=*", every: 5000 },
    { name: "failures", url: query("/api/jobs", { status: "failed", limit: 6, texts: store.open.words ? 1 : null }), every: often(10_000, 60_000) },
    ...chartNeeds(address),
  ];
}

export function view() {
  return [flow(), attention(), busiest(), failures(), ...chartPanels()];
}

const more = (href, text) => h("a", { href, class: "more" }, text);

function busiest() {
  const rows = sortKinds(mergeKinds(loaded("actors")), "waiting").slice(0, 6);
  return panel("Deepest mailboxes", { name: "actors", tools: more(link("actors"), "all kinds") },
    kindsTable(rows, { isShort: true, empty: waitingFor("actors", "No node tells of its actors.") }));
}

function failures() {
  return panel("Last failures", { name: "failures", wide: true, tools: [wordsButton(), more(link("errors"), "grouped")] },
    jobsTable(loaded("failures")?.jobs ?? [], { label: "Last failures", empty: waitingFor("failures", "No job has failed.") }));
}

/// Leads to what the address asks for (`show`).
export function shown() {
  if (store.address.params.show) document.getElementById(store.address.params.show)?.scrollIntoView({ block: "center" });
}
