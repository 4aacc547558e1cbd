// One chart by uPlot, which is loaded as a script of its own and draws into a canvas.
/* global uPlot */
import { count, seconds } from "../lib/format.js";

const height = 150;
const plots = new WeakMap(); // element → { plot, theme, marks }

const colour = (element, name) => getComputedStyle(element).getPropertyValue(`--${name}`).trim();
const dark = matchMedia("(prefers-color-scheme: dark)");

/// Draws `data` (uPlot's columns) of a chart into `element`; only while it is in sight. `marks`: [{ at, text }].
export function drawChart(element, chart, data, marks) {
  const box = element.getBoundingClientRect();
  if (box.width === 0 || box.bottom < 0 || box.top > innerHeight) return;
  const known = plots.get(element);
  if (!known || known.theme !== dark.matches) {
    known?.plot.destroy();
    const fresh = { theme: dark.matches, marks };
    fresh.plot = new uPlot(options(element, chart, box.width, fresh), data, element);
    plots.set(element, fresh);
  } else {
    known.marks = marks;
    if (Math.abs(known.plot.width - box.width) > 1) known.plot.setSize({ width: box.width, height });
    known.plot.setData(data);
  }
}

function options(element, chart, width, shown) {
  const show = chart.unit === "seconds" ? seconds : (value) => (value < 10 ? String(Math.round(value * 100) / 100) : count(value));
  const axis = { stroke: colour(element, "faint"), grid: { stroke: colour(element, "line"), width: 1 }, ticks: { show: false }, font: "11px system-ui" };
  return {
    width, height, legend: { show: false }, cursor: { y: false, points: { show: false } },
    scales: { y: { range: (_, least, most) => [0, Math.max(most ?? 0, chart.least) * 1.1] } },
    axes: [{ ...axis, size: 26, values: "{HH}:{mm}" }, { ...axis, size: 56, values: (_, ticks) => ticks.map(show) }],
    series: [{}, ...chart.lines.map((line) => ({ label: line.text, stroke: colour(element, line.colour), width: 1.5, spanGaps: true, points: { show: false } }))],
    hooks: { draw: [(plot) => drawMarks(plot, shown.marks, colour(element, "faint"))] },
  };
}

// Where another version began to run.
function drawMarks(plot, marks, stroke) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = stroke;
  ctx.setLineDash([4, 4]);
  for (const { at, text } of marks) {
    const x = plot.valToPos(at, "x", true);
    if (!(x > bbox.left && x < bbox.left + bbox.width)) continue;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.fillText(text, x + 4, bbox.top + 12);
  }
  ctx.restore();
}
