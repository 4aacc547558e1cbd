// Kinds of actors.
import { link } from "../lib/address.js";
import { count, milliseconds, percent, rate } from "../lib/format.js";
import { h } from "../dom/h.js";
import { table } from "./table.js";

const name = { title: "Kind", width: "11rem", cell: (row) => row.kind };
const waiting = { title: "Waiting", width: "5.6rem", end: true, sort: "waiting", note: "messages in mailboxes", cell: (row) => emphasis(row.waiting, count) };
const oldest = {
  title: "Oldest", width: "5.5rem", end: true, sort: "oldest", note: "age of the oldest message that waits",
  cell: (row) => milliseconds(row.oldest_ms),
};
const pace = { title: "Rate", width: "5rem", end: true, sort: "rate", note: "messages handled", cell: (row) => rate(row.rate) };

const others = [
  { title: "Alive", width: "4.5rem", end: true, sort: "alive", cell: (row) => count(row.alive) },
  { title: "Wait p99", width: "5.5rem", end: true, minor: true, sort: "wait_p99", note: "time in the mailbox", cell: (row) => milliseconds(row.wait_ms?.p99) },
  { title: "Handle p50", width: "6rem", end: true, minor: true, cell: (row) => milliseconds(row.handle_ms?.p50) },
  { title: "p99", width: "5.5rem", end: true, sort: "handle_p99", note: "handling a message", cell: (row) => milliseconds(row.handle_ms?.p99) },
  { title: "Max", width: "5.5rem", end: true, minor: true, cell: (row) => milliseconds(row.handle_ms?.max) },
  { title: "Busy", width: "4rem", end: true, sort: "busy", note: "share of one thread", cell: (row) => percent(row.busy) },
  { title: "Stalls", width: "4rem", end: true, sort: "stalls", cell: (row) => emphasis(row.stalls, count, "caution") },
  { title: "Rejected", width: "5rem", end: true, minor: true, sort: "rejected", note: "sent to actors that had ended", cell: (row) => emphasis(row.rejected, count, "caution") },
  { title: "Spawned", width: "5.5rem", end: true, minor: true, sort: "spawned", cell: (row) => count(row.spawned) },
  { title: "Ended", minor: true, cell: (row) => endings(row.ended) },
];

const values = { oldest: (row) => row.oldest_ms, wait_p99: (row) => row.wait_ms?.p99, handle_p99: (row) => row.handle_ms?.p99 };

/// Rows by a column's `sort`, greatest first; then by name, so that equal rows keep their places.
export function sortKinds(rows, by) {
  const value = values[by] ?? ((row) => row[by]);
  return [...rows].sort((a, b) => (value(b) ?? 0) - (value(a) ?? 0) || (a.kind < b.kind ? -1 : 1));
}

export function kindsTable(rows, { isShort, empty, sortedBy, sortLink }) {
  return table({
    label: "Kinds of actors", columns: isShort ? [name, waiting, oldest, pace] : [name, waiting, oldest, ...others.slice(0, 1), pace, ...others.slice(1)],
    rows, empty, sortedBy, sortLink, keyOf: (row) => row.kind, hrefOf: (row) => link("actors", { tab: "instances", kind: row.kind }),
  });
}

function emphasis(value, show, level = "strong") {
  return value > 0 ? h("b", { class: level }, show(value)) : h("span", { class: "dim" }, show(value));
}

function endings(ended) {
  return Object.entries(ended ?? {}).filter(([, number]) => number > 0).map(([reason, number]) => `${count(number)} ${reason}`).join(", ");
}
