// Which conditions of alerts are met now, as far as /api/status and the actors tell: deploy/prometheus/alerts.yml asks more,
// and for how long. No node evaluates those; this page derives what it can.
import { age, count, seconds } from "./format.js";
import { link } from "./address.js";
import { toSeconds } from "./clock.js";
import { roleOf } from "./leaders.js";

/// 19 of 20 users have their video within ten minutes; the alert OrdersSlow counts those that have not.
export const orderGoal = 600;

const oldestFigures = 60;
const oldestAudit = 13 * 3600;
const longestWithoutNode = 120;
const longestWait = 900;
const settled = 60; // a node that has just begun leads nothing yet

/// [{ name, text, level, href }]. `now`: the node's time; `stallCount`: null where no actor was asked.
export function conditionsOf(status, { now, stallCount = null } = {}) {
  if (!status) return [];
  return [
    figures(status, now), queuePause(status), ...outages(status), cooling(status, "keys", "fingerprint", "AllKeysCoolDown"),
    cooling(status, "models", "model", "AllModelsCoolDown"), broken(status), audit(status, now), ...leaders(status), withoutNode(status),
    waiting(status), slow(status), stalls(stallCount),
  ].filter(Boolean).map((one) => ({ level: "bad", ...one }));
}

function figures({ at }, now) {
  const old = now - (toSeconds(at) ?? now);
  return old > oldestFigures && { name: "FiguresStandStill", text: `What this page shows is ${age(old)} old.`, href: link("cluster") };
}

function queuePause({ paused }) {
  return paused?.queue && { name: "QueuePaused", level: "caution", text: `The queue is paused by ${paused.queue.operator}: ${paused.queue.reason}`, href: link("cluster") };
}

function outages({ providers }) {
  return (providers ?? []).filter((one) => one.down).map((one) => ({
    name: "Outage", text: `${one.name} has been down for ${age(one.down_seconds)}: ${one.reason ?? "it does not say why"}`, href: link("errors"),
  }));
}

function cooling(status, list, field, name) {
  const isPaused = (one) => status.paused?.[list]?.some((pause) => pause[field] === one);
  const cools = (one) => status[list]?.some((row) => row[field] === one && row.resting);
  const all = status.configured?.[list] ?? [];
  return all.length > 0 && all.every((one) => isPaused(one) || cools(one))
    && { name, text: `All ${list} cool down or are paused: jobs wait.`, href: link("cluster") };
}

function broken({ promises }) {
  if (!(promises?.broken > 0)) return null;
  return { name: "PromiseBroken", text: `${count(promises.broken)} broken at the last audit; neurocards audit tells all`, href: link("overview", { show: "attention" }) };
}

function audit({ promises, nodes }, now) {
  const longestUp = Math.max(0, ...alive(nodes).map((node) => node.up_seconds ?? 0));
  const old = promises ? now - toSeconds(promises.at) : longestUp;
  return old > oldestAudit && {
    name: "AuditTooOld", level: "caution", href: link("cluster"),
    text: promises ? `The promises were proved ${age(old)} ago.` : "The promises have never been proved.",
  };
}

const alive = (nodes) => (nodes ?? []).filter((node) => node.state === "alive");

// Every node competes for the janitor's work.
const locksOf = { gateway: ["gateway"], notifier: ["notifier", "cards"], worker: ["late_videos"], coordinator: ["coordinator"] };

function leaders({ nodes, leaders: list }) {
  const names = (list ?? []).map((one) => roleOf(one.name));
  if (names.includes(null)) return []; // PostgreSQL cuts long names
  const ready = alive(nodes).filter((node) => node.up_seconds > settled);
  const wanted = ready.flatMap((node) => ["janitor", ...(node.roles ?? "").split(/[\s,]+/).flatMap((role) => locksOf[role] ?? [])]);
  return [...new Set(wanted)].filter((role) => !names.includes(role)).sort()
    .map((role) => ({ name: "RoleWithoutLeader", text: `No node works as the only ${role}.`, href: link("cluster") }));
}

function withoutNode({ queue }) {
  const old = queue?.oldest_without_lease_seconds;
  return old > longestWithoutNode && { name: "JobsWithoutNode", text: `A job has had no living node for ${age(old)}.`, href: link("jobs", { status: "processing" }) };
}

function waiting({ queue }) {
  const old = queue?.oldest_due_seconds;
  return old > longestWait && { name: "QueueWaits", level: "caution", text: `The oldest due job has waited for ${age(old)}.`, href: link("jobs", { status: "queued" }) };
}

function slow({ last_hour: hour }) {
  return hour?.p95_seconds > orderGoal
    && { name: "OrdersSlow", level: "caution", text: `One in 20 orders of the last hour took longer than ${seconds(hour.p95_seconds)}.`, href: link("jobs", { status: "completed" }) };
}

function stalls(number) {
  return number > 0 && { name: "ActorStalled", level: "caution", text: `Handlers kept a thread from all other actors: ${count(number)} in 15 min.`, href: link("actors", { tab: "threads" }) };
}
