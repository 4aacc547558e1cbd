import assert from "node:assert/strict";
import { test } from "node:test";
import { foldedAxis, merge } from "../../web/dashboard/lib/axis.js";
import { layTimeline } from "../../web/dashboard/lib/timeline.js";

const close = (value, wanted) => assert.ok(Math.abs(value - wanted) < 1e-6, `${value} is not ${wanted}`);

test("axis: without long waits it is even", () => {
  const axis = foldedAxis(0, 10, [[0, 4], [5, 10]]);
  assert.equal(axis.folds.length, 0);
  close(axis.place(0), 0);
  close(axis.place(5), 0.5);
  close(axis.place(10), 1);
});

test("axis: a long wait is folded into a narrow stretch, and order is kept", () => {
  const axis = foldedAxis(0, 1020, [[0, 10], [1010, 1020]]);
  assert.deepEqual(axis.folds.map((fold) => [fold.from, fold.to]), [[10, 1010]]);
  close(axis.folds[0].width, 0.05);
  close(axis.place(10), 0.475);
  close(axis.place(1010), 0.525);
  close(axis.place(1020), 1);
  assert.ok(axis.place(300) < axis.place(900));
});

test("axis: many folds take half of it at most, and moments outside are at its ends", () => {
  const busy = Array.from({ length: 40 }, (_, i) => [i * 1000, i * 1000 + 1]);
  const axis = foldedAxis(0, 40_000, busy);
  const folded = axis.folds.reduce((sum, fold) => sum + fold.width, 0);
  assert.ok(folded <= 0.5 + 1e-9, `${folded}`);
  close(axis.place(-5), 0);
  close(axis.place(50_000), 1);
});

test("axis: overlapping work is one stretch", () => {
  assert.deepEqual(merge([[5, 8], [1, 3], [2, 6], [9, 9]]), [[1, 8], [9, 9]]);
});

const job = {
  created_at: 100, finished_at: 2000,
  tries: [{ attempt: 1, node: "bot-1", outcome: "retry" }, { attempt: 2, node: "bot-1", outcome: "take_over" }, { attempt: 2, node: "bot-2", outcome: "completed" }],
  stages: [
    { stage: "wait", start: 100, end: 104, node: null, attempt: 0 },
    { stage: "render", start: 104, end: 160, node: "bot-1", attempt: 1 },
    { stage: "wait", start: 160, end: 1960, node: null, attempt: 1 },
    { stage: "render", start: 1960, end: 2000, node: "bot-2", attempt: 2 },
  ],
  events: [{ at: 100, kind: "ordered" }, { at: 2000, kind: "completed" }],
};

test("timeline: a row for each attempt with its nodes and outcome, the wait before it in the first", () => {
  const { rows } = layTimeline(job, 9999);
  assert.deepEqual(rows.map((row) => [row.attempt, row.nodes, row.outcome]), [[1, ["bot-1"], "retry"], [2, ["bot-1", "bot-2"], "completed"]]);
  assert.deepEqual(rows[0].bars.map((bar) => bar.stage), ["wait", "render", "wait"]);
  close(rows[1].bars[0].seconds, 40);
});

test("timeline: half an hour of waiting does not squeeze the work", () => {
  const { rows, folds } = layTimeline(job, 9999);
  assert.deepEqual(folds.map((fold) => [fold.from, fold.to]), [[160, 1960]]);
  assert.ok(rows[1].bars[0].width > 0.35, `${rows[1].bars[0].width}`);
});

test("timeline: bars lie one behind the other and inside", () => {
  const bars = layTimeline(job, 9999).rows.flatMap((row) => row.bars);
  for (const [index, bar] of bars.entries()) {
    assert.ok(bar.left >= 0 && bar.left + bar.width <= 1 + 1e-9);
    if (index > 0) assert.ok(bar.left >= bars[index - 1].left + bars[index - 1].width - 1e-6);
  }
});

test("timeline: what is open grows until now, and an instant is still seen", () => {
  const open = { created_at: 0, stages: [{ stage: "wait", start: 0, end: 0.0001, attempt: 0 }, { stage: "render", start: 0.0001, end: null, attempt: 1 }], events: [], tries: [] };
  const [wait, render] = layTimeline(open, 50).rows[0].bars;
  assert.equal(render.open, true);
  close(render.to, 50);
  assert.ok(wait.width >= 0.004);
});

test("timeline: a job of which nothing is known has no rows", () => {
  assert.deepEqual(layTimeline({ created_at: 5 }, 6).rows, []);
});
