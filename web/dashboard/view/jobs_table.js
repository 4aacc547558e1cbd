// A list of jobs.
import { h } from "../dom/h.js";
import { change, link } from "../lib/address.js";
import { clock } from "../lib/clock.js";
import { age, shortId } from "../lib/format.js";
import { now, store } from "../state/store.js";
import { badge, levels } from "./parts.js";
import { table } from "./table.js";

const to = (filters, text) => h("a", { href: link("jobs", filters) }, text);

const columns = [
  { title: "Job", width: "9.5rem", cell: (job) => h("code", { title: job.id }, shortId(job.id)) },
  { title: "Status", width: "6.5rem", cell: (job) => badge(job.status, levels[job.status]) },
  { title: "Age", width: "6rem", end: true, note: "since the order; of what has ended, how long it took", cell: lasted },
  { title: "User", width: "7.5rem", end: true, minor: true, cell: (job) => to({ user: job.tg_user_id }, job.tg_user_id) },
  { title: "Tries", width: "3.5rem", end: true, minor: true, cell: (job) => job.attempts },
  { title: "Model", width: "9rem", minor: true, cell: (job) => job.model && to({ model: job.model }, job.model) },
  { title: "Node", width: "6.5rem", minor: true, cell: (job) => job.node && to({ node: job.node }, job.node) },
  { title: "Ordered", width: "11.5rem", minor: true, cell: (job) => clock(job.created_at, now()) },
  { title: "Why", cell: why },
];

// What a provider said is told for a while after it was asked for; it is shown only as long as it is asked for.
const said = (job) => (store.open.words && job.words) || job.error;

function why(job) {
  if (!job.class && !job.signal && !job.error) return null;
  return [
    job.class && to({ status: job.status, class: job.class }, job.class), " ",
    job.signal && to({ status: job.status, class: job.class, signal: job.signal }, job.signal), " ",
    h("span", { class: "dim", title: said(job) }, said(job)),
  ];
}

export function jobsTable(jobs, { label, empty, pick }) {
  const choosing = pick && store.access?.may_act;
  return table({
    label, empty, rows: jobs, columns: choosing ? [columns[0], picker(pick), ...columns.slice(1)] : columns,
    keyOf: (job) => job.id, hrefOf: (job) => change(store.address, { job: job.id }),
    rowClass: (job) => (job.id === store.address.params.job ? "chosen" : null),
  });
}

function picker(pick) {
  return {
    title: "✓", width: "2.5rem", note: "choose jobs for an action",
    cell: (job) => h("input", {
      type: "checkbox", checked: store.picked.has(job.id), "aria-label": `choose job ${job.id}`,
      on: { change: (event) => pick(job.id, event.target.checked) },
    }),
  };
}

function lasted(job) {
  return age((job.finished_at ?? now()) - job.created_at);
}
