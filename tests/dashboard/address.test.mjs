import assert from "node:assert/strict";
import { test } from "node:test";
import { change, link, parse } from "../../web/dashboard/lib/address.js";
import { bulkFilter, filtersOf, jobsQuery } from "../../web/dashboard/lib/job_filters.js";
import { query, seriesQuery } from "../../web/dashboard/lib/query.js";

test("address: what was filtered comes back from the address", () => {
  const params = { model: "kling/v2.1-master", status: "failed", user: "700000008" };
  const hash = link("jobs", params);
  assert.equal(hash, "#/jobs?model=kling%2Fv2.1-master&status=failed&user=700000008");
  assert.deepEqual(parse(hash), { view: "jobs", params });
});

test("address: an unknown or missing view is the overview", () => {
  assert.equal(parse("").view, "overview");
  assert.equal(parse("#/nonsense?x=1").view, "overview");
  assert.deepEqual(parse("#/errors"), { view: "errors", params: {} });
});

test("address: equal views have equal addresses, and nothing empty stands in them", () => {
  assert.equal(link("jobs", { status: "queued", class: "" }), link("jobs", { class: null, status: "queued" }));
  assert.equal(link("jobs", { q: "" }), "#/jobs");
});

test("address: a change keeps the other params, and null takes one away", () => {
  const at = parse("#/jobs?status=failed&job=x");
  assert.equal(change(at, { job: null, node: "bot-1" }), "#/jobs?node=bot-1&status=failed");
});

test("filters: only what filters jobs is asked for", () => {
  const params = { status: "failed", q: "0193", job: "x", since: "1h" };
  assert.deepEqual(filtersOf(params), { status: "failed", q: "0193" });
  assert.equal(jobsQuery(params), "/api/jobs?status=failed&q=0193&limit=50");
  assert.equal(jobsQuery({}, { before: "0193a" }), "/api/jobs?before=0193a&limit=50");
  assert.equal(jobsQuery({ class: "TEMPORARY", signal: "422 guardrails" }, { words: true }), "/api/jobs?class=TEMPORARY&signal=422+guardrails&limit=50&texts=1");
});

test("filters: a bulk action needs a filter of jobs that have not ended", () => {
  assert.deepEqual(bulkFilter({ status: "queued", job: "x" }), { filter: { status: "queued" } });
  assert.match(bulkFilter({}).why, /Set a filter/);
  assert.match(bulkFilter({ q: "7" }).why, /search/);
  assert.match(bulkFilter({ status: "completed" }).why, /ended/);
});

test("query: values are encoded, unset ones left out", () => {
  assert.equal(query("/api/actors", { node: "*", sort: undefined }), "/api/actors?node=*");
  assert.equal(query("/api/jobs", { q: "a&b" }), "/api/jobs?q=a%26b");
  assert.equal(seriesQuery(["jobs{status=\"queued\"}", "job_seconds.p95"], "1h"),
    "/api/series?name=jobs%7Bstatus%3D%22queued%22%7D&name=job_seconds.p95&since=1h");
});
