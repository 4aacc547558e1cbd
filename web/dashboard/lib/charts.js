// The charts of the overview: which series, under which names, and the least height of the scale (nothing is not drawn as
// much). Beside every histogram stands the oldest: histograms go quiet exactly when the queue is stuck.
import { nameOf } from "./stages.js";

// A job that has ended is told to one node, whichever asks first.
const share = "p50 and p95: of the jobs that this node was told of";

export const charts = [
  { id: "throughput", title: "Videos and failures", unit: "per second, of this node", least: 0.1, lines: [
    { name: 'jobs_ended{how="completed"}', text: "completed", colour: "good" },
    { name: 'jobs_ended{how="failed"}', text: "failed", colour: "bad" },
    { name: 'jobs_ended{how="retried"}', text: "retried", colour: "caution" }] },
  { id: "queue", title: "Queue", unit: "jobs", least: 4, lines: [
    { name: 'jobs{status="queued"}', text: "waiting", colour: "accent" },
    { name: 'jobs{status="processing"}', text: "in flight", colour: "second" }] },
  { id: "wait", title: "Waiting", unit: "seconds", note: share, least: 1, lines: [
    { name: "queue_age_seconds", text: "oldest due", colour: "bad" },
    { name: nameOf("wait", "p95"), text: "p95", colour: "accent" },
    { name: nameOf("wait", "p50"), text: "p50", colour: "second" }] },
  { id: "video", title: "Order → video", unit: "seconds", note: share, least: 1, lines: [
    { name: "queue_age_seconds", text: "oldest due", colour: "bad" },
    { name: 'job_seconds{outcome="completed"}.p95', text: "p95", colour: "accent" },
    { name: 'job_seconds{outcome="completed"}.p50', text: "p50", colour: "second" }] },
];

/// Every series of the charts, once.
export const chartSeries = [...new Set(charts.flatMap((chart) => chart.lines.map((line) => line.name)))];

export const periods = [["5min", "5 min"], ["1h", "1 h"], ["4h", "4 h"]];

/// Moments at which another version began to run, for the marks of the charts: [{ at, text }].
export function deploysOf(nodes, toSeconds) {
  const first = new Map();
  for (const node of nodes ?? []) {
    const at = toSeconds(node.started_at);
    if (at !== null && (!first.has(node.version) || at < first.get(node.version))) first.set(node.version, at);
  }
  return [...first].map(([text, at]) => ({ at, text }));
}
