// Jobs by filter, and what can be done with them.
import { h } from "../dom/h.js";
import { total } from "../lib/format.js";
import { bulkFilter, jobsQuery } from "../lib/job_filters.js";
import { onFilter, onJobs } from "../lib/levers.js";
import { allJobs, loadOlder } from "../state/pages.js";
import { loaded, often, store } from "../state/store.js";
import { filters } from "./job_filters.js";
import { jobsTable } from "./jobs_table.js";
import { leverButton, panel, waitingFor, wordsButton } from "./parts.js";

export function needs({ params }) {
  return [{ name: "jobs", url: jobsQuery(params, store.open), every: often(5000, 15_000) }];
}

export function view() {
  const { params } = store.address;
  const first = loaded("jobs");
  const { jobs, next, busy } = allJobs(params);
  return panel("Jobs", {
    name: "jobs", wide: true,
    tools: [h("span", { class: "dim", id: "job-total" }, first ? `${total(first.total, first.total_is_exact)} ${first.total === 1 ? "job" : "jobs"}` : ""), wordsButton()],
  }, filters(params), bulk(params),
  jobsTable(jobs, { label: "Jobs", pick, empty: waitingFor("jobs", "No job fits these filters.") }),
  next && h("button", { type: "button", class: "older", disabled: busy, on: { click: () => loadOlder(params) } }, busy ? "Loading…" : "Older jobs"));
}

function pick(id, isPicked) {
  if (isPicked) store.picked.add(id);
  else store.picked.delete(id);
  store.acted();
}

function bulk(params) {
  if (!store.access?.may_act) return null;
  const ids = [...store.picked];
  if (ids.length > 0)
    return h("div", { class: "bulk" }, h("b", {}, `${ids.length} chosen`),
      ["retry", "cancel", "fail", "resend"].map((action) => leverButton(action === "resend" ? "send again" : action, onJobs(action, ids))),
      h("button", { type: "button", on: { click: () => { store.picked.clear(); store.acted(); } } }, "none"));
  const { filter, why } = bulkFilter(params);
  if (!filter) return h("div", { class: "bulk dim" }, why);
  return h("div", { class: "bulk" }, h("span", {}, "All of this filter that have not ended:"),
    ["retry", "cancel", "fail"].map((action) => leverButton(action, onFilter(action, filter))));
}
