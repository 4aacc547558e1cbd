// One actor asked by a message of its own: how long that took is how long its mailbox makes wait.
import { h } from "../dom/h.js";
import { change } from "../lib/address.js";
import { age, milliseconds } from "../lib/format.js";
import { now, store } from "../state/store.js";
import { badge } from "./parts.js";

export function probe({ kind, id, of }) {
  const { value, error } = store.data.probe ?? {};
  const told = value && String(value.id) === id && value.node === of ? value : null;
  return h("div", { class: "probe", key: "probe", "aria-label": "Probe" },
    h("header", {}, h("b", {}, `${kind} ${id} on ${of}`), " ", told && verdict(told),
      h("a", { class: "close", href: change(store.address, { id: null, of: null }), "aria-label": "Close the probe" }, "×")),
    told ? facts(told) : h("p", { class: error ? "bad" : "dim" }, error ?? "Asking…"));
}

function verdict(told) {
  return told.stuck
    ? badge("does not answer", "bad")
    : badge(`answered in ${milliseconds(told.answered_ms)}`, told.answered_ms > 100 ? "caution" : "good");
}

// What it handled before this probe, which is a message, too.
function lastMessage({ last_message: message, last_at: at }) {
  return message && (at ? `${message}, ${age(now() - at)} ago` : message);
}

function facts(told) {
  const rows = [
    ["about", told.label], ["waiting", told.waiting], ["handled", told.handled],
    ["last message", lastMessage(told)],
    ["handles", told.now && `${told.now.message} for ${milliseconds(told.now.ms)}`],
    ...Object.entries(told.describe ?? {}).map(([name, value]) => [name, typeof value === "object" ? JSON.stringify(value) : value]),
  ];
  return h("dl", { class: "facts" }, rows
    .filter(([, value]) => value !== null && value !== undefined && value !== "")
    .map(([name, value]) => [h("dt", { key: `${name} term` }, name), h("dd", { key: `${name} value` }, String(value))]));
}
