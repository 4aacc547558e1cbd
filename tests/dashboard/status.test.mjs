import assert from "node:assert/strict";
import { test } from "node:test";
import { attentionOf } from "../../web/dashboard/lib/attention.js";
import { leadersText } from "../../web/dashboard/lib/leaders.js";
import { aligned, latest, pointsByName, sparkPath } from "../../web/dashboard/lib/series.js";
import { nameOf, oldestOf, slowest, stagesOf } from "../../web/dashboard/lib/stages.js";
import { stripOf } from "../../web/dashboard/lib/strip.js";

const status = {
  nodes: [{ name: "bot-1", state: "alive", stats: { capacity: 20 } }, { name: "bot-2", state: "silent", stats: { capacity: 20 }, heartbeat_seconds: 90 }],
  queue: { queued: 14, due: 12, processing: 6, processing_without_lease: 0, oldest_due_seconds: 75, oldest_queued_seconds: 80 },
  last_hour: { completed: 3 }, outbox: { unsent: 2, oldest_seconds: 4 }, keys: [{ resting: true }], models: [],
  paused: { queue: null, keys: [], models: [{}], nodes: [] },
};

const tile = (id, given, extra) => stripOf(given, extra).find((one) => one.id === id);

test("strip: what no node tells is a dash that says why", () => {
  for (const one of stripOf(null)) assert.deepEqual([one.value, one.note], ["—", "no answer yet"]);
  assert.deepEqual([tile("promises", status).value, tile("promises", status).level], ["—", "dim"]);
  assert.deepEqual([tile("p95", status).value, tile("p95", status).note], ["—", "no video in 1 h; goal 10 min"]);
});

test("strip: how many wait, how old the oldest is, and the capacity of living nodes", () => {
  assert.deepEqual([tile("waiting", status).value, tile("waiting", status).note], ["14", "12 of them due"]);
  assert.deepEqual([tile("oldest", status).value, tile("oldest", status).level], ["1 min", "caution"]);
  assert.equal(tile("flight", status).value, "6 / 20");
  assert.equal(tile("paused", status).note, "1 paused, 1 cooling");
  assert.equal(tile("waiting", status).href, "#/jobs?status=queued");
});

test("strip: goal, promises, conditions and a paused queue have their colours", () => {
  const told = { ...status, promises: { broken: 2, at: "1970-01-01T00:00:40Z" }, paused: { ...status.paused, queue: { reason: "why" } } };
  const hour = (p95_seconds) => ({ ...status, last_hour: { p95_seconds } });
  assert.equal(tile("p95", hour(601)).level, "bad");
  assert.deepEqual([tile("p95", hour(600)).level, tile("p95", hour(600)).value], ["good", "10 min"]);
  assert.deepEqual([tile("promises", told, { now: 100 }).value, tile("promises", told, { now: 100 }).note], ["2 broken", "audited 1 min ago"]);
  assert.deepEqual([tile("firing", told, { now: 100 }).value, tile("firing", told, { now: 100 }).note], ["2", "QueuePaused, PromiseBroken"]);
  assert.deepEqual([tile("firing", told, { now: 100 }).level, tile("firing", hour(601)).level, tile("firing", status).value], ["bad", "caution", "none"]);
  assert.equal(tile("paused", told).value, "queue");
  assert.equal(tile("promises", { ...status, promises: { broken: 0, at: 90 } }, { now: 100 }).value, "kept");
});

test("strip: no series of one node makes promises kept that nobody has proved", () => {
  assert.equal(tile("promises", { ...status, promises: null }, { now: 100, promisesBroken: 0, auditAt: null }).value, "—");
});

test("strip: stalls of one node say so", () => {
  assert.equal(tile("stalls", status, { stallCount: 2, stallNode: "bot-1" }).note, "25 ms+, in 15 min, bot-1");
  assert.equal(tile("stalls", status, { stallCount: 2 }).note, "25 ms+, in 15 min");
});

test("attention: nothing to do is an empty list, and each fault leads somewhere", () => {
  assert.deepEqual(attentionOf(null), []);
  assert.deepEqual(attentionOf({ ...status, nodes: [] }), []);
  const [silence] = attentionOf(status);
  assert.equal(silence.text, "Node bot-2 has been silent for 1 min.");
  assert.equal(silence.href, "#/cluster");
});

