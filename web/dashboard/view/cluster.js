// Nodes, keys, models and the queue, with their levers.
import { h } from "../dom/h.js";
import { clock } from "../lib/clock.js";
import { count } from "../lib/format.js";
import { onSubject } from "../lib/levers.js";
import { now, store } from "../state/store.js";
import { keysPanel, modelsPanel } from "./levers_table.js";
import { nodesPanel } from "./nodes.js";
import { badge, leverButton, panel } from "./parts.js";
import { table } from "./table.js";

export function needs() {
  return [];
}

export function view() {
  return [queuePanel(), providersPanel(), nodesPanel(), keysPanel(), modelsPanel()];
}

function queuePanel() {
  const paused = store.status?.paused?.queue;
  return panel("Queue", {
    tools: paused ? leverButton("resume", onSubject("queue", "resume"), "good") : leverButton("pause", onSubject("queue", "pause")),
  }, h("p", { class: "sentence" }, store.status
    ? paused
      ? [badge("paused", "bad"), ` since ${clock(paused.since, now())} ${paused.until ? `until ${clock(paused.until, now())}` : "until it is resumed"}, by ${paused.operator}: ${paused.reason}`]
      : [badge("open", "good"), ` ${count(store.status.queue.queued)} wait, ${count(store.status.queue.processing)} are worked on.`]
    : "Loading…"));
}

const columns = [
  { title: "Service", width: "8rem", cell: (one) => one.name },
  { title: "State", width: "8rem", cell: (one) => (one.down ? badge("down", "bad") : badge("up", "good")) },
  { title: "Since", width: "10rem", cell: (one) => clock(one.down ? one.down_since : one.ended_at, now()) },
  { title: "Why", wrap: true, cell: (one) => one.reason },
];

function providersPanel() {
  return panel("Services", {}, table({
    label: "Services", columns, rows: store.status?.providers ?? [], keyOf: (one) => one.name, empty: "No outage is known.",
  }));
}
