import assert from "node:assert/strict";
import { test } from "node:test";
import { confirmText, countText, isOfCount, onFilter, onJobs, onSubject, outcomeOf, refusalText, requestOf } from "../../web/dashboard/lib/levers.js";

test("levers: jobs by their IDs, with the reason", () => {
  const lever = onJobs("retry", ["a", "b"]);
  assert.equal(confirmText(lever), "Retry 2 jobs");
  assert.deepEqual(requestOf(lever, { reason: "why" }), { url: "/api/jobs/actions", body: { action: "retry", reason: "why", ids: ["a", "b"] } });
});

test("levers: a filter is counted before anything is done, then confirmed with that count", () => {
  const lever = { ...onFilter("cancel", { status: "queued" }), count: null };
  assert.equal(confirmText(lever), "Count the jobs");
  assert.equal(requestOf(lever, { reason: "why" }).body.expected, 0);
  assert.equal(refusalText(lever, { status: 409, message: "12 jobs match now, 0 were expected" }, 12), null);
  const counted = { ...lever, count: 12 };
  assert.equal(confirmText(counted), "Cancel 12 jobs");
  assert.deepEqual(requestOf(counted, { reason: "why" }).body, { action: "cancel", reason: "why", filter: { status: "queued" }, expected: 12 });
  assert.equal(refusalText(counted, { status: 409, message: "" }, 13), "Nothing was done: 13 jobs match now, 12 were confirmed.");
});

test("levers: names stand encoded in the address, a duration only where it counts", () => {
  const pause = onSubject("models", "pause", "kling/v2");
  assert.deepEqual(requestOf(pause, { reason: "why", duration: "1h" }), { url: "/api/models/kling%2Fv2", body: { action: "pause", reason: "why", for: "1h" } });
  assert.deepEqual(requestOf(pause, { reason: "why", duration: "" }).body, { action: "pause", reason: "why" });
  assert.deepEqual(requestOf(onSubject("queue", "resume"), { reason: "why", duration: "1h" }), { url: "/api/queue", body: { action: "resume", reason: "why" } });
  assert.equal(onSubject("nodes", "drain", "bot-1").title, "Drain node bot-1");
});

test("levers: a refusal of the read-only token says what to do, others their own words", () => {
  assert.match(refusalText(onSubject("queue", "pause"), { status: 403 }), /Sign in/);
  assert.equal(refusalText(onSubject("queue", "resume"), { status: 409, message: "the queue is not paused" }), "the queue is not paused");
});

test("levers: what came of it names what could not be", () => {
  assert.deepEqual(outcomeOf({ done: true }), { text: "Done.", failed: [] });
  const { text, failed } = outcomeOf({ done: 1, results: [{ id: "a", done: true }, { id: "b", done: false, why: "is completed already" }] });
  assert.equal(text, "Done for 1 job. 1 job could not be.");
  assert.deepEqual(failed.map((one) => one.id), ["b"]);
});

test("levers: nothing or too much is not acted on", () => {
  const counted = (count) => ({ ...onFilter("fail", { status: "queued" }), count });
  assert.deepEqual([null, 0, 1, 1000, 1001].map((count) => isOfCount(counted(count))), [true, false, true, true, false]);
  assert.equal(confirmText(counted(1001)), "Too many jobs");
  assert.deepEqual([1, 1001].map((count) => countText(counted(count))), ["1 job matches now.", "More than 1000 jobs match: set a narrower filter."]);
  assert.equal(outcomeOf({ done: 0, refused: [], results: [] }).text, "No job matches: nothing was done.");
});
