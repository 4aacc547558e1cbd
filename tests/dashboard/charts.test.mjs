import assert from "node:assert/strict";
import { test } from "node:test";
import { charts, marksOf, schedulerCharts, seriesOf, stageCharts } from "../../web/dashboard/lib/charts.js";
import { toSeconds } from "../../web/dashboard/lib/clock.js";
import { rangeOf } from "../../web/dashboard/lib/series.js";
import { oldestOf, stageTitles } from "../../web/dashboard/lib/stages.js";

globalThis.location = { hash: "" };
const { figure } = await import("../../web/dashboard/view/figures.js");

test("charts: every histogram of jobs has the oldest beside it", () => {
  for (const chart of charts.filter((one) => one.lines.some((line) => line.name.endsWith(".p95"))))
    assert.ok(chart.lines.some((line) => line.name === "queue_age_seconds"), chart.id);
  for (const chart of stageCharts) assert.match(chart.lines[0].name, /^stage_oldest_seconds/, chart.id);
});

test("charts: videos and failures are counted over all nodes", () => {
  const { lines, note } = charts.find(({ id }) => id === "throughput");
  assert.deepEqual(lines.map(({ name }) => name), ['jobs_last_minute{outcome="completed"}', 'jobs_last_minute{outcome="failed"}']);
  assert.equal(note, "of all nodes");
});

test("charts: each stage has its p50 and p95, and its oldest", () => {
  assert.deepEqual(stageCharts.map((chart) => chart.id), Object.keys(stageTitles));
  const names = (id) => stageCharts.find((chart) => chart.id === id).lines.map((line) => line.name);
  assert.deepEqual(names("photo"), [oldestOf("photo"), 'job_stage_seconds{stage="photo"}.p95', 'job_stage_seconds{stage="photo"}.p50']);
});

test("charts: each panel asks for its series once, and for no more than a node answers", () => {
  for (const list of [charts, stageCharts, schedulerCharts]) {
    const names = seriesOf(list);
    assert.ok(names.length > 0 && names.length <= 50);
    assert.equal(new Set(names).size, names.length);
  }
});

const begun = (name, version, seconds) => ({ name, version, started_at: seconds === null ? null : new Date(seconds * 1000).toISOString() });

test("marks: a version is marked where its first node began, with those that began together", () => {
  assert.deepEqual(marksOf([begun("b", "2", 100), begun("a", "2", 50), begun("c", "1", null)], toSeconds), [{ at: 50, text: "2", isDeploy: true }]);
});

test("marks: a later start is marked with its node, several with their number", () => {
  const nodes = [begun("a", "1", 0), begun("b", "1", 1000), begun("c", "1", 5000), begun("d", "1", 5020)];
  assert.deepEqual(marksOf(nodes, toSeconds).map(({ at, text, isDeploy }) => [at, text, isDeploy]), [[0, "1", true], [1000, "b", false], [5000, "2 nodes", false]]);
});

test("marks: another version is a mark of its own, however soon", () => {
  assert.deepEqual(marksOf([begun("a", "1", 0), begun("b", "2", 30)], toSeconds).map((one) => one.text), ["1", "2"]);
  assert.deepEqual(marksOf(undefined, toSeconds), []);
});

test("range: charts beside each other reach over the same time, and to the beginning of their node", () => {
  assert.deepEqual(rangeOf([[[100, 1], [300, 2]], [], [[200, 1]]]), [98, 300]);
  assert.deepEqual(rangeOf([[[100, 1], [300, 2]]], [{ at: 60 }, { at: 10 }]), [58, 300]);
  assert.equal(rangeOf([[], []])[0], 0);
});

test("figures: of every unit as people read them", () => {
  assert.equal(figure(undefined, "seconds"), "—");
  assert.equal(figure(0, "seconds"), "0");
  assert.equal(figure(0.0048, "seconds"), "4.8 ms");
  assert.equal(figure(7.5, "seconds"), "7.5 s");
  assert.equal(figure(0.004, "of the threads"), "0.4 %");
  assert.equal(figure(0.5, "jobs"), "0.5");
});
