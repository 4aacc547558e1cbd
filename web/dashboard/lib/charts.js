// The charts of the overview: which series, under which names, and the least height of the scale (nothing is not drawn as
// much). Beside every histogram stands the oldest: histograms go quiet exactly when the queue is stuck.
import { nameOf, oldestOf, stageTitles } from "./stages.js";

// A job that has ended is told to one node, whichever asks first.
const share = "p50 and p95: of the jobs that this node was told of";

/// How it went as a whole.
export const charts = [
  { id: "throughput", title: "Videos and failures", unit: "in a minute", note: "of all nodes", least: 4, lines: [
    { name: 'jobs_last_minute{outcome="completed"}', text: "completed", colour: "good" },
    { name: 'jobs_last_minute{outcome="failed"}', text: "failed", colour: "bad" }] },
  { id: "queue", title: "Queue", unit: "jobs", least: 4, lines: [
    { name: 'jobs{status="queued"}', text: "waiting", colour: "accent" },
    { name: 'jobs{status="processing"}', text: "in flight", colour: "second" }] },
  { id: "video", title: "Order → video", unit: "seconds", note: share, least: 1, lines: [
    { name: "queue_age_seconds", text: "oldest due", colour: "bad" },
    { name: 'job_seconds{outcome="completed"}.p95', text: "p95", colour: "accent" },
    { name: 'job_seconds{outcome="completed"}.p50', text: "p50", colour: "second" }] },
];

function stageChart(stage) {
  return { id: stage, title: stageTitles[stage], unit: "seconds", note: share, least: 1, isStage: true, lines: [
    { name: oldestOf(stage), text: "oldest", colour: "bad" },
    { name: nameOf(stage, "p95"), text: "p95", colour: "accent" },
    { name: nameOf(stage, "p50"), text: "p50", colour: "second" }] };
}

/// Every stage, small beside the others.
export const stageCharts = Object.keys(stageTitles).map(stageChart);

/// This node's scheduler.
export const schedulerCharts = [
  { id: "busy", title: "Busy", unit: "of the threads", least: 0.1, lines: [{ name: "scheduler_busy_ratio", text: "busy", colour: "accent" }] },
  { id: "lag", title: "Timers late", unit: "seconds", note: "by how much timers fired too late", least: 0.01, lines: [
    { name: "timer_lag_seconds.p95", text: "p95", colour: "accent" },
    { name: "timer_lag_seconds.p50", text: "p50", colour: "second" }] },
];

/// Every series of some charts, once.
export function seriesOf(list) {
  return [...new Set(list.flatMap((chart) => chart.lines.map((line) => line.name)))];
}

export const periods = [["5min", "5 min"], ["1h", "1 h"], ["4h", "4 h"]];

const together = 90; // seconds: nodes that begin one after the other are one deployment

/// Moments at which nodes began to run, for the marks of the charts: [{ at, text, isDeploy }]. Those that began together are
/// one mark: the version, where it ran nowhere before, else the node or how many.
export function marksOf(nodes, toSeconds) {
  const known = new Set();
  const marks = [];
  const starts = (nodes ?? []).map((node) => ({ at: toSeconds(node.started_at), name: node.name, version: node.version }));
  for (const start of starts.filter(({ at }) => at !== null).sort((a, b) => a.at - b.at)) {
    const isNew = Boolean(start.version) && !known.has(start.version);
    known.add(start.version);
    const last = marks.at(-1);
    if (last && start.at - last.at <= together && !(isNew && last.version)) last.names.push(start.name);
    else marks.push({ at: start.at, names: [start.name], version: null });
    if (isNew) marks.at(-1).version = start.version;
  }
  return marks.map(({ at, names, version }) => ({ at, isDeploy: version !== null, text: version ?? (names.length > 1 ? `${names.length} nodes` : names[0]) }));
}
