// How busy the threads that actors share are, and how late timers fire: every node now, and this node's history.
import { h } from "../dom/h.js";
import { percent, milliseconds } from "../lib/format.js";
import { periods, schedulerCharts, seriesOf } from "../lib/charts.js";
import { seriesQuery } from "../lib/query.js";
import { remember, schedulersOf } from "../lib/scheduler.js";
import { loaded, store } from "../state/store.js";
import { boxes } from "./charts.js";
import { tabs, waitingFor } from "./parts.js";
import { spark } from "./spark.js";
import { table } from "./table.js";

const past = new Map(); // lib/scheduler.js

const since = (params) => (periods.some(([value]) => value === params.since) ? params.since : "5min");

export function schedulerNeeds({ params }) {
  return [{ name: "scheduler", url: seriesQuery(seriesOf(schedulerCharts), since(params)), every: since(params) === "5min" ? 2000 : 15_000 }];
}

/// Keeps what the nodes tell of their schedulers. Called with every drawing: the page asks for the actors in every view.
export function watchSchedulers() {
  remember(past, loaded("actors"));
}

const late = 100; // milliseconds

const columns = [
  { title: "Node", width: "11rem", cell: (row) => row.node },
  { title: "Busy", width: "9rem", note: "share of the time in which the threads that actors share run handlers", cell: (row) => meter(row.busy) },
  { title: "", width: "11rem", minor: true, note: "since this page is open", cell: (row) => spark(past.get(row.node)?.busy, `Busy ratio of ${row.node}, since this page is open`) },
  { title: "Timers late", width: "7rem", end: true, note: "the greatest of the last 15 to 30 s", cell: (row) => h("span", { class: row.lag_ms > late ? "caution" : null }, milliseconds(row.lag_ms)) },
  { title: "", width: "11rem", minor: true, note: "since this page is open", cell: (row) => spark(past.get(row.node)?.lag, `Timer lag of ${row.node}, since this page is open`) },
  { title: "Threads", width: "5rem", end: true, minor: true, note: "that actors share and that have run one", cell: (row) => row.threads },
  { title: "" , minor: true, cell: () => null },
];

/// The share of a thread's time that handlers took.
export function meter(busy) {
  return [h("meter", { min: 0, max: 1, high: 0.8, value: busy ?? 0 }), " ", percent(busy)];
}

export function scheduler() {
  return [
    h("h3", {}, "Scheduler"),
    table({
      label: "Schedulers", columns, rows: schedulersOf(loaded("actors")), keyOf: (row) => row.node,
      empty: waitingFor("actors", "No node tells of its scheduler."),
    }),
    h("div", { class: "tools over-charts" }, h("span", { class: "dim" }, "History of the node that serves this page"), tabs("since", periods, since(store.address.params), "Period")),
    h("div", { class: "charts pair" }, boxes(schedulerCharts, "scheduler")),
  ];
}
