// Which conditions the page derives from what a node tells, one by one.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { conditionsOf, orderGoal } from "../../web/dashboard/lib/conditions.js";

const at = "1970-01-02T00:00:00Z";
const now = 86_400;
const leaders = ["coordinator", "gateway", "janitor", "notifier", "cards", "late_videos"].map((role) => ({ name: `neurocards bot-1/leader:${role}` }));
const node = { name: "bot-1", state: "alive", roles: "gateway notifier worker coordinator", up_seconds: 20 * 3600 };
const healthy = {
  at, nodes: [node], leaders, queue: { oldest_due_seconds: 10, oldest_without_lease_seconds: null }, last_hour: { p95_seconds: 100 },
  configured: { keys: ["k1", "k2"], models: ["m1"] }, keys: [{ fingerprint: "k1", resting: true }], models: [], providers: [{ name: "kie", down: false }],
  paused: { queue: null, keys: [], models: [], nodes: [] }, promises: { at, broken: 0, some: [] },
};

const names = (changes, extra = {}) => conditionsOf({ ...healthy, ...changes }, { now, stallCount: 0, ...extra }).map((one) => one.name);

test("conditions: none is met by a healthy cluster, and none before anything is known", () => {
  assert.deepEqual(names({}), []);
  assert.deepEqual(conditionsOf(null), []);
  assert.deepEqual(conditionsOf({ at }, { now, stallCount: null }), []);
});

const cases = [
  ["FiguresStandStill", {}, { now: now + 61 }],
  ["QueuePaused", { paused: { ...healthy.paused, queue: { operator: "anna", reason: "why" } } }],
  ["Outage", { providers: [{ name: "kie", down: true, down_seconds: 5, reason: "503" }] }],
  ["AllKeysCoolDown", { paused: { ...healthy.paused, keys: [{ fingerprint: "k2" }] } }],
  ["AllModelsCoolDown", { models: [{ model: "m1", resting: true }] }],
  ["PromiseBroken", { promises: { at, broken: 1, some: [] } }],
  ["AuditTooOld", { promises: { at: now - 13 * 3600 - 1, broken: 0 } }],
  ["AuditTooOld", { promises: null }],
  ["RoleWithoutLeader", { leaders: leaders.slice(1) }],
  ["JobsWithoutNode", { queue: { oldest_without_lease_seconds: 121 } }],
  ["QueueWaits", { queue: { oldest_due_seconds: 901 } }],
  ["OrdersSlow", { last_hour: { p95_seconds: orderGoal + 1 } }],
  ["ActorStalled", {}, { stallCount: 1 }],
];

for (const [name, changes, extra] of cases)
  test(`conditions: ${name} is met, leads somewhere and says what it is: ${JSON.stringify(changes).slice(0, 60)}`, () => {
    assert.deepEqual(names(changes, extra), [name]);
    const [one] = conditionsOf({ ...healthy, ...changes }, { now, stallCount: 0, ...extra });
    assert.match(one.href, /^#\/[a-z]+/);
    assert.ok(one.text.length > 10 && !/undefined|NaN|null/.test(one.text), one.text);
  });

test("conditions: what is not yet old, not whole or not known meets none", () => {
  assert.deepEqual(names({}, { now: now + 60 }), []);
  assert.deepEqual(names({ promises: null, nodes: [{ ...node, up_seconds: 3600 }] }), []);
  assert.deepEqual(names({ configured: { keys: [], models: [] } }), []);
  assert.deepEqual(names({ leaders: [], nodes: [{ ...node, up_seconds: 30 }] }), []);
  assert.deepEqual(names({ leaders: [], nodes: [{ ...node, state: "silent" }] }), []);
  assert.deepEqual(names({ leaders: [...leaders.slice(1), { name: `neurocards ${"n".repeat(60)}`.slice(0, 63) }] }), []);
  assert.deepEqual(names({ leaders: leaders.filter((one) => !one.name.endsWith(":late_videos")), nodes: [{ ...node, roles: "gateway notifier coordinator" }] }), []);
});

test("conditions: their names, limits and the goal are those of the alerts", () => {
  const alerts = readFileSync(new URL("../../deploy/prometheus/alerts.yml", import.meta.url), "utf8");
  const own = ["QueuePaused", "Outage"]; // pages nobody; KieOutage, for every provider
  for (const [name] of cases) assert.ok(own.includes(name) || alerts.includes(`alert: ${name}\n`), name);
  assert.ok(alerts.includes(`le="${orderGoal}"`));
  for (const limit of ["age_seconds) > 60", "without_lease_seconds) > 120", "queue_age_seconds) > 900", "> 13 * 3600"]) assert.ok(alerts.includes(limit), limit);
});
