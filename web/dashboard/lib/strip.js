// The figures on top of the page, from /api/status. What a node does not tell is a dash that says why.
import { age, count, seconds, unknown } from "./format.js";
import { link } from "./address.js";
import { toSeconds } from "./clock.js";
import { conditionsOf, orderGoal } from "./conditions.js";

const missing = (why) => ({ value: unknown, note: why, level: "dim" });

/// [{ id, title, value, note, level, href }]; level: good, caution, bad, dim or none.
export function stripOf(status, extra = {}) {
  const tiles = [
    ["waiting", "Waiting", link("jobs", { status: "queued" }), waiting],
    ["oldest", "Oldest due", link("jobs", { status: "queued" }), oldestDue],
    ["flight", "In flight", link("jobs", { status: "processing" }), inFlight],
    ["p95", "Order → video p95", link("jobs", { status: "completed" }), orderToVideo],
    ["promises", "Promises", link("overview", { show: "attention" }), promises],
    ["stalls", "Stalls", link("actors", { tab: "threads" }), stalls],
    ["paused", "Out of use", link("cluster"), outOfUse],
    ["firing", "Firing", link("overview", { show: "attention" }), firing],
  ];
  return tiles.map(([id, title, href, read]) => ({
    id, title, href, ...(status ? read(status, extra) : missing("no answer yet")),
  }));
}

function waiting({ queue }) {
  return { value: count(queue.queued), note: `${count(queue.due)} of them due` };
}

function oldestDue({ queue }) {
  if (queue.oldest_due_seconds === null || queue.oldest_due_seconds === undefined)
    return { value: "none", note: "nothing is due", level: "good" };
  return { value: age(queue.oldest_due_seconds), note: "since it was due", level: queue.oldest_due_seconds > 60 ? "caution" : "" };
}

function inFlight({ queue, nodes }) {
  const capacity = nodes
    .filter((node) => node.state === "alive")
    .reduce((sum, node) => sum + (Number(node.stats?.capacity) || 0), 0);
  const lost = queue.processing_without_lease;
  return {
    value: `${count(queue.processing)} / ${capacity ? count(capacity) : unknown}`,
    note: lost > 0 ? `${count(lost)} without a node` : "of all nodes' capacity",
    level: lost > 0 ? "bad" : "",
  };
}

function orderToVideo({ last_hour: hour }) {
  const value = hour?.p95_seconds ?? null;
  const goal = `goal ${seconds(orderGoal)}`;
  if (value === null) return missing(`no video in 1 h; ${goal}`);
  return { value: seconds(value), note: `in 1 h; ${goal}`, level: value > orderGoal ? "bad" : "good" };
}

function promises({ promises: told }, { now }) {
  if (!told) return missing("not audited yet");
  const when = `audited ${age(now - toSeconds(told.at))} ago`;
  return told.broken > 0
    ? { value: `${count(told.broken)} broken`, note: when, level: "bad" }
    : { value: "kept", note: when, level: "good" };
}

function stalls(_, { stallCount, stallNode }) {
  if (stallCount === null || stallCount === undefined) return missing("actors were not asked yet");
  return { value: count(stallCount), note: `25 ms+, in 15 min${stallNode ? `, ${stallNode}` : ""}`, level: stallCount > 0 ? "caution" : "good" };
}

function outOfUse({ keys, models, paused }) {
  const cooling = [...keys, ...models].filter((one) => one.resting).length;
  const named = ["keys", "models", "nodes"].reduce((sum, list) => sum + (paused?.[list]?.length ?? 0), 0);
  if (paused?.queue) return { value: "queue", note: paused.queue.reason ?? "", level: "bad" };
  if (cooling + named === 0) return { value: "none", note: "all work", level: "good" };
  return { value: count(cooling + named), note: `${count(named)} paused, ${count(cooling)} cooling`, level: "caution" };
}

function firing(status, extra) {
  const met = conditionsOf(status, extra);
  if (met.length === 0) return { value: "none", note: "of what the page sees", level: "good" };
  const level = met.some((one) => one.level === "bad") ? "bad" : "caution";
  return { value: count(met.length), note: [...new Set(met.map((one) => one.name))].join(", "), level };
}
