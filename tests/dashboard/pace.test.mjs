import assert from "node:assert/strict";
import { test } from "node:test";
import { pace } from "../../web/dashboard/state/pace.js";

/// A clock that stands until it is moved.
function rig() {
  const it = { time: 0, drawn: [], hidden: false, plans: [] };
  it.pace = pace({
    draw: () => it.drawn.push(it.time),
    now: () => it.time,
    later: (milliseconds, call) => {
      const plan = { at: it.time + milliseconds, call };
      it.plans.push(plan);
      return plan;
    },
    forget: (plan) => it.plans.splice(it.plans.indexOf(plan), 1),
    isHidden: () => it.hidden,
  });
  it.pass = (milliseconds) => {
    const end = it.time + milliseconds;
    for (let due; (due = it.plans.filter((plan) => plan.at <= end).sort((a, b) => a.at - b.at)[0]);) {
      it.time = due.at;
      it.plans.splice(it.plans.indexOf(due), 1);
      due.call();
    }
    it.time = end;
  };
  return it;
}

test("pace: a hundred changes in a second are drawn once", () => {
  const it = rig();
  for (let i = 0; i < 250; ++i) {
    it.pace.changed();
    it.pass(10);
  }
  assert.deepEqual(it.drawn, [0, 1000, 2000]);
});

test("pace: what a person did is drawn at once, and counts as that second's drawing", () => {
  const it = rig();
  it.pace.changed();
  it.pass(100);
  it.pace.changed();
  it.pace.acted();
  assert.deepEqual(it.drawn, [0, 100]);
  it.pass(3000);
  assert.deepEqual(it.drawn, [0, 100]);
});

test("pace: nothing is drawn while nobody sees it", () => {
  const it = rig();
  it.hidden = true;
  it.pace.changed();
  it.pace.acted();
  it.pass(5000);
  assert.deepEqual(it.drawn, []);
  it.hidden = false;
  it.pace.acted();
  assert.deepEqual(it.drawn, [5000]);
});
