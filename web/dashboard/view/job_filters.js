// The filters of the job list. All of them stand in the address.
import { h } from "../dom/h.js";
import { change } from "../lib/address.js";
import { filterNames, filtersOf, statuses } from "../lib/job_filters.js";
import { go, loaded, store } from "../state/store.js";
import { choice } from "./parts.js";

const choices = (values) => [...new Set(values.filter(Boolean))].sort().map((value) => [value, value]);
const named = (list, name) => choices((list ?? []).map((one) => one[name]));

function models({ configured, models: used }) {
  return choices([...(configured?.models ?? []), ...(used ?? []).map((one) => one.model)]);
}

export function filters(params) {
  const classes = named([...(loaded("errors")?.groups ?? []), ...(loaded("jobs")?.jobs ?? [])], "class");
  return h("form", { class: "filters", role: "search", on: { submit: (event) => event.preventDefault() } },
    field("q", "search", "Job ID or user", params.q),
    choice("status", [["", "any status"], ...statuses.map((status) => [status, status])], "Status"),
    choice("class", [["", "any class"], ...classes], "Class"),
    choice("signal", [["", "any signal"], ...signals(params)], "Signal"),
    choice("model", [["", "any model"], ...models(store.status ?? {})], "Model"),
    choice("node", [["", "any node"], ...named(store.status?.nodes, "name")], "Node"),
    field("user", "text", "User", params.user),
    Object.keys(filtersOf(params)).length > 0
      && h("a", { class: "clear", href: change(store.address, Object.fromEntries(filterNames.map((name) => [name, null]))) }, "clear"));
}

// Of the class that is chosen, where one is.
function signals({ class: chosen }) {
  const all = [...(loaded("errors")?.groups ?? []), ...(loaded("jobs")?.jobs ?? [])];
  return named(all.filter((one) => !chosen || one.class === chosen), "signal");
}

function field(name, type, label, value) {
  return h("input", {
    key: name, id: `filter-${name}`, type, placeholder: label, "aria-label": label, value: value ?? "", autocomplete: "off",
    inputmode: name === "user" ? "numeric" : null,
    on: { change: (event) => go(change(store.address, { [name]: event.target.value.trim() })) },
  });
}
