// What a person has to look at, in words: [{ id, level, text, href }].
import { age } from "./format.js";
import { link } from "./address.js";
import { conditionsOf } from "./conditions.js";
import { settingsOf } from "./settings.js";

export function attentionOf(status, extra) {
  if (!status) return [];
  return [
    ...conditionsOf(status, extra), ...brokenPromises(status), ...clusterFaults(status.cluster), ...silentNodes(status.nodes), ...unlikeSettings(status),
    ...leftToOperators(status.left_to_operators),
  ].map((one, index) => ({ id: `${index} ${one.text}`, level: "bad", ...one }));
}

function brokenPromises({ promises }) {
  return (promises?.some ?? []).map((one) => ({ text: `Promise broken: ${one.promise}, ${one.subject}: ${one.detail}` }));
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

function unlikeSettings(status) {
  return settingsOf(status).map(({ level, text }) => ({ level, text, href: link("cluster") }));
}

function leftToOperators(list) {
  return (list ?? []).map((one) => ({
    level: "caution",
    text: `Left to an operator: ${one.matter}, ${one.subject}: ${one.detail}`,
    href: one.matter === "video not delivered" ? link("overview", { job: one.subject }) : one.tg_user_id ? link("jobs", { user: one.tg_user_id }) : link("actions"),
  }));
}
