// A job's way as bars: a row for each attempt, a bar for each stage; long waits are folded.
import { h } from "../dom/h.js";
import { age, seconds } from "../lib/format.js";
import { precise } from "../lib/clock.js";
import { stageTitles } from "../lib/stages.js";
import { layTimeline } from "../lib/timeline.js";
import { now } from "../state/store.js";
import { badge } from "./parts.js";

const share = (value) => `${(value * 100).toFixed(3)}%`;

const outcomes = { completed: "good", failed: "bad", retry: "caution", lost: "bad", fault: "bad", take_over: "caution" };

export function timeline(job) {
  const laid = layTimeline(job, now());
  return h("section", { key: "timeline", class: "timeline", "aria-label": "Timeline" },
    h("h3", {}, "Timeline ", h("span", { class: "dim" }, `${seconds(laid.to - laid.from)} in all`)),
    laid.rows.map((row) => h("div", { key: row.attempt, class: "attempt" },
      h("div", { class: "who" }, `Attempt ${row.attempt}`, row.nodes.length > 0 && h("span", { class: "dim" }, ` ${row.nodes.join(" → ")}`),
        " ", badge(row.outcome?.replace("_", " "), outcomes[row.outcome])),
      h("div", { class: "lane" },
        laid.folds.map((fold) => h("span", { key: `fold ${fold.from}`, class: "fold", style: { left: share(fold.left), width: share(fold.width) }, title: `${age(fold.to - fold.from)} of waiting are folded` }, "⋯")),
        row.bars.map(bar)))),
    h("div", { class: "legend" }, [...new Set(laid.rows.flatMap((row) => row.bars.map((one) => one.stage)))]
      .map((stage) => h("span", { key: stage }, h("i", { class: `swatch stage-${stage}` }), stageTitles[stage] ?? stage, " ", h("b", {}, seconds(spent(laid, stage)))))));
}

function bar(one, index) {
  const name = stageTitles[one.stage] ?? one.stage;
  const text = `${name} ${seconds(one.seconds)}${one.open ? " so far" : ""}`;
  return h("span", {
    key: `bar ${index}`, class: `bar stage-${one.stage}${one.open ? " open" : ""}`, style: { left: share(one.left), width: share(one.width) },
    title: `${text}${one.node ? ` on ${one.node}` : ""}\nfrom ${precise(one.from)}`, "data-stage": one.stage,
  }, one.width > 0.14 ? text : null);
}

function spent(laid, stage) {
  return laid.rows.flatMap((row) => row.bars).filter((one) => one.stage === stage).reduce((sum, one) => sum + one.seconds, 0);
}
