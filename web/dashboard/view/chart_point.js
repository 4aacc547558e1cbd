// What a chart's lines are under the pointer. Charts share the moment; only the one that is pointed at tells its figures.
import { clock } from "../lib/clock.js";

const boxes = new WeakMap(); // plot → the element with the figures

/// What uPlot calls when the pointer moves.
export function pointBox(chart, show) {
  return (plot) => {
    const { idx, left } = plot.cursor;
    const isAt = idx !== null && idx !== undefined && left >= 0 && plot.over.matches(":hover");
    const box = boxes.get(plot) ?? (isAt ? create(plot) : null);
    if (!box) return;
    box.hidden = !isAt;
    if (!isAt) return;
    const figures = chart.lines.map((line, index) => [line.text, valueNear(plot.data[index + 1], idx)]);
    box.textContent = [clock(plot.data[0][idx]), ...figures.filter(([, value]) => value !== null).map(([text, value]) => `${text} ${show(value)}`)].join("  ·  ");
    box.classList.toggle("right", left < plot.over.clientWidth / 2); // away from the pointer
  };
}

function create(plot) {
  const box = plot.over.ownerDocument.createElement("div");
  box.className = "point";
  plot.over.append(box);
  boxes.set(plot, box);
  return box;
}

const reach = 15; // steps: series of one chart have their points at different moments

function valueNear(values, index) {
  for (let step = 0; step <= reach; step++) {
    const found = values[index - step] ?? values[index + step];
    if (found !== null && found !== undefined) return found;
  }
  return null;
}
