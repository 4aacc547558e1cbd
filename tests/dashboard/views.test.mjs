// Every view is drawn from what a node may tell, nothing at all included, without a browser.
import assert from "node:assert/strict";
import { test } from "node:test";
import { textOf } from "../../web/dashboard/dom/h.js";
import { link, parse, views as names } from "../../web/dashboard/lib/address.js";

globalThis.location = { hash: "" };
globalThis.matchMedia = () => ({ matches: false });
const { store } = await import("../../web/dashboard/state/store.js");
const { strip } = await import("../../web/dashboard/view/strip.js");
const { drawer } = await import("../../web/dashboard/view/drawer.js");
const { header } = await import("../../web/dashboard/view/header.js");
const { dialog } = await import("../../web/dashboard/view/dialogs.js");
const views = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await import(`../../web/dashboard/view/${name}.js`)])));

function see(hash, { status = null, access = null, data = {}, open = {} } = {}) {
  Object.assign(store, { address: parse(hash), status, access, open, data: Object.fromEntries(Object.entries(data).map(([name, value]) => [name, { value, error: null, url: value.url ?? "", at: 1 }])) });
}
const seen = () => textOf([views[store.address.view].view()].flat());

const id = "0193a1cc-37f3-74db-8247-9f1f76644d69";
const job = { id, tg_user_id: 7, status: "processing", attempts: 1, class: null, created_at: 10, stages: [], events: [], tries: [], notices: [] };
const status = {
  at: "2026-11-30T04:00:00Z", nodes: [{ incarnation: "i", name: "bot-1", state: "alive", in_flight: 1 }],
  queue: { queued: 1, due: 1, processing: 0, processing_without_lease: 0 }, last_hour: {}, outbox: {}, inbox: {}, providers: [], models: [],
  keys: [{ fingerprint: "a1b2", resting: true, rest_seconds: 120, reason: "BILLING" }], paused: { queue: null, keys: [], models: [], nodes: [] },
};

const hashes = [...names.map((name) => `#/${name}`), ...["messages", "flow", "threads", "instances"].map((tab) => `#/actors?tab=${tab}&kind=notifier`)];

for (const hash of hashes) {
  test(`views: ${hash} stands before anything was loaded, and with the least a node tells`, () => {
    see(hash);
    assert.ok(seen().length > 0);
    see(hash, { status, access: { may_act: true } });
    assert.ok(seen().length > 0);
    assert.ok(textOf([strip(), ...header()]).includes("Waiting"));
  });
}

test("views: a key says until when it cools down", () => {
  see("#/cluster", { status });
  assert.match(seen(), /a1b2cooling down(2026-11-30 )?\d\d:02\D.*BILLING/);
});

test("views: levers are there for who may act only", () => {
  for (const [access, there] of [[{ may_act: true }, true], [{ may_act: false }, false], [null, false]]) {
    see("#/cluster", { status, access });
    assert.equal(/pause|drain/.test(seen()), there);
    see("#/jobs?status=queued", { status, access, data: { jobs: { jobs: [job], next: null, total: 1, total_is_exact: true } } });
    assert.equal(/cancel/.test(seen()), there);
    see(`#/jobs?job=${id}`, { status, access, data: { job } });
    assert.equal(/retry/.test(textOf(drawer())), there);
  }
});

test("views: what the user wrote is not shown unless it was asked for", () => {
  see(`#/jobs?job=${id}`, { data: { job } });
  assert.match(textOf(drawer()), /Show what the user wrote/);
  see(`#/jobs?job=${id}`, { data: { job: { ...job, texts: { product_name: "Mug" } } } });
  assert.match(textOf(drawer()), /product nameMug/);
});

test("views: a job's drawer tells every event with node and reason", () => {
  const events = [{ at: 10, kind: "ordered", node: "bot-2", reason: "ugc" }, { at: 12, kind: "retry", node: "bot-1", attempt: 1, reason: "TEMPORARY: 500" }];
  see(`#/errors?job=${id}`, { data: { job: { ...job, events } } });
  assert.match(textOf(drawer()), /orderedbot-2ugc.*\+2.0 sretrybot-11TEMPORARY: 500/);
});

