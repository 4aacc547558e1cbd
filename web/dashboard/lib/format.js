// Numbers and times as people read them. What is not known is a dash, never a zero.

export const unknown = "—";

const known = (value) => value !== null && value !== undefined && !Number.isNaN(value);

/// A whole number with thin spaces: 12 345.
export function count(value) {
  return known(value) ? String(Math.round(value)).replace(/\B(?=(\d{3})+(?!\d))/g, "\u2009") : unknown;
}

/// A count that may have been cut off: "2 000+".
export function total(value, isExact) {
  return known(value) ? count(value) + (isExact === false ? "+" : "") : unknown;
}

/// Seconds as an age or a duration in its two greatest units: 4 s, 12 min, 3 h 20 min, 2 d 4 h.
export function age(seconds) {
  if (!known(seconds)) return unknown;
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min`;
  if (whole < 86400) return two(Math.floor(whole / 3600), "h", Math.floor((whole % 3600) / 60), "min");
  return two(Math.floor(whole / 86400), "d", Math.floor((whole % 86400) / 3600), "h");
}

/// Seconds that were measured, a fraction told: 0.4 s, 12 s, 2 min 5 s, 3 h 20 min.
export function seconds(value) {
  if (!known(value)) return unknown;
  if (value < 10) return `${(Math.round(value * 10) / 10).toFixed(1)} s`;
  if (value < 60) return `${Math.round(value)} s`;
  if (value < 3600) return two(Math.floor(value / 60), "min", Math.floor(value % 60), "s");
  return age(value);
}

/// Milliseconds of an actor's work: 12 µs, 3.4 ms, 120 ms, 2.0 s.
export function milliseconds(value) {
  if (!known(value)) return unknown;
  if (value === 0) return "0";
  if (value < 1) return `${Math.max(1, Math.round(value * 1000))} µs`;
  if (value < 10) return `${value.toFixed(1)} ms`;
  if (value < 1000) return `${Math.round(value)} ms`;
  return seconds(value / 1000);
}

/// Per second.
export function rate(value) {
  if (!known(value)) return unknown;
  if (value === 0) return "0/s";
  if (value < 0.1) return `${count(Math.max(1, value * 3600))}/h`;
  return `${value < 10 ? value.toFixed(1) : count(value)}/s`;
}

/// A share; of little, with a tenth.
export function percent(ratio) {
  if (!known(ratio)) return unknown;
  return ratio < 0.0995 && ratio > 0 ? `${(ratio * 100).toFixed(1)} %` : `${Math.round(ratio * 100)} %`;
}

export function bytes(value) {
  if (!known(value)) return unknown;
  const step = value < 1e6 ? [1e3, "kB"] : [1e6, "MB"];
  return `${(value / step[0]).toFixed(1)} ${step[1]}`;
}

/// The beginning of an ID that tells jobs apart at a glance: time-ordered, so its end is the random part.
export function shortId(id) {
  return id ? `${id.slice(0, 8)}…${id.slice(-4)}` : unknown;
}

function two(great, greatUnit, small, smallUnit) {
  return small === 0 ? `${great} ${greatUnit}` : `${great} ${greatUnit} ${small} ${smallUnit}`;
}
