// What a person has to look at, in words: [{ id, level, text, href }].
import { age } from "./format.js";
import { link } from "./address.js";
import { nameOfCondition } from "./strip.js";

export function attentionOf(status) {
  if (!status) return [];
  return [
    ...conditions(status), ...brokenPromises(status), ...clusterFaults(status.cluster), ...silentNodes(status.nodes),
    ...providers(status.providers), ...pauses(status.paused), ...leftToOperators(status.left_to_operators),
  ].map((one, index) => ({ id: `${index} ${one.text}`, level: "bad", ...one }));
}

function conditions({ firing }) {
  return (Array.isArray(firing) ? firing : []).map((one) => ({
    text: `${nameOfCondition(one)}${one.text ?? one.summary ? `: ${one.text ?? one.summary}` : ""}`,
  }));
}

function brokenPromises({ promises }) {
  return (Array.isArray(promises?.broken) ? promises.broken : []).map((one) => ({
    text: `Promise ${one.promise ?? one.name ?? one} is broken: ${one.detail ?? "neurocards audit tells which rows"}`,
  }));
}

function clusterFaults(cluster) {
  if (!cluster) return [];
  return [
    ...(cluster.file_faults ?? []).map((text) => ({ text: `cluster.conf was refused: ${text}` })),
    ...(cluster.refused ?? []).map((text) => ({ text: `A node was refused: ${text}` })),
    ...(cluster.nodes ?? []).filter((node) => node.connection === "away").map((node) => ({ text: `Node ${node.name} is away.` })),
  ].map((one) => ({ ...one, href: link("cluster") }));
}

function silentNodes(nodes) {
  return (nodes ?? [])
    .filter((node) => node.state === "silent")
    .map((node) => ({ text: `Node ${node.name} has been silent for ${age(node.heartbeat_seconds)}.`, href: link("cluster") }));
}

function providers(list) {
  return (list ?? [])
    .filter((one) => one.down)
    .map((one) => ({ text: `${one.name} has been down for ${age(one.down_seconds)}: ${one.reason ?? "it does not say why"}`, href: link("errors") }));
}

function pauses(paused) {
  return paused?.queue
    ? [{ level: "caution", text: `The queue is paused by ${paused.queue.operator}: ${paused.queue.reason}`, href: link("cluster") }]
    : [];
}

function leftToOperators(list) {
  return (list ?? []).map((one) => ({
    level: "caution",
    text: `Left to an operator: ${one.matter}, ${one.subject}: ${one.detail}`,
    href: one.matter === "video not delivered" ? link("overview", { job: one.subject }) : link("jobs", { user: one.tg_user_id }),
  }));
}
