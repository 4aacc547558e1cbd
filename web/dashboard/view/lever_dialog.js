// Asks for the reason of an action, shows and confirms how many jobs it means, and tells what came of it.
import { h } from "../dom/h.js";
import { shortId } from "../lib/format.js";
import { confirmText, countText, isOfCount, outcomeOf } from "../lib/levers.js";
import { pull } from "../state/levers.js";
import { closeDialog, frame } from "./frame.js";

const durations = [["", "until it is resumed"], ["15min", "15 min"], ["1h", "1 h"], ["8h", "8 h"], ["24h", "24 h"]];

export function leverDialog(lever) {
  return frame("lever", lever.title, lever.outcome ? outcome(lever) : question(lever));
}

function question(lever) {
  return h("form", { key: "question", on: { submit } },
    h("p", { class: "dim" }, lever.effect),
    lever.filter && h("p", { class: "sentence" }, h("code", {}, Object.entries(lever.filter).map(([name, value]) => `${name}=${value}`).join(" "))),
    h("label", {}, "Reason, kept in the list of actions",
      h("input", { id: "reason", name: "reason", required: true, maxlength: 500, autocomplete: "off", pattern: ".*\\S.*", autofocus: true })),
    lever.takesTime && h("label", {}, "How long",
      h("select", { name: "duration" }, durations.map(([value, text]) => h("option", { key: value, value }, text)))),
    lever.filter && lever.count !== null && h("p", { class: "sentence", id: "lever-count" }, countText(lever)),
    lever.fault && h("p", { class: "bad", role: "alert" }, lever.fault),
    h("footer", {},
      h("button", { type: "button", on: { click: closeDialog } }, "Close"),
      h("button", { type: "submit", class: "primary", id: "confirm", disabled: lever.busy || !isOfCount(lever) }, confirmText(lever))));
}

function submit(event) {
  event.preventDefault();
  const form = new FormData(event.target);
  pull({ reason: form.get("reason").trim(), duration: form.get("duration") });
}

function outcome(lever) {
  const { text, failed } = outcomeOf(lever.outcome);
  return h("div", { key: "outcome" }, h("p", { class: "sentence", role: "status" }, text),
    failed.length > 0 && h("ul", { class: "refused" }, failed.map((one) => h("li", { key: one.id }, h("code", { title: one.id }, shortId(one.id)), " ", one.why))),
    h("footer", {}, h("button", { type: "button", class: "primary", on: { click: closeDialog } }, "Close")));
}
