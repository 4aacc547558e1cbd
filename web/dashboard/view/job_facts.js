// What a job is: its row, its notifications, and what its user wrote, which is hidden until asked for.
import { h } from "../dom/h.js";
import { link } from "../lib/address.js";
import { clock } from "../lib/clock.js";
import { bytes } from "../lib/format.js";
import { now, store } from "../state/store.js";
import { table } from "./table.js";

export function jobFacts(job) {
  const to = (filters, text) => text && h("a", { href: link("jobs", filters) }, text);
  return list("facts", [
    ["user", to({ user: job.tg_user_id }, job.tg_user_id)], ["template", job.template_type], ["model", to({ model: job.model }, job.model)],
    ["node", to({ node: job.node }, job.node)], ["attempts", job.attempts], ["rescues", job.rescues], ["polls", job.polls],
    ["script by", job.prompt_source], ["task", job.kie_task_id], ["key", job.kie_api_key], ["signal", job.signal],
    ["video", job.video_url], ["size", job.video_bytes ? bytes(job.video_bytes) : null],
    ["ordered", clock(job.created_at, now())], ["due", job.status === "queued" ? clock(job.run_at, now()) : null],
    ["ended", job.finished_at && clock(job.finished_at, now())],
  ]);
}

export function texts(job) {
  if (job.texts) return list("texts", Object.entries(job.texts).map(([name, text]) => [name.replaceAll("_", " "), text]));
  return h("p", { key: "texts" }, h("button", {
    type: "button", on: { click: () => { store.open.texts = job.id; store.asked(); } },
  }, "Show what the user wrote and providers said"));
}

export function notices(job) {
  const columns = [
    { title: "Notification", width: "10rem", cell: (one) => one.kind },
    { title: "Written", width: "10rem", cell: (one) => clock(one.created_at, now()) },
    { title: "Sent", width: "10rem", cell: (one) => (one.dropped_at ? `given up ${clock(one.dropped_at, now())}` : clock(one.sent_at, now())) },
    { title: "Tries", width: "4rem", end: true, cell: (one) => one.tries },
    { title: "Error", wrap: true, cell: (one) => one.error },
  ];
  return h("section", { key: "notices" }, h("h3", {}, "Notifications"),
    table({ label: "Notifications", columns, rows: job.notices ?? [], keyOf: (one) => one.id, empty: "None was written." }));
}

function list(key, rows) {
  return h("dl", { key, class: "facts" }, rows
    .filter(([, value]) => value !== null && value !== undefined && value !== "")
    .map(([name, value]) => [h("dt", { key: `${name} term` }, name), h("dd", { key: `${name} value` }, value)]));
}
