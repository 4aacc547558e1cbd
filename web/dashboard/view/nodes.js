// The nodes of the cluster.
import { h } from "../dom/h.js";
import { link } from "../lib/address.js";
import { clock } from "../lib/clock.js";
import { age, count } from "../lib/format.js";
import { leadersText } from "../lib/leaders.js";
import { onSubject } from "../lib/levers.js";
import { settingsOf } from "../lib/settings.js";
import { now, store } from "../state/store.js";
import { badge, leverButton, levels, panel } from "./parts.js";
import { table } from "./table.js";

const columns = [
  { title: "Node", width: "8rem", cell: (node) => node.name },
  { title: "State", width: "6rem", cell: (node) => badge(node.state, levels[node.state]) },
  { title: "", width: "7.5rem", cell: lever },
  { title: "In flight", width: "6.5rem", end: true, cell: (node) => h("a", { href: link("jobs", { status: "processing", node: node.name }) }, `${count(node.in_flight)} / ${count(node.stats?.capacity)}`) },
  { title: "Connection", width: "7rem", minor: true, cell: (node) => badge(connection(node), levels[connection(node)]) },
  { title: "Heartbeat", width: "6.5rem", end: true, minor: true, cell: (node) => age(node.heartbeat_seconds) },
  { title: "Up", width: "7rem", end: true, minor: true, cell: (node) => age(node.up_seconds) },
  { title: "Version", width: "8rem", minor: true, cell: (node) => node.version },
  { title: "Actors", width: "5rem", minor: true, cell: (node) => h("a", { href: link("actors", { node: node.name }) }, "list") },
  { title: "Roles", wrap: true, minor: true, cell: (node) => (node.roles ?? "").replaceAll(",", ", ") },
];

export function nodesPanel() {
  const nodes = (store.status?.nodes ?? []).filter((node) => node.state !== "left");
  return panel("Nodes", { wide: true }, table({
    label: "Nodes", columns, rows: nodes, keyOf: (node) => node.incarnation, hrefOf: (node) => link("jobs", { node: node.name }),
    empty: store.status ? "No node is running." : "Loading…",
  }), leaders(), settings());
}

// Only where something is to be told of them.
function settings() {
  return settingsOf(store.status).map(({ id, level, text }) => h("p", { key: id, class: `settings ${level}` }, text));
}

// Each role that works once, by the name of the connection that holds its lock.
function leaders() {
  const text = leadersText(store.status?.leaders);
  return h("p", { class: "leaders dim" }, text && `Leaders: ${text}`);
}

/// How the leading coordinator sees a node.
function connection({ name }) {
  return store.status.cluster?.nodes?.find((node) => node.name === name)?.connection ?? "";
}

function lever(node) {
  const paused = store.status.paused?.nodes?.find((one) => one.name === node.name);
  if (!paused) return leverButton("drain", onSubject("nodes", "drain", node.name));
  return [badge("drained", "caution"), " ", leverButton("undrain", onSubject("nodes", "undrain", node.name), "good"),
    h("span", { class: "note", title: paused.reason }, paused.until ? ` until ${clock(paused.until, now())}` : "")];
}
