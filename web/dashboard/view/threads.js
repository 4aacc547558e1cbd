// The scheduler, what runs on which thread right now, and what kept a thread for too long.
import { h } from "../dom/h.js";
import { link } from "../lib/address.js";
import { collect } from "../lib/actors.js";
import { clock } from "../lib/clock.js";
import { milliseconds } from "../lib/format.js";
import { loaded, now } from "../state/store.js";
import { badge, waitingFor } from "./parts.js";
import { meter, scheduler } from "./scheduler.js";
import { table } from "./table.js";

const kindLink = (kind) => h("a", { href: link("actors", { tab: "instances", kind }) }, kind);

const threadColumns = [
  { title: "Thread", width: "11rem", cell: (row) => `${row.node} · ${row.n}` },
  { title: "Busy", width: "9rem", cell: (row) => meter(row.busy) },
  { title: "For", width: "6rem", end: true, cell: (row) => row.now && milliseconds(row.now.ms) },
  { title: "Now", width: "12rem", cell: (row) => (row.now ? kindLink(row.now.kind) : h("span", { class: "dim" }, "idle")) },
  { title: "Message", cell: (row) => row.now && h("code", {}, row.now.message) },
];

const stallColumns = [
  { title: "When", width: "11.5rem", cell: (row) => clock(row.at, now()) },
  { title: "Lasted", width: "6rem", end: true, cell: (row) => h("b", {}, milliseconds(row.ms)) },
  { title: "", width: "6rem", cell: (row) => row.running && badge("runs still", "bad") },
  { title: "Kind", width: "12rem", cell: (row) => kindLink(row.kind) },
  { title: "Message", width: "16rem", cell: (row) => h("code", {}, row.message) },
  { title: "Node", minor: true, cell: (row) => row.node },
];

export function threads() {
  const stalls = collect(loaded("actors"), "stalls").sort((a, b) => b.at - a.at);
  return [
    scheduler(),
    h("h3", {}, "Threads: what each handles now"),
    table({
      label: "Threads", columns: threadColumns, rows: collect(loaded("actors"), "threads"),
      keyOf: (row) => `${row.node} ${row.n}`, empty: waitingFor("actors", "No node tells of its threads."),
    }),
    h("h3", {}, "Stalls: handlers that kept a thread for 25 ms or longer"),
    table({
      label: "Stalls", columns: stallColumns, rows: stalls, keyOf: (row) => `${row.node} ${row.kind} ${row.id} ${row.at}`,
      empty: waitingFor("actors", "None is remembered."),
    }),
  ];
}