test("attention: conditions, each promise and what is left lead somewhere", () => {
  const left = [{ matter: "restored from a backup", subject: "4", tg_user_id: null, detail: "d" }, { matter: "payment without credits", subject: "5", tg_user_id: 7, detail: "d" }];
  const told = { ...status, nodes: [], promises: { broken: 21, at: 40, some: [{ promise: "one refund", subject: "7", detail: "2 refunds" }] }, left_to_operators: left };
  const list = attentionOf(told, { now: 100 });
  assert.deepEqual(list.map((one) => one.href), ["#/overview?show=attention", undefined, "#/actions", "#/jobs?user=7"]);
  assert.equal(list[1].text, "Promise broken: one refund, 7: 2 refunds");
});

test("leaders: roles by their node", () => {
  const leaders = ["neurocards first/leader:gateway", "neurocards second/leader:janitor", "neurocards first/leader:cards"].map((name) => ({ name }));
  assert.equal(leadersText(leaders), "cards, gateway on first; janitor on second");
  assert.equal(leadersText(undefined), "");
});

test("stages: the queue and the outbox come from the status, the others from series", () => {
  const series = { [oldestOf("render")]: [[90, 200]], [nameOf("render", "p95")]: [[90, 150]] };
  const stages = stagesOf(status, series, 100);
  const of = (stage) => stages.find((one) => one.stage === stage);
  assert.deepEqual([of("wait").count, of("wait").oldest], [14, 80]);
  assert.deepEqual([of("deliver").count, of("deliver").oldest], [2, 4]);
  assert.deepEqual([of("render").count, of("render").oldest, of("render").p95, of("render").p50], [null, 200, 150, null]);
  assert.deepEqual(stages.filter((one) => one.isSlow).map((one) => one.stage), ["render"]);
  assert.equal(stagesOf(null, {}, 0).length, 7);
});

test("stages: what the database sees counts, and a stage without a job has none", () => {
  const stages = stagesOf({ ...status, stages: [{ stage: "render", jobs: 4, oldest_seconds: 65 }] }, {}, 100);
  const of = (stage) => stages.find((one) => one.stage === stage);
  assert.deepEqual([of("render").count, of("render").oldest], [4, 65]);
  assert.deepEqual([of("wait").count, of("create").count, of("deliver").count, of("download").count], [14, 0, 0, 0]);
});

test("stages: a stuck stage is slow though none has ended in it", () => {
  assert.equal(slowest([{ stage: "wait", oldest: 5, p95: 60 }, { stage: "create", oldest: 600, p95: null }]).stage, "create");
  assert.equal(slowest([{ stage: "wait", oldest: null, p95: null }]), undefined);
});

test("series: the last value counts only while it is fresh", () => {
  assert.equal(latest([[10, 1], [50, 2]], 60), 2);
  assert.equal(latest([[10, 1], [50, 2]], 200), null);
  assert.equal(latest(undefined, 1), null);
});

test("series: columns of several names share their times", () => {
  assert.deepEqual(aligned([[[1, 10], [3, 30]], [[2, 5]]]), [[1, 2, 3], [10, undefined, 30], [null, 5, null]]);
  assert.deepEqual(pointsByName({ series: [{ name: "a", points: [[1, 2]] }] }), { a: [[1, 2]] });
  assert.deepEqual(pointsByName({ name: "b", points: [] }), { b: [] });
  assert.deepEqual(pointsByName(undefined), {});
});

test("series: a line breaks where nothing was told for long", () => {
  const [, [, hole, more]] = aligned([[[0, 1], [300, 2]], [[100, 5], [200, 5]]]);
  assert.deepEqual([hole, more], [null, null]);
});

test("series: a small line fills its box, and one point is no line", () => {
  assert.equal(sparkPath([[0, 0], [10, 4], [20, 2]], 100, 20), "M0,20L50,0L100,10");
  assert.equal(sparkPath([[0, 1]], 100, 20), "");
});
