// Every event of a job, in its order.
import { h } from "../dom/h.js";
import { precise } from "../lib/clock.js";
import { seconds } from "../lib/format.js";
import { badge } from "./parts.js";
import { table } from "./table.js";

const tones = {
  failed: "bad", not_delivered: "bad", fault: "bad", retry: "caution", take_over: "caution", released: "caution", outage_wait: "caution",
  completed: "good", delivered: "good", refunded: "good",
};

// A phone has no room for the date.
function when(event) {
  const [day, time] = precise(event.at).split(" ");
  return [h("span", { class: "minor" }, `${day} `), time];
}

export function eventsTable(job) {
  const events = (job.events ?? []).map((event, index) => ({ ...event, index, after: index ? event.at - job.events[index - 1].at : null }));
  const columns = [
    { title: "When", width: "13rem", cell: when },
    { title: "After", width: "5rem", end: true, minor: true, cell: (event) => (event.after === null ? "" : `+${seconds(event.after)}`) },
    { title: "What", width: "9rem", cell: (event) => badge(event.kind.replaceAll("_", " "), tones[event.kind] ?? (event.kind.startsWith("operator") ? "accent" : "")) },
    { title: "Node", width: "6.5rem", cell: (event) => event.node },
    { title: "Try", width: "2.5rem", end: true, minor: true, cell: (event) => event.attempt },
    { title: "Why", wrap: true, cell: (event) => event.reason },
  ];
  return h("section", { key: "events" }, h("h3", {}, "Events"),
    table({ label: "Events", columns, rows: events, keyOf: (event) => event.index, empty: "Nothing is known of its way." }));
}
