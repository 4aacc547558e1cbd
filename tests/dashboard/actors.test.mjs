import assert from "node:assert/strict";
import { test } from "node:test";
import { collect, mergeKinds, mergeMessages, silent, topMessages } from "../../web/dashboard/lib/actors.js";
import { flowMatrix, sendersTo } from "../../web/dashboard/lib/flow_matrix.js";

const kind = (name, more) => ({ kind: name, alive: 1, spawned: 1, waiting: 0, oldest_ms: 0, rate: 0, busy: 0, rejected: 0, stalls: 0, ended: {}, wait_ms: {}, handle_ms: {}, ...more });

const answer = {
  nodes: [
    { node: "bot-1", kinds: [kind("notifier", { waiting: 3, oldest_ms: 5, rate: 2, ended: { normal: 1 }, handle_ms: { p99: 4 } })],
      messages: [{ kind: "notifier", message: "wake", rate: 1, p99_ms: 5, max_ms: 6, errors: 0 }], stalls: [{ kind: "notifier", at: 1 }] },
    { node: "bot-2", kinds: [kind("notifier", { waiting: 4, oldest_ms: 90, rate: 1, ended: { normal: 2, killed: 1 }, handle_ms: { p99: null } }), kind("janitor")],
      messages: [{ kind: "notifier", message: "wake", rate: 2, p99_ms: 50, max_ms: 60, errors: 2 }, { kind: "janitor", message: "tick", rate: 9, p99_ms: 1, max_ms: 1, errors: 0 }] },
    { node: "bot-3", error: "did not answer within 2 s" },
  ],
};

test("actors: counts of nodes are added, times are the greatest, and the node that has the oldest is named", () => {
  const [notifier, janitor] = mergeKinds(answer);
  assert.deepEqual([notifier.waiting, notifier.rate, notifier.oldest_ms, notifier.where], [7, 3, 90, "bot-2"]);
  assert.deepEqual(notifier.ended, { normal: 3, killed: 1 });
  assert.equal(notifier.handle_ms.p99, 4);
  assert.equal(janitor.kind, "janitor");
});

test("actors: a merged answer leaves the answer as it was", () => {
  const before = JSON.stringify(answer);
  mergeKinds(answer);
  mergeMessages(answer);
  assert.equal(JSON.stringify(answer), before);
});

test("actors: a node that does not answer is told, not counted", () => {
  assert.deepEqual(silent(answer).map((one) => one.node), ["bot-3"]);
  assert.deepEqual(collect(answer, "stalls"), [{ kind: "notifier", at: 1, node: "bot-1" }]);
  assert.deepEqual(mergeKinds(undefined), []);
});

test("messages: most, slowest and failing are different lists", () => {
  const rows = mergeMessages(answer);
  assert.deepEqual(topMessages(rows, "most").map((row) => row.message), ["tick", "wake"]);
  assert.deepEqual(topMessages(rows, "slowest").map((row) => row.message), ["wake", "tick"]);
  assert.deepEqual(topMessages(rows, "failing").map((row) => [row.message, row.errors, row.p99_ms, row.rate]), [["wake", 2, 50, 3]]);
});

const flows = [
  { from: "generation", to: "notifier", message: "a", rate: 2 }, { from: "generation", to: "notifier", message: "b", rate: 3 },
  { from: "db_lane", to: "notifier", message: "c", rate: 4 }, { from: "notifier", to: "db_lane", message: "d", rate: 1 },
  { from: "janitor", to: "db_lane", message: "e", rate: 8 },
];

test("flow: a cell adds its messages, the greatest first", () => {
  const matrix = flowMatrix(flows);
  assert.deepEqual(matrix.senders, ["db_lane", "generation", "janitor", "notifier"]);
  assert.deepEqual(matrix.receivers, ["db_lane", "notifier"]);
  const cell = matrix.cells.get("generation → notifier");
  assert.equal(cell.rate, 5);
  assert.deepEqual(cell.messages.map((one) => one.message), ["b", "a"]);
  assert.equal(matrix.most, 8);
});

test("flow: of one kind, what it sends and gets", () => {
  assert.deepEqual([...flowMatrix(flows, "notifier").cells.keys()], ["generation → notifier", "db_lane → notifier", "notifier → db_lane"]);
});

test("flow: who sends most to the notifier", () => {
  assert.deepEqual(sendersTo(flows, "notifier"), [{ from: "generation", rate: 5 }, { from: "db_lane", rate: 4 }]);
  assert.deepEqual(sendersTo(flows, "nobody"), []);
});
