import assert from "node:assert/strict";
import { test } from "node:test";
import { remember, schedulersOf } from "../../web/dashboard/lib/scheduler.js";
import { settingsOf } from "../../web/dashboard/lib/settings.js";

const node = (name, at, more) => ({ node: name, at, threads: [{ n: 0, busy: 0.5, own: false }, { n: 1, busy: 0.1, own: false }, { n: 2, busy: 1, own: true }], ...more });

test("scheduler: an actor's own thread is no part of the busy ratio", () => {
  const [one] = schedulersOf({ nodes: [node("a", 10, { timer_lag_ms: 12 }), { node: "b", error: "did not answer" }] });
  assert.equal(one.threads, 2);
  assert.ok(Math.abs(one.busy - 0.3) < 1e-9);
  assert.equal(one.lag_ms, 12);
});

test("scheduler: what a node does not tell is not known", () => {
  assert.deepEqual(schedulersOf({ nodes: [{ node: "a", at: 1, threads: [] }] }), [{ node: "a", at: 1, threads: 0, busy: null, lag_ms: null }]);
  assert.deepEqual(schedulersOf(undefined), []);
});

test("scheduler: each answer is one point of each node, and old ones go", () => {
  const past = new Map();
  for (const at of [10, 12, 12]) remember(past, { nodes: [node("a", at, { timer_lag_ms: at }), node("b", at)] });
  assert.deepEqual(past.get("a").lag, [[10, 10], [12, 12]]);
  assert.deepEqual(past.get("b").lag, [[10, 0], [12, 0]]);
  for (let at = 13; at < 500; at++) remember(past, { nodes: [node("a", at)] });
  assert.equal(past.get("a").busy.length, 300);
  assert.equal(past.get("a").busy.at(-1)[0], 499);
});

const alive = (name, digest) => ({ name, digest, state: "alive" });
const texts = (status) => settingsOf(status).map((one) => one.text);

test("settings: nothing is told where no node tells of them, or all agree", () => {
  assert.deepEqual(settingsOf(null), []);
  assert.deepEqual(settingsOf({ nodes: [{ name: "a", state: "alive" }, alive("b", "1")] }), []);
  assert.deepEqual(settingsOf({ nodes: [alive("a", "1"), alive("b", "1"), { name: "c", digest: "2", state: "left" }], config: { digest: "1", changed: ["db.pool"], needs_restart: [], refused: [] } }), []);
});

test("settings: nodes with others than most have are named", () => {
  assert.deepEqual(texts({ nodes: [alive("a", "aaaaaaaaaaaa"), alive("b", "bbbbbbbbbbbb"), alive("c", "bbbbbbbbbbbb")] }), ["Settings differ: a (aaaaaaaa) from b, c (bbbbbbbb)."]);
});

test("settings: what was refused and what waits for a restart is told", () => {
  const told = settingsOf({ nodes: [], config: { needs_restart: ["db.pool", "http.listen"], refused: ["kie.models: is empty"] } });
  assert.deepEqual(told.map((one) => [one.level, one.text]), [
    ["bad", "Settings were refused: kie.models: is empty"],
    ["caution", "Changed, and waits for a restart: db.pool, http.listen."],
  ]);
});

test("settings: the leader's are right, and who has to begin again is named", () => {
  const none = { needs_restart: [], refused: [] };
  const config = {
    digest: "aaaa", needs_restart: ["db.lanes"], refused: ["kie.models: is empty"],
    nodes: [{ name: "a", ...none }, { name: "b", ...none, needs_restart: ["db.lanes"] }, { name: "c", ...none, refused: ["kie.models: is empty"] }],
  };
  assert.deepEqual(texts({ nodes: [alive("b", "bbbb"), alive("a", "aaaa"), alive("c", "bbbb")], config }), [
    "Settings differ: b, c (bbbb) from a (aaaa).",
    "Settings were refused by c: kie.models: is empty",
    "Changed, and waits for a restart of b: db.lanes.",
  ]);
});
