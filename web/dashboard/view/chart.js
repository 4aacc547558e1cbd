// One chart by uPlot, which is loaded as a script of its own and draws into a canvas.
/* global uPlot */
import { clock, minute } from "../lib/clock.js";
import { figure } from "./figures.js";
import { drawMarks } from "./chart_marks.js";
import { pointBox } from "./chart_point.js";

const plots = new WeakMap(); // element → { plot, theme, marks, range }

const colour = (element, name) => getComputedStyle(element).getPropertyValue(`--${name}`).trim();
const dark = matchMedia("(prefers-color-scheme: dark)");

/// Draws `data` (uPlot's columns) of a chart into `element`; only while it is in sight. `marks`: lib/charts.js; `range`: the
/// first and the last moment of the axis, so that charts side by side show the same time.
export function drawChart(element, chart, data, marks, range) {
  const box = element.getBoundingClientRect();
  if (box.width === 0 || box.bottom < 0 || box.top > innerHeight) return;
  const known = plots.get(element);
  if (!known || known.theme !== dark.matches) {
    known?.plot.destroy();
    const fresh = { theme: dark.matches, marks, range };
    fresh.plot = new uPlot(options(element, chart, box, fresh), data, element);
    plots.set(element, fresh);
  } else {
    Object.assign(known, { marks, range });
    const { width, height } = known.plot;
    if (Math.abs(width - box.width) > 1 || Math.abs(height - box.height) > 1) known.plot.setSize({ width: box.width, height: box.height });
    known.plot.setData(data);
  }
}

// A line through few points hides where they are; one alone is no line.
function isSparse(plot, index) {
  const values = plot.data[index];
  const found = values.filter((value) => typeof value === "number").length;
  return found < 2 || found * 4 < values.length;
}

const short = 900; // seconds, within which minutes repeat

function moments(plot, ticks) {
  const { min, max } = plot.scales.x;
  return ticks.map((at) => (max - min < short ? clock(at, at) : minute(at, at)));
}

function options(element, chart, { width, height }, shown) {
  const show = (value) => figure(value, chart.unit);
  const axis = { stroke: colour(element, "faint"), grid: { stroke: colour(element, "line"), width: 1 }, ticks: { show: false }, font: "11px system-ui" };
  return {
    width, height, legend: { show: false }, padding: [8, 26, 0, 0],
    cursor: { y: false, points: { show: false }, drag: { x: false, y: false }, sync: { key: "time" } },
    scales: { x: { range: () => shown.range }, y: { range: (_, least, most) => [0, Math.max(most ?? 0, chart.least) * 1.1] } },
    axes: [{ ...axis, size: 24, space: 64, values: moments }, { ...axis, size: 50, space: 26, values: (_, ticks) => ticks.map(show) }],
    series: [{}, ...chart.lines.map((line) => ({
      label: line.text, stroke: colour(element, line.colour), width: 1.5, points: { show: isSparse, size: 4, fill: colour(element, line.colour) },
    }))],
    hooks: {
      draw: [(plot) => drawMarks(plot, shown.marks, { deploy: colour(element, "accent"), start: colour(element, "faint") })],
      setCursor: [pointBox(chart, show)],
    },
  };
}
