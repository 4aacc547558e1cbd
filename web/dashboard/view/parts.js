// Small pieces that the views share.
import { h } from "../dom/h.js";
import { change } from "../lib/address.js";
import { go, store } from "../state/store.js";
import { open } from "../state/levers.js";

/// A section with a heading. `name`: of what was loaded for it; a fault of that is told beside the heading.
export function panel(title, { name, tools, id, wide } = {}, ...body) {
  const fault = name && store.data[name]?.error;
  return h("section", { class: wide ? "panel wide" : "panel", id, key: title },
    h("header", {}, h("h2", {}, title), fault && h("span", { class: "bad", role: "alert" }, fault), tools && h("div", { class: "tools" }, tools)),
    body);
}

/// A word with the colour of its meaning.
export function badge(text, level) {
  return text ? h("span", { class: `badge ${level ?? ""}` }, text) : null;
}

export const levels = {
  queued: "", processing: "caution", completed: "good", failed: "bad",
  alive: "good", silent: "bad", fenced: "bad", left: "dim", connected: "good", away: "bad",
};

/// Links that change one param of the address; `choices`: [[value, text]].
export function tabs(param, choices, chosen, label) {
  return h("nav", { class: "tabs", "aria-label": label },
    choices.map(([value, text]) =>
      h("a", { key: value, href: change(store.address, { [param]: value, job: null }), "aria-current": value === chosen ? "true" : null }, text)));
}

/// A choice that changes one param of the address; `choices`: [[value, text]], "" for none.
export function choice(param, choices, label) {
  const chosen = store.address.params[param] ?? "";
  const known = choices.some(([value]) => value === chosen) ? choices : [...choices, [chosen, chosen]];
  return h("select", {
    key: param, "aria-label": label, title: label, value: chosen,
    on: { change: (event) => go(change(store.address, { [param]: event.target.value })) },
  }, known.map(([value, text]) => h("option", { key: value, value }, text)));
}

/// A button that opens the dialog of a lever; hidden from whoever may not act.
export function leverButton(text, lever, level = "") {
  if (!store.access?.may_act) return null;
  return h("button", { class: `lever ${level}`, type: "button", on: { click: () => open(lever) } }, text);
}

/// Shows what providers said of failures, until the page is left: they may repeat what a user wrote.
export function wordsButton() {
  const shown = Boolean(store.open.words);
  return h("button", {
    type: "button", class: "words", "aria-pressed": String(shown), title: "Providers may repeat what a user wrote",
    on: { click: () => { store.open.words = !shown; store.asked(); } },
  }, shown ? "Hide providers' words" : "Show providers' words");
}

/// What stands where a list is empty.
export function empty(text) {
  return h("p", { class: "empty" }, text);
}

/// The word for a list that has not come yet, or has nothing.
export function waitingFor(name, text) {
  const had = store.data[name];
  if (had?.value !== undefined) return text;
  return had?.error ? "Not known." : "Loading…";
}
