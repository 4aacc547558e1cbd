// What operators did, and why.
import { h } from "../dom/h.js";
import { change } from "../lib/address.js";
import { clock } from "../lib/clock.js";
import { query } from "../lib/query.js";
import { loaded, now, often, store } from "../state/store.js";
import { badge, panel, waitingFor } from "./parts.js";
import { table } from "./table.js";

const limit = 100;

export function needs({ params }) {
  return [{ name: "actions", url: query("/api/actions", { before: params.before, target: params.target, limit }), every: params.before ? 0 : often(5000, 15_000) }];
}

const jobId = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

const columns = [
  { title: "When", width: "11.5rem", cell: (row) => clock(row.at, now()) },
  { title: "Who", width: "12rem", cell: (row) => row.operator },
  { title: "What", width: "9rem", cell: (row) => badge(row.verb, "accent") },
  { title: "On", width: "13rem", wrap: true, cell: target },
  { title: "Why", width: "16rem", wrap: true, cell: (row) => row.reason },
  { title: "Details", wrap: true, minor: true, cell: (row) => details(row.details) },
];

export function view() {
  const answer = loaded("actions");
  return panel("Actions", {
    name: "actions", wide: true,
    tools: [
      store.address.params.target && h("a", { href: change(store.address, { target: null }) }, `only ${store.address.params.target}: show all`),
      store.address.params.before && h("a", { href: change(store.address, { before: null }) }, "newest"),
      answer?.next && h("a", { href: change(store.address, { before: answer.next }) }, "older"),
    ],
  }, table({
    label: "Actions", columns, rows: answer?.actions ?? [], keyOf: (row) => row.id,
    empty: waitingFor("actions", "No operator has done anything yet."),
  }));
}

function target(row) {
  if (!row.target) return h("span", { class: "dim" }, "–");
  const href = change(store.address, jobId.test(row.target) ? { job: row.target } : { target: row.target });
  return h("a", { href }, h("code", {}, row.target));
}

function details(given) {
  return Object.entries(given ?? {}).map(([name, value]) => `${name}: ${typeof value === "object" ? JSON.stringify(value) : value}`).join(", ");
}
