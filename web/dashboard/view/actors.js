// The actors of all nodes, or of one.
import { h } from "../dom/h.js";
import { change } from "../lib/address.js";
import { mergeKinds, silent } from "../lib/actors.js";
import { query } from "../lib/query.js";
import { loaded, store } from "../state/store.js";
import { instances, instancesNeeds } from "./instances.js";
import { kindsTable, sortKinds } from "./kinds.js";
import { matrix } from "./matrix.js";
import { messages } from "./messages.js";
import { choice, panel, tabs, waitingFor } from "./parts.js";
import { schedulerNeeds } from "./scheduler.js";
import { threads } from "./threads.js";

const lists = [["kinds", "Kinds"], ["messages", "Messages"], ["flow", "Flow"], ["threads", "Threads"], ["instances", "Instances"]];
const bodies = { kinds, messages, flow: matrix, threads, instances };

const chosen = ({ params }) => (bodies[params.tab] ? params.tab : "kinds");

export function needs(address) {
  return [
    { name: "actors", url: query("/api/actors", { node: address.params.node ?? "*" }), every: 2000 },
    ...(chosen(address) === "instances" ? instancesNeeds(address.params) : []),
    ...(chosen(address) === "threads" ? schedulerNeeds(address) : []),
  ];
}

export function view() {
  const tab = chosen(store.address);
  const nodes = (store.status?.nodes ?? []).filter((node) => node.state === "alive").map((node) => [node.name, node.name]);
  return panel("Actors", {
    name: "actors", wide: true,
    tools: [tabs("tab", lists, tab, "Lists of actors"), choice("node", [["", "all nodes"], ...nodes], "Node")],
  }, silent(loaded("actors")).map((one) => h("p", { key: one.node, class: "silent bad" }, `Node ${one.node} ${one.error}`)),
  h("div", { key: tab }, bodies[tab](store.address.params)));
}

function kinds(params) {
  const by = params.sort ?? "waiting";
  return kindsTable(sortKinds(mergeKinds(loaded("actors")), by), {
    empty: waitingFor("actors", "No node tells of its actors."), sortedBy: by,
    sortLink: (sort) => change(store.address, { sort }),
  });
}
