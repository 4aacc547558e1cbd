// Shows /api/status. Everything is written as text, never as markup: errors and names come from
// outside.
"use strict";

const refreshEvery = 3000; // milliseconds

function element(name, text, className) {
  const result = document.createElement(name);
  if (text !== undefined && text !== null) result.textContent = String(text);
  if (className) result.className = className;
  return result;
}

function age(seconds) {
  if (seconds === null || seconds === undefined) return "";
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

function clock(text) {
  const time = text ? new Date(text) : null;
  return time === null ? "" : isNaN(time) ? String(text) : time.toLocaleString(); // "infinity"
}

// One row per item; `columns` are [heading, item => text or [text, class]].
function fill(id, items, columns, ifEmpty) {
  const table = document.getElementById(id);
  const head = element("tr");
  for (const [heading] of columns) head.append(element("th", heading));
  const rows = items.map((item) => {
    const row = element("tr");
    for (const [, cell] of columns) {
      const value = cell(item);
      row.append(Array.isArray(value) ? element("td", value[0], value[1]) : element("td", value));
    }
    return row;
  });
  if (rows.length === 0) {
    const cell = element("td", ifEmpty, "empty");
    cell.colSpan = columns.length;
    const row = element("tr");
    row.append(cell);
    rows.push(row);
  }
  table.replaceChildren(head, ...rows);
}

function showFigures(status) {
  const { queue, last_hour: hour, outbox, inbox } = status;
  const figures = [
    ["in the queue", queue.queued],
    ["oldest waits", age(queue.oldest_queued_seconds) || "–"],
    ["in flight", queue.processing],
    ["without a node", queue.processing_without_lease, queue.processing_without_lease > 0],
    ["videos in the last hour", hour.completed],
    ["failures in the last hour", hour.failed],
    ["usual time of a video", age(hour.median_seconds) || "–"],
    ["messages to send", outbox.unsent],
    ["updates to handle", inbox.pending],
  ];
  document.getElementById("figures").replaceChildren(
    ...figures.map(([name, value, bad]) => {
      const box = element("div", null, bad ? "figure bad" : "figure");
      box.append(element("b", value), element("span", name));
      return box;
    })
  );
}

const nodeClass = { alive: "good", silent: "bad", fenced: "bad", left: "caution" };
const jobClass = { completed: "good", failed: "bad", processing: "caution" };

const connectionClass = { connected: "good", silent: "caution", away: "bad" };

/// How the leading coordinator sees a node; empty when it does not know it.
function connectionOf(status, name) {
  const nodes = (status.cluster && status.cluster.nodes) || [];
  return (nodes.find((x) => x.name === name) || {}).connection || "";
}

/// What an operator has to mend: a file that was refused, nodes that were turned away or are missing.
function showFaults(cluster) {
  const faults = cluster
    ? [
        ...cluster.file_faults.map((x) => `cluster.conf refused: ${x}`),
        ...cluster.refused.map((x) => `Node refused: ${x}`),
        ...cluster.nodes.filter((x) => x.connection === "away").map((x) => `Node ${x.name} is away.`),
      ]
    : [];
  document.getElementById("faults").replaceChildren(...faults.map((x) => element("li", x, "bad")));
}

function cooldown(item) {
  if (!item.resting) return ["ready", "good"];
  return [item.rest_seconds === null ? "cooling down without end" : `cooling down ${age(item.rest_seconds)}`, "caution"];
}

function show(status) {
  showFigures(status);
  showFaults(status.cluster);
  fill("nodes", status.nodes.filter((x) => x.state !== "left"), [
    ["name", (x) => x.name],
    ["state", (x) => [x.state, nodeClass[x.state]]],
    ["connection", (x) => { const to = connectionOf(status, x.name); return [to, connectionClass[to]]; }],
    ["in flight", (x) => x.stats.capacity ? `${x.in_flight} of ${x.stats.capacity}` : x.in_flight],
    ["claims a second", (x) => x.stats.claims_per_second],
    ["heartbeat", (x) => `${age(x.heartbeat_seconds) || "0 s"} ago`],
    ["roles", (x) => x.roles.replaceAll(",", ", ")],
    ["version", (x) => x.version],
    ["since", (x) => clock(x.started_at)],
  ], "No node is running.");
  fill("keys", status.keys, [
    ["fingerprint", (x) => x.fingerprint],
    ["state", cooldown],
    ["tasks created", (x) => x.creations],
    ["last used", (x) => clock(x.last_used_at)],
    ["reason", (x) => [x.resting ? x.reason : "", "wide"]],
  ], "No key was used yet.");
  fill("models", status.models, [
    ["model", (x) => x.model],
    ["state", cooldown],
    ["cooldowns so far", (x) => x.rests],
    ["reason", (x) => [x.resting ? x.reason : "", "wide"]],
  ], "No model has cooled down yet.");
  fill("jobs", status.jobs || [], [
    ["job", (x) => x.id],
    ["user", (x) => x.tg_user_id],
    ["status", (x) => [x.status, jobClass[x.status]]],
    ["attempts", (x) => x.attempts],
    ["model", (x) => x.model],
    ["ordered", (x) => clock(x.created_at)],
    ["error", (x) => [x.error, "wide"]],
  ], "No job was ordered yet.");
}

function say(text, className) {
  const state = document.getElementById("state");
  state.textContent = text;
  state.className = className || "";
}

async function refresh() {
  try {
    const answer = await fetch("/api/status", { cache: "no-store" });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    show(await answer.json());
    say(`as of ${new Date().toLocaleTimeString()}`);
  } catch (error) {
    say(`The node does not tell its state (${error.message}). What is shown may be old.`, "bad");
  }
  setTimeout(refresh, refreshEvery);
}

refresh();
