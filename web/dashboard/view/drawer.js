// One job beside the list: what it is, its timeline, every event.
import { h } from "../dom/h.js";
import { change } from "../lib/address.js";
import { onJobs } from "../lib/levers.js";
import { go, loaded, often, store } from "../state/store.js";
import { eventsTable } from "./events.js";
import { jobFacts, notices, texts } from "./job_facts.js";
import { badge, leverButton, levels } from "./parts.js";
import { timeline } from "./timeline.js";

const idForm = /^[0-9a-f-]{36}$/;

export function drawerNeeds({ params }) {
  if (!idForm.test(params.job ?? "")) return [];
  const wantsTexts = store.open.texts === params.job;
  return [{ name: "job", url: `/api/jobs/${params.job}${wantsTexts ? "?texts=1" : ""}`, every: often(3000, 5000) }];
}

export function drawer() {
  const id = store.address.params.job;
  if (!id) return null;
  const job = loaded("job")?.id === id ? loaded("job") : null;
  const fault = store.data.job?.url.includes(id) ? store.data.job.error : null;
  return h("aside", { key: "drawer", class: "drawer", "aria-label": "Job", tabindex: "-1" },
    h("header", {}, h("h2", {}, "Job ", h("code", {}, id)), job && badge(job.status, levels[job.status]),
      h("button", { type: "button", class: "close", "aria-label": "Close", on: { click: closeDrawer } }, "×")),
    fault && h("p", { class: "bad", role: "alert" }, fault),
    job ? body(job) : h("p", { class: "dim" }, fault ? "" : "Loading…"));
}

export function closeDrawer() {
  store.open.texts = null;
  go(change(store.address, { job: null }));
}

function body(job) {
  return [
    levers(job),
    job.error && h("p", { key: "error", class: "fault" }, h("b", {}, job.class ?? "error"), ": ", job.error),
    timeline(job),
    jobFacts(job),
    texts(job),
    eventsTable(job),
    notices(job),
  ];
}

function levers(job) {
  const buttons = ["retry", "cancel", "fail", "resend"]
    .filter((action) => fits(action, job.status))
    .map((action) => leverButton(action === "resend" ? "send again" : action, onJobs(action, [job.id])))
    .filter(Boolean);
  return buttons.length > 0 && h("div", { class: "bulk", key: "levers" }, buttons);
}

function fits(action, status) {
  if (action === "resend") return status === "completed";
  if (action === "cancel") return status === "queued";
  return status === "queued" || status === "processing";
}
