// KIE's keys and models: which are used, which cool down and until when, which an operator has paused.
import { h } from "../dom/h.js";
import { link } from "../lib/address.js";
import { clock, minute } from "../lib/clock.js";
import { age, count } from "../lib/format.js";
import { onSubject } from "../lib/levers.js";
import { now, store } from "../state/store.js";
import { badge, leverButton, panel } from "./parts.js";
import { table } from "./table.js";

/// Rows of what the status knows and of what is paused without having been used yet.
function rowsOf(list, paused, name) {
  const known = (list ?? []).map((row) => ({ ...row, name: row[name], paused: paused?.find((one) => one[name] === row[name]) }));
  const others = (paused ?? []).filter((one) => !known.some((row) => row.name === one[name]));
  return [...known, ...others.map((one) => ({ name: one[name], paused: one }))];
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
  const rows = rowsOf(store.status?.keys, store.status?.paused?.keys, "fingerprint");
  return panel("Keys", { wide: true }, table({
    label: "Keys", columns: columns("Fingerprint", "keys", [created, cooldowns]), rows, keyOf: (row) => row.name, empty: "No key was used yet.",
  }));
}

export function modelsPanel() {
  const rows = rowsOf(store.status?.models, store.status?.paused?.models, "model");
  return panel("Models", { wide: true }, table({
    label: "Models", columns: columns("Model", "models", [cooldowns]), rows, keyOf: (row) => row.name,
    hrefOf: (row) => link("jobs", { model: row.name }), empty: "No model has cooled down yet.",
  }));
}
