import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { follow } from "../../web/dashboard/net/live.js";

let sources;
let polls;
let answers; // whether the node answers polls
globalThis.EventSource = class {
  static CLOSED = 2;
  constructor(url) {
    Object.assign(this, { url, readyState: 0, heard: {} });
    sources.push(this);
  }
  addEventListener(name, call) { this.heard[name] = call; }
  close() { this.readyState = 2; }
  tell(name, data) { this.heard[name]({ data: JSON.stringify(data) }); }
  fail(isClosed) {
    this.readyState = isClosed ? 2 : 0;
    this.heard.error({});
  }
};
globalThis.fetch = async () => {
  polls++;
  return answers ? { ok: true, json: async () => ({ polled: polls }) } : { ok: false, status: 503, json: async () => ({ error: "the database does not answer" }) };
};
const settled = () => new Promise((done) => setImmediate(done));

let told;
let live;
beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout"] });
  [sources, polls, answers, told] = [[], 0, true, []];
  live = follow({ status: (x) => told.push(x), job: (x) => told.push(x), stall: (x) => told.push(x), state: (name, fault) => told.push([name, fault]) });
});
afterEach(() => {
  live.stop();
  mock.timers.reset();
});

async function pass(milliseconds) {
  mock.timers.tick(milliseconds);
  await settled();
}

test("live: what the stream tells is passed on, and nothing is polled", async () => {
  live.start();
  sources[0].heard.open({});
  sources[0].tell("status", { at: 1 });
  sources[0].tell("job", { id: "a" });
  sources[0].tell("stall", { kind: "b" });
  await pass(60_000);
  assert.deepEqual(told, [["stream", undefined], { at: 1 }, { id: "a" }, { kind: "b" }]);
  assert.equal(polls, 0);
});

test("live: while the stream is broken it polls every three seconds, and stops when it works again", async () => {
  live.start();
  sources[0].fail(false);
  await settled();
  assert.deepEqual(told.splice(0), [{ polled: 1 }, ["polling", undefined]]);
  await pass(3000);
  assert.equal(polls, 2);
  sources[0].fail(false); // the browser tries again by itself
  await pass(2999);
  assert.equal(polls, 2);
  sources[0].heard.open({});
  await pass(30_000);
  assert.equal(polls, 2);
});

test("live: a refused stream is tried anew after a while", async () => {
  live.start();
  sources[0].fail(true);
  await pass(19_999);
  assert.equal(sources.length, 1);
  await pass(1);
  assert.equal(sources.length, 2);
});

test("live: a node that does not answer is told with its words", async () => {
  answers = false;
  live.start();
  sources[0].fail(false);
  await settled();
  assert.deepEqual(told, [["away", "the database does not answer"]]);
});

test("live: stopped, it asks nothing until it is started again", async () => {
  live.start();
  sources[0].fail(true);
  await settled();
  live.stop();
  const before = polls;
  await pass(120_000);
  assert.deepEqual([polls, sources.length, sources[0].readyState], [before, 1, 2]);
  live.start();
  assert.equal(sources.length, 2);
});