test("views: another job's answer is not shown in a drawer", () => {
  see("#/jobs?job=0193a1cc-37f3-74db-8247-000000000000", { data: { job } });
  assert.match(textOf(drawer()), /Loading/);
});

test("views: every lever's dialog asks for a reason", () => {
  see("#/cluster", { open: { lever: { title: "Pause the queue", action: "pause", confirm: "Pause", path: "/api/queue", count: null } } });
  const found = [];
  const look = (node) => { if (node.props?.id === "reason") found.push(node.props.required); for (const child of node.children ?? []) look(child); };
  look(dialog());
  assert.deepEqual(found, [true]);
});

test("views: an actor that does not answer says so", () => {
  see("#/actors?tab=instances&kind=notifier&id=7&of=bot-1", { data: { probe: { id: 7, node: "bot-1", kind: "notifier", stuck: true, waiting: 12, now: { message: "wake", ms: 4000 } } } });
  assert.match(seen(), /notifier 7 on bot-1.*does not answer.*waiting12.*wake for 4.0 s/);
});

test("views: a probe tells the last message that the actor handled, and when", () => {
  see("#/actors?tab=instances&kind=notifier&id=7&of=bot-1", { data: { probe: { id: 7, node: "bot-1", kind: "notifier", waiting: 0, answered_ms: 1, last_message: "tick_atom", last_at: Date.now() / 1000 - 5 } } });
  assert.match(seen(), /last messagetick_atom, 5 s ago/);
});

const hrefs = (found, node) => { if (node.props?.href) found.push(node.props.href); for (const child of node.children ?? []) hrefs(found, child); return found; };

test("views: the jobs of a group of errors are those of its class and signal", () => {
  see("#/errors", { data: { errors: { groups: [{ class: "USER_VIOLATION", signal: "422 guardrails", count: 2 }], total: 2 } } });
  const wanted = link("jobs", { status: "failed", class: "USER_VIOLATION", signal: "422 guardrails" });
  assert.equal(hrefs([], [views.errors.view()].flat()[0]).filter((href) => href === wanted).length, 2); // of the row, and "list these"
});

test("views: what providers said is asked for and shown only while a person wants it", () => {
  const words = "no similarity to the user's mug";
  const groups = { groups: [{ class: "USER_VIOLATION", signal: "422", count: 2, words }], total: 2 };
  for (const [hash, data] of [["#/errors", { errors: groups }], ["#/jobs", { jobs: { jobs: [{ ...job, class: "USER_VIOLATION", signal: "422", words }], next: null, total: 1 } }], ["#/overview", { failures: { jobs: [{ ...job, class: "USER_VIOLATION", signal: "422", words }] } }]]) {
    for (const [open, there] of [[{}, false], [{ words: true }, true]]) {
      see(hash, { status, data, open });
      assert.equal(seen().includes(words), there, hash);
      assert.equal(views[store.address.view].needs(store.address).some((need) => need.url.includes("texts=1")), there, hash);
    }
  }
});

test("views: the scheduler of every node stands over the threads", () => {
  see("#/actors?tab=threads", { data: { actors: { nodes: [{ node: "bot-1", at: 5, threads: [{ n: 0, busy: 0.25 }], timer_lag_ms: 120 }, { node: "bot-2", at: 5, threads: [{ n: 0, busy: 0.012 }] }] } } });
  assert.match(seen(), /bot-1 25 %120 ms1bot-2 1.2 %—1/);
});

test("views: nodes whose settings differ are told in the list of nodes", () => {
  const nodes = [{ incarnation: "i", name: "bot-1", state: "alive", digest: "1111" }, { incarnation: "j", name: "bot-2", state: "alive", digest: "2222" }];
  see("#/cluster", { status: { ...status, nodes } });
  assert.match(seen(), /Settings differ: bot-2 \(2222\) from bot-1 \(1111\)\./);
  see("#/cluster", { status });
  assert.doesNotMatch(seen(), /Settings/);
});

