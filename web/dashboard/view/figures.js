// The figures of charts, by their unit: on the axis, in the legend and under the pointer.
import { count, milliseconds, percent, seconds } from "../lib/format.js";

const small = (value) => (value < 10 ? String(Math.round(value * 100) / 100) : count(value));

/// A value as it is told; undefined: a dash.
export function figure(value, unit) {
  if (value === null || value === undefined) return count(value);
  if (value === 0) return "0";
  if (unit === "seconds") return value < 0.1 ? milliseconds(value * 1000) : seconds(value);
  return unit === "of the threads" ? percent(value) : small(value);
}
