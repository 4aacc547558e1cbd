// The charts of the overview: how it went as a whole, and in every stage.
import { h } from "../dom/h.js";
import { change } from "../lib/address.js";
import { charts, marksOf, periods, seriesOf, stageCharts } from "../lib/charts.js";
import { toSeconds } from "../lib/clock.js";
import { aligned, pointsByName, rangeOf } from "../lib/series.js";
import { seriesQuery } from "../lib/query.js";
import { loaded, store } from "../state/store.js";
import { drawChart } from "./chart.js";
import { figure } from "./figures.js";
import { panel, tabs } from "./parts.js";

const since = (params) => (periods.some(([value]) => value === params.since) ? params.since : "1h");

export function chartNeeds({ params }) {
  const isShort = since(params) === "5min";
  return [
    { name: "charts", url: seriesQuery(seriesOf(charts), since(params)), every: isShort ? 2000 : 15_000 },
    { name: "stages", url: seriesQuery(seriesOf(stageCharts), since(params)), every: isShort ? 5000 : 15_000 },
  ];
}

export function chartPanels() {
  const { params } = store.address;
  return [
    panel("History", { name: "charts", wide: true, tools: tabs("since", periods, since(params), "Period") },
      h("div", { class: "charts" }, boxes(charts, "charts"))),
    panel("Stages", { name: "stages", wide: true, tools: params.stage && h("a", { class: "more", href: change(store.address, { stage: null }) }, "all of one size") },
      h("div", { class: "charts stages" }, boxes(stageCharts, "stages", params.stage))),
  ];
}

/// Charts of what was loaded under `name`; the one whose ID is `chosen` is drawn large.
export function boxes(list, name, chosen) {
  const series = pointsByName(loaded(name));
  const lists = list.map((chart) => chart.lines.map((line) => series[line.name] ?? []));
  const marks = marksOf(store.status?.nodes, toSeconds);
  const frame = { marks, range: rangeOf(lists.flat(), marks) };
  return list.map((chart, index) => box(chart, lists[index], frame, chart.id === chosen));
}

function box(chart, lists, { marks, range }, isLarge) {
  const hasPoints = lists.some((points) => points.length > 0);
  const href = chart.isStage && change(store.address, { stage: isLarge ? null : chart.id });
  return h("figure", { key: chart.id, class: isLarge ? "chart large" : "chart", "data-chart": chart.id },
    h("figcaption", {}, h("b", {}, href ? h("a", { href, "data-row": true }, chart.title) : chart.title), " ",
      h("span", { class: "dim unit", title: chart.note }, chart.unit),
      h("span", { class: "legend" }, chart.lines.map((line, index) => legend(line, lists[index], chart.unit)))),
    h("div", { class: "plot", key: "plot", draw: (element) => { if (hasPoints) drawChart(element, chart, aligned(lists), marks, range); } }),
    hasPoints ? null : h("p", { class: "empty over" }, "This node has no history of it yet."));
}

function legend(line, points, unit) {
  return h("span", { key: line.name }, h("i", { class: `swatch ${line.colour}` }), line.text, " ", h("b", {}, figure(points.at(-1)?.[1], unit)));
}