test("views: a stall is told at once, and not for ever", async () => {
  const { notice } = await import("../../web/dashboard/view/notice.js");
  const told = (stall, heardAt = Date.now()) => {
    store.stalled = { stall: { node: "bot-1", kind: "notifier", message: "wake", ...stall }, heardAt };
    return textOf(notice());
  };
  const time = Date.now() / 1000;
  assert.match(told({ running: true, ms: 40, at: time - 2 }), /^Stall notifier on bot-1: wake runs for 2\.\d s$/);
  assert.equal(told({ running: false, ms: 2000, at: time - 2 }), "Stalled notifier on bot-1: wake ran for 2.0 s");
  assert.equal(told({ running: true, ms: 40, at: time }), ""); // it may have ended
  assert.equal(told({ running: false, ms: 40, at: time }), "");
  assert.equal(told({ running: false, ms: 2000, at: time }, Date.now() - 13_000), "");
  store.stalled = null;
});

test("views: a silent node is told beside those that answer", () => {
  see("#/actors", { data: { actors: { nodes: [{ node: "bot-1", kinds: [{ kind: "notifier", waiting: 3 }] }, { node: "bot-2", error: "did not answer within 2 s" }] } } });
  assert.match(seen(), /Node bot-2 did not answer within 2 s.*notifier3/);
});

test("views: keys and models of the settings are there before they were used, to be paused and to be chosen", () => {
  const configured = { keys: ["ffff", "a1b2"], models: ["kling/v2"] };
  const paused = { ...status.paused, models: [{ model: "old", operator: "anna", reason: "dear", until: null }] };
  see("#/cluster", { status: { ...status, configured, paused }, access: { may_act: true } });
  assert.match(seen(), /ffffreadypause.*a1b2cooling down.*kling\/v2readypause.*oldpausedresume/);
  see("#/jobs", { status: { ...status, configured } });
  assert.match(seen(), /any modelkling\/v2/);
});

test("views: an order of the list of kinds is none of a kind's actors", async () => {
  const { instancesNeeds } = await import("../../web/dashboard/view/instances.js");
  const urlOf = (sort) => instancesNeeds({ kind: "k", sort })[0].url;
  for (const sort of ["rate", "stalls", undefined]) assert.match(urlOf(sort), /sort=waiting/);
  for (const sort of ["oldest", "busy", "age"]) assert.match(urlOf(sort), new RegExp(`sort=${sort}`));
});

test("views: what stands for nobody in the flow is no kind to ask for", async () => {
  const { instancesNeeds } = await import("../../web/dashboard/view/instances.js");
  for (const kind of ["nobody", "other", "another node", undefined]) assert.deepEqual(instancesNeeds({ kind, id: "7" }), []);
  see("#/actors?tab=instances&kind=nobody&id=7");
  assert.match(seen(), /Choose a kind/);
});

test("views: kinds are sorted by the oldest message under the name that their actors know", async () => {
  const { sortKinds } = await import("../../web/dashboard/view/kinds.js");
  assert.deepEqual(sortKinds([{ kind: "a", oldest_ms: 1 }, { kind: "b", oldest_ms: 9 }], "oldest").map((row) => row.kind), ["b", "a"]);
});

test("views: a node that did not tell of a kind is named", () => {
  see("#/actors?tab=instances&kind=notifier", { data: { instances: { kind: "notifier", instances: [], nodes: [{ node: "bot-2", error: "did not answer within 2 s" }] } } });
  assert.match(seen(), /Node bot-2 did not answer within 2 s/);
});

test("views: an action on a filter tells no number of jobs that have ended", () => {
  see("#/jobs?user=7", { status, access: { may_act: true }, data: { jobs: { jobs: [job], next: null, total: 31, total_is_exact: true } } });
  assert.match(seen(), /All of this filter that have not ended:retry/);
});

test("views: only what a node can find is offered for the search", () => {
  see("#/jobs", { status });
  const found = [];
  const look = (node) => { if (node.props?.id === "filter-q") found.push(node.props.placeholder); for (const child of node.children ?? []) look(child); };
  for (const node of [views.jobs.view()].flat()) look(node);
  assert.deepEqual(found, ["Job ID or user"]);
});
