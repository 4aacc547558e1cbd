// The actors of one kind, and one of them probed.
import { h } from "../dom/h.js";
import { change } from "../lib/address.js";
import { mergeKinds, silent } from "../lib/actors.js";
import { age, count, milliseconds, seconds } from "../lib/format.js";
import { query } from "../lib/query.js";
import { loaded, store } from "../state/store.js";
import { badge, choice, empty, waitingFor } from "./parts.js";
import { probe } from "./probe.js";
import { table } from "./table.js";

const limit = 100;

// The list of kinds is sorted by more, and its order stands in the same address.
const orders = ["waiting", "oldest", "busy", "age"];
const order = (sort) => (orders.includes(sort) ? sort : "waiting");

// What stands in the flow for what is no actor here: the address keeps the kind that was chosen there.
const elsewhere = ["nobody", "other", "another node"];
const isKind = (kind) => Boolean(kind) && !elsewhere.includes(kind);

export function instancesNeeds({ kind, node, sort, id, of }) {
  if (!isKind(kind)) return [];
  const path = `/api/actors/${encodeURIComponent(kind)}`;
  return [
    { name: "instances", url: query(path, { node: node ?? "*", sort: order(sort), limit }), every: 2000 },
    ...(id ? [{ name: "probe", url: query(`${path}/${id}`, { node: of }), every: 2000 }] : []),
  ];
}

const jobId = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

const columns = [
  { title: "Actor", width: "5rem", cell: (row) => row.id },
  { title: "About", width: "20rem", cell: (row) => (jobId.test(row.label ?? "") ? h("a", { href: change(store.address, { job: row.label }) }, h("code", {}, row.label)) : row.label) },
  { title: "Waiting", width: "6rem", end: true, sort: "waiting", cell: (row) => count(row.waiting) },
  { title: "Oldest", width: "6rem", end: true, sort: "oldest", cell: (row) => milliseconds(row.oldest_ms) },
  { title: "Busy", width: "6rem", end: true, minor: true, sort: "busy", note: "in all its life", cell: (row) => seconds(row.busy_s) },
  { title: "Age", width: "6rem", end: true, sort: "age", cell: (row) => age(row.age_s) },
  { title: "Handled", width: "6rem", end: true, minor: true, cell: (row) => count(row.handled) },
  { title: "Node", width: "7rem", minor: true, cell: (row) => row.node },
  { title: "Now, or last", note: "the message that it handles, or has handled last", cell: (row) => (row.now
    ? [badge(milliseconds(row.now.ms), "caution"), " ", row.now.message] : h("span", { class: "dim" }, row.last_message)) },
];

export function instances(params) {
  const kinds = mergeKinds(loaded("actors")).map((row) => row.kind).sort().map((kind) => [kind, kind]);
  const answer = store.data.instances;
  const total = (answer?.value?.nodes ?? []).reduce((sum, node) => sum + (node.total ?? 0), 0);
  return [
    h("div", { class: "tools" }, choice("kind", [["", "choose a kind"], ...kinds], "Kind"),
      h("span", { class: "bad" }, answer?.error), total > limit && h("span", { class: "dim" }, `the first ${limit} of ${count(total)}`)),
    silent(answer?.value).map((one) => h("p", { key: one.node, class: "silent bad" }, `Node ${one.node} ${one.error}`)),
    isKind(params.kind) && params.id ? probe(params) : null,
    isKind(params.kind)
      ? table({
        label: "Actors of this kind", columns, rows: answer?.value?.kind === params.kind ? answer.value.instances : [],
        keyOf: (row) => `${row.node} ${row.id}`, hrefOf: (row) => change(store.address, { id: row.id, of: row.node }),
        rowClass: (row) => (String(row.id) === params.id && row.node === params.of ? "chosen" : null),
        empty: waitingFor("instances", "None lives now."), sortedBy: order(params.sort), sortLink: (sort) => change(store.address, { sort }),
      })
      : empty("Choose a kind, or click one in the list of kinds."),
  ];
}
