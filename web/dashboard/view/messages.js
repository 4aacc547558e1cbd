// Types of messages: the most frequent, the slowest, the most failing.
import { h } from "../dom/h.js";
import { link } from "../lib/address.js";
import { collect, mergeMessages, topMessages } from "../lib/actors.js";
import { count, milliseconds, rate } from "../lib/format.js";
import { loaded } from "../state/store.js";
import { choice, tabs, waitingFor } from "./parts.js";
import { table } from "./table.js";

const lists = [["most", "Most"], ["slowest", "Slowest"], ["failing", "Failing"]];

const columns = [
  { title: "Message", width: "18rem", cell: (row) => h("code", {}, row.message) },
  { title: "To", width: "12rem", cell: (row) => h("a", { href: link("actors", { tab: "instances", kind: row.kind }) }, row.kind) },
  { title: "Rate", width: "6rem", end: true, cell: (row) => rate(row.rate) },
  { title: "p50", width: "6rem", end: true, minor: true, cell: (row) => milliseconds(row.p50_ms) },
  { title: "p99", width: "6rem", end: true, cell: (row) => milliseconds(row.p99_ms) },
  { title: "Max", width: "6rem", end: true, cell: (row) => milliseconds(row.max_ms) },
  { title: "Errors", width: "5rem", end: true, cell: (row) => count(row.errors) },
];

const deadColumns = [
  { title: "Message", width: "18rem", cell: (row) => h("code", {}, row.message) },
  { title: "To", width: "12rem", cell: (row) => row.kind },
  { title: "Count", width: "6rem", end: true, cell: (row) => count(row.count) },
  { title: "Why", cell: (row) => (row.reason === "ended" ? "the actor had ended" : row.reason) },
];

export function messages(params) {
  const list = params.list ?? "most";
  const all = mergeMessages(loaded("actors"));
  const kinds = [...new Set(all.map((row) => row.kind))].sort().map((kind) => [kind, kind]);
  const rows = topMessages(all.filter((row) => !params.kind || row.kind === params.kind), list);
  const dead = collect(loaded("actors"), "dead_letters");
  return [
    h("div", { class: "tools" }, tabs("list", lists, list, "Order of messages"), choice("kind", [["", "all kinds"], ...kinds], "Kind")),
    table({
      label: "Messages", columns, rows, keyOf: (row) => `${row.kind} ${row.message}`,
      empty: waitingFor("actors", list === "failing" ? "No message failed lately." : "No message was handled lately."),
    }),
    h("h3", {}, "Dead letters"),
    table({ label: "Dead letters", columns: deadColumns, rows: dead, keyOf: (row) => `${row.node} ${row.kind} ${row.message} ${row.reason}`, empty: "None." }),
  ];
}
