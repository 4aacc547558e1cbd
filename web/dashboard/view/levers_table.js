// KIE's keys and models: which are used, which cool down and until when, which an operator has paused.
import { h } from "../dom/h.js";
import { link } from "../lib/address.js";
import { clock, minute } from "../lib/clock.js";
import { age, count } from "../lib/format.js";
import { onSubject } from "../lib/levers.js";
import { now, store } from "../state/store.js";
import { badge, leverButton, panel } from "./parts.js";
import { table } from "./table.js";

/// A row for each that the node's settings name, in their order, then for what else was used or is paused.
function rowsOf(list, field) {
  const { configured, paused, [list]: used } = store.status ?? {};
  const find = (rows, name) => (rows ?? []).find((one) => one[field] === name);
  const names = new Set([...(configured?.[list] ?? []), ...(used ?? []).map((one) => one[field]), ...(paused?.[list] ?? []).map((one) => one[field])]);
  return [...names].map((name) => ({ ...find(used, name), name, paused: find(paused?.[list], name) }));
}

function state(row) {
  if (row.paused) return badge("paused", "bad");
  return row.resting ? badge("cooling down", "caution") : badge("ready", "good");
}

function until(row) {
  if (row.paused) return row.paused.until ? clock(row.paused.until, now()) : "resumed";
  if (!row.resting) return "";
  if (row.rest_seconds === null) return "resumed";
  return h("span", { title: `${age(row.rest_seconds)} left` }, minute(endOf(row), now()));
}

// The status tells how many seconds were left when it was read.
function endOf(row) {
  const readAt = Date.parse(store.status.at) / 1000;
  return readAt + row.rest_seconds;
}

const why = (row) => (row.paused ? `${row.paused.operator}: ${row.paused.reason}` : row.resting ? row.reason : "");

function columns(title, subject, figures) {
  return [
    { title, width: "13rem", wrap: true, cell: (row) => h("code", {}, row.name) },
    { title: "State", width: "8rem", cell: state },
    { title: "", width: "6rem", cell: (row) => (row.paused
      ? leverButton("resume", onSubject(subject, "resume", row.name), "good") : leverButton("pause", onSubject(subject, "pause", row.name))) },
    { title: "Until", width: "9.5rem", note: "when it is used again by itself", cell: until },
    ...figures,
    { title: "Why", wrap: true, cell: why },
  ];
}

const created = { title: "Tasks", width: "6rem", end: true, minor: true, cell: (row) => count(row.creations) };
const cooldowns = { title: "Cooldowns", width: "6rem", end: true, minor: true, cell: (row) => count(row.rests) };

export function keysPanel() {
  const rows = rowsOf("keys", "fingerprint");
  return panel("Keys", { wide: true }, table({
    label: "Keys", columns: columns("Fingerprint", "keys", [created, cooldowns]), rows, keyOf: (row) => row.name, empty: "This node knows no key.",
  }));
}

export function modelsPanel() {
  const rows = rowsOf("models", "model");
  return panel("Models", { wide: true }, table({
    label: "Models", columns: columns("Model", "models", [cooldowns]), rows, keyOf: (row) => row.name,
    hrefOf: (row) => link("jobs", { model: row.name }), empty: "This node knows no model.",
  }));
}
