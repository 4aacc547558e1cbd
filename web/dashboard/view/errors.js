// Failures grouped by class and signal.
import { h } from "../dom/h.js";
import { change, link } from "../lib/address.js";
import { clock } from "../lib/clock.js";
import { count, shortId, total } from "../lib/format.js";
import { query } from "../lib/query.js";
import { loaded, now, often, store } from "../state/store.js";
import { panel, tabs, waitingFor, wordsButton } from "./parts.js";
import { table } from "./table.js";

const periods = [["1h", "1 h"], ["24h", "24 h"], ["168h", "7 d"]];

const since = ({ params }) => (periods.some(([value]) => value === params.since) ? params.since : "24h");

export function needs(address) {
  return [{ name: "errors", url: query("/api/errors", { since: since(address), texts: store.open.words ? 1 : null }), every: often(10_000, 60_000) }];
}

const list = (group) => link("jobs", { status: "failed", class: group.class, signal: group.signal });

const columns = [
  { title: "Class", width: "11rem", cell: (group) => group.class ?? "none" },
  { title: "Count", width: "5.5rem", end: true, cell: (group) => h("b", {}, count(group.count)) },
  { title: "1 h", width: "4.5rem", end: true, minor: true, cell: (group) => count(group.counts?.["1h"]) },
  { title: "24 h", width: "4.5rem", end: true, minor: true, cell: (group) => count(group.counts?.["24h"]) },
  { title: "7 d", width: "4.5rem", end: true, minor: true, cell: (group) => count(group.counts?.["7d"]) },
  { title: "Last", width: "11.5rem", cell: (group) => clock(group.last, now()) },
  { title: "Example", width: "9.5rem", minor: true, cell: (group) => group.example && h("a", { href: change(store.address, { job: group.example }) }, h("code", {}, shortId(group.example))) },
  { title: "", width: "5.5rem", cell: (group) => h("a", { href: list(group), title: "the failed jobs of this class and signal" }, "list these") },
  { title: "Signal", wrap: true, note: "what is recognised of what a provider said", cell: signal },
];

function signal(group) {
  return [h("code", {}, group.signal ?? "none"), store.open.words && group.words && h("div", { class: "dim" }, group.words)];
}

export function view() {
  const answer = loaded("errors");
  return panel("Errors", {
    name: "errors", wide: true,
    tools: [h("span", { class: "dim" }, answer && `${total(answer.total, answer.total_is_exact)} failed ${answer.total === 1 ? "job" : "jobs"}`), wordsButton(), tabs("since", periods, since(store.address), "Period")],
  }, table({
    label: "Errors", columns, rows: answer?.groups ?? [], keyOf: (group) => `${group.class} ${group.signal}`,
    hrefOf: list, empty: waitingFor("errors", "No job has failed in this time."),
  }));
}
