// The charts of the overview.
import { h } from "../dom/h.js";
import { charts, deploysOf, periods } from "../lib/charts.js";
import { toSeconds } from "../lib/clock.js";
import { seconds, count } from "../lib/format.js";
import { aligned, pointsByName } from "../lib/series.js";
import { loaded, store } from "../state/store.js";
import { drawChart } from "./chart.js";
import { panel, tabs } from "./parts.js";

export function chartsPanel() {
  const series = pointsByName(loaded("charts"));
  const marks = deploysOf(store.status?.nodes, toSeconds);
  return panel("History", {
    name: "charts", wide: true, tools: tabs("since", periods, store.address.params.since ?? "1h", "Period"),
  }, h("div", { class: "charts" }, charts.map((chart) => chartBox(chart, series, marks))));
}

function chartBox(chart, series, marks) {
  const lists = chart.lines.map((line) => series[line.name] ?? []);
  const hasPoints = lists.some((points) => points.length > 0);
  return h("figure", { key: chart.id, class: "chart" },
    h("figcaption", {}, h("b", {}, chart.title), " ", h("span", { class: "dim", title: chart.note }, chart.unit),
      h("span", { class: "legend" }, chart.lines.map((line, index) => legend(line, lists[index], chart.unit)))),
    h("div", { class: "plot", key: "plot", draw: (element) => { if (hasPoints) drawChart(element, chart, aligned(lists), marks); } }),
    hasPoints ? null : h("p", { class: "empty over" }, "This node has no history of it yet."));
}

function legend(line, points, unit) {
  const last = points.at(-1)?.[1];
  const text = unit === "seconds" ? seconds(last) : last < 10 ? String(Math.round(last * 100) / 100) : count(last);
  return h("span", { key: line.name }, h("i", { class: `swatch ${line.colour}` }), line.text, " ", h("b", {}, text));
}
