import assert from "node:assert/strict";
import { test } from "node:test";
import { clock, minute, precise, toSeconds } from "../../web/dashboard/lib/clock.js";
import { age, bytes, count, milliseconds, percent, rate, seconds, shortId, total } from "../../web/dashboard/lib/format.js";

const cases = (show, table) => { for (const [value, text] of table) assert.equal(show(value), text, `of ${value}`); };

test("format: what is not known is a dash, and zero is a number", () => {
  for (const show of [count, age, seconds, milliseconds, rate, percent, bytes]) {
    cases(show, [[null, "—"], [undefined, "—"], [NaN, "—"]]);
    assert.notEqual(show(0), "—");
  }
});

test("format: counts have thin spaces, and a plus where they were cut off", () => {
  cases(count, [[0, "0"], [999, "999"], [12345, "12\u2009345"], [1234567, "1\u2009234\u2009567"]]);
  assert.equal(total(2000, false), "2\u2009000+");
  assert.equal(total(7, true), "7");
});

test("format: durations in their two greatest units", () => {
  cases(age, [[0.9, "0 s"], [59, "59 s"], [60, "1 min"], [3600, "1 h"], [3660, "1 h 1 min"], [90000, "1 d 1 h"], [-5, "0 s"]]);
  cases(seconds, [[0.44, "0.4 s"], [9.99, "10.0 s"], [12.4, "12 s"], [125, "2 min 5 s"], [120, "2 min"]]);
  cases(milliseconds, [[0, "0"], [0.0001, "1 µs"], [0.25, "250 µs"], [3.44, "3.4 ms"], [119.6, "120 ms"], [2043, "2.0 s"]]);
  cases(rate, [[0, "0/s"], [0.05, "180/h"], [3.44, "3.4/s"], [120.2, "120/s"]]);
  cases(percent, [[0.256, "26 %"]]);
  cases(bytes, [[8123456, "8.1 MB"], [900, "0.9 kB"]]);
});

test("format: an ID is told by its beginning and its end", () => {
  assert.equal(shortId("0193a1cc-37f3-74db-8247-9f1f76644d69"), "0193a1cc…4d69");
});

test("clock: Unix seconds and ISO strings are the same moment, infinity is none", () => {
  assert.equal(toSeconds("2026-11-30T04:00:00Z"), Date.UTC(2026, 10, 30, 4) / 1000);
  assert.equal(toSeconds(17.5), 17.5);
  assert.equal(toSeconds("infinity"), null);
  assert.equal(clock(null), "—");
});

test("clock: today needs no date, another day has one, precise has milliseconds", () => {
  const noon = new Date(2026, 10, 30, 12, 4, 5, 61).getTime() / 1000;
  assert.equal(clock(noon, noon + 60), "12:04:05");
  assert.equal(clock(noon, noon + 2 * 86400), "2026-11-30 12:04:05");
  assert.equal(minute(noon, noon), "12:04");
  assert.equal(minute(null), "—");
  assert.equal(precise(noon), "2026-11-30 12:04:05.061");
});
