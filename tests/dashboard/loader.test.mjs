import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

globalThis.location = { hash: "" };
const { load, nudge, stale } = await import("../../web/dashboard/state/loader.js");
const { store } = await import("../../web/dashboard/state/store.js");

let asked;
let answers; // url → what to do with the request: (resolve, reject) kept until the test decides
globalThis.fetch = (url, { signal }) => new Promise((resolve, reject) => {
  asked.push(url);
  signal.addEventListener("abort", () => reject(new Error("aborted")));
  answers[url] = { tell: (body, status = 200) => resolve({ ok: status === 200, status, json: async () => body }) };
});
const settled = () => new Promise((done) => setImmediate(done));

beforeEach(() => {
  load([]);
  asked = [];
  answers = {};
  store.data = {};
});

const jobs = (url, every = 5000) => [{ name: "jobs", url, every }];

test("loader: what is needed is asked for once, and again when it is due", async () => {
  mock.timers.enable({ apis: ["Date"], now: 1000 });
  load(jobs("/a"));
  load(jobs("/a"));
  assert.deepEqual(asked, ["/a"]);
  answers["/a"].tell({ n: 1 });
  await settled();
  assert.deepEqual(store.data.jobs.value, { n: 1 });
  mock.timers.tick(4999);
  load(jobs("/a"));
  assert.equal(asked.length, 1);
  mock.timers.tick(1);
  load(jobs("/a"));
  assert.equal(asked.length, 2);
  answers["/a"].tell({ n: 2 });
  await settled();
  mock.timers.reset();
});

test("loader: a list stays until the answer of its new filter has come, and an old answer does not come after it", async () => {
  load(jobs("/a"));
  answers["/a"].tell({ n: 1 });
  await settled();
  load(jobs("/b"));
  const late = answers["/b"];
  assert.deepEqual(store.data.jobs.value, { n: 1 });
  load(jobs("/c"));
  answers["/c"].tell({ n: 3 });
  await settled();
  late.tell({ n: 2 });
  await settled();
  assert.deepEqual([store.data.jobs.url, store.data.jobs.value], ["/c", { n: 3 }]);
});

test("loader: a refusal is told in the node's words, and what was known stays", async () => {
  load(jobs("/a", 1));
  answers["/a"].tell({ n: 1 });
  await settled();
  stale("jobs");
  load(jobs("/a", 1));
  answers["/a"].tell({ error: "the database does not answer" }, 503);
  await settled();
  assert.deepEqual([store.data.jobs.value, store.data.jobs.error], [{ n: 1 }, "the database does not answer"]);
});

test("loader: a hundred changes are one request every three seconds", async () => {
  mock.timers.enable({ apis: ["Date"], now: 1000 });
  load(jobs("/a", 60_000));
  answers["/a"].tell({});
  await settled();
  asked = [];
  for (let second = 0; second < 9; ++second) {
    for (let i = 0; i < 100; ++i) nudge("jobs");
    mock.timers.tick(1000);
    load(jobs("/a", 60_000));
    answers["/a"].tell({});
    await settled();
  }
  assert.equal(asked.length, 3);
  mock.timers.reset();
});

test("loader: what is not needed any more is not asked for", async () => {
  load(jobs("/a", 1));
  answers["/a"].tell({});
  await settled();
  stale("jobs");
  load([{ name: "errors", url: "/e", every: 1 }]);
  assert.deepEqual(asked, ["/a", "/e"]);
});
