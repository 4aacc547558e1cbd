// Moments. The interface writes Unix seconds, the older parts of /api/status ISO strings.
import { unknown } from "./format.js";

/// Unix seconds of either form; null: none, or one without end ("infinity").
export function toSeconds(moment) {
  if (typeof moment === "number") return moment;
  const parsed = moment ? Date.parse(moment) : NaN;
  return Number.isNaN(parsed) ? null : parsed / 1000;
}

const pad = (number, width = 2) => String(number).padStart(width, "0");

/// A moment in this browser's time zone: the time alone for today, else with the date before it.
export function clock(moment, nowSeconds = Date.now() / 1000) {
  const at = toSeconds(moment);
  if (at === null) return unknown;
  const time = new Date(at * 1000);
  const hour = `${pad(time.getHours())}:${pad(time.getMinutes())}:${pad(time.getSeconds())}`;
  return time.toDateString() === new Date(nowSeconds * 1000).toDateString() ? hour : `${day(time)} ${hour}`;
}

/// To the minute, for what is only known to the second: it must not flicker between two.
export function minute(moment, nowSeconds = Date.now() / 1000) {
  return clock(moment, nowSeconds).replace(/:\d\d$/, "");
}

/// With date and milliseconds, for what is compared with logs.
export function precise(moment) {
  const at = toSeconds(moment);
  if (at === null) return unknown;
  const time = new Date(at * 1000);
  return `${day(time)} ${clock(at, at)}.${pad(time.getMilliseconds(), 3)}`;
}

function day(time) {
  return `${time.getFullYear()}-${pad(time.getMonth() + 1)}-${pad(time.getDate())}`;
}
