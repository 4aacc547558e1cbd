// The bars of a job's timeline: a row for each attempt, its stages as bars on one axis.
import { foldedAxis } from "./axis.js";

/// What is done in a stage that is no work of ours: waiting in the queue.
const idleStages = new Set(["wait"]);

const narrowest = 0.004; // of the axis: a stage of a millisecond is still seen

/// { rows: [{ attempt, node, outcome, bars: [{ stage, left, width, seconds, node, open, from, to }] }],
///   folds, marks } of the answer of /api/jobs/ID; `now` in Unix seconds ends what is still open.
export function layTimeline(job, now) {
  const stages = (job.stages ?? []).map((stage) => ({ ...stage, to: stage.end ?? Math.max(now, stage.start) }));
  const from = Math.min(job.created_at, ...stages.map((stage) => stage.start));
  const to = Math.max(lastMoment(job, stages), from);
  const busy = stages.filter((stage) => !idleStages.has(stage.stage)).map((stage) => [stage.start, stage.to]);
  const axis = foldedAxis(from, to, busy);
  return { from, to, rows: rowsOf(job, stages, axis), folds: axis.folds, marks: marksOf(job, axis) };
}

function lastMoment(job, stages) {
  const moments = [...(job.events ?? []).map((event) => event.at), ...stages.map((stage) => stage.to)];
  return Math.max(job.finished_at ?? job.created_at, ...moments);
}

// A stage before the first claim has no attempt: it belongs to the first one.
function rowsOf(job, stages, axis) {
  const rows = new Map();
  for (const stage of stages) {
    const attempt = stage.attempt || 1;
    if (!rows.has(attempt)) rows.set(attempt, rowOf(job, attempt));
    rows.get(attempt).bars.push(barOf(stage, axis));
  }
  return [...rows.values()].sort((a, b) => a.attempt - b.attempt);
}

function rowOf(job, attempt) {
  const tries = (job.tries ?? []).filter((one) => one.attempt === attempt);
  const nodes = [...new Set(tries.map((one) => one.node).filter(Boolean))];
  return { attempt, nodes, outcome: tries.at(-1)?.outcome ?? null, bars: [] };
}

function barOf(stage, axis) {
  const left = axis.place(stage.start);
  const width = Math.max(narrowest, axis.place(stage.to) - left);
  return {
    stage: stage.stage,
    left: Math.min(left, 1 - width),
    width,
    seconds: stage.to - stage.start,
    node: stage.node,
    open: stage.end === null || stage.end === undefined,
    from: stage.start,
    to: stage.to,
  };
}

function marksOf(job, axis) {
  return (job.events ?? []).map((event) => ({ kind: event.kind, left: axis.place(event.at) }));
}
