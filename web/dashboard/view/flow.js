// The stages of a job from left to right: how many, how old the oldest is, how long it takes.
import { h } from "../dom/h.js";
import { link } from "../lib/address.js";
import { age, count, seconds } from "../lib/format.js";
import { pointsByName } from "../lib/series.js";
import { stagesOf, stageTitles } from "../lib/stages.js";
import { loaded, now, store } from "../state/store.js";
import { panel } from "./parts.js";
import { spark } from "./spark.js";

export function flow() {
  const stages = stagesOf(store.status, pointsByName(loaded("flow")), now());
  const slow = stages.find((stage) => stage.isSlow);
  return panel("Flow", {
    name: "flow", wide: true,
    tools: h("span", { class: "dim", id: "slow-stage" }, slow ? `Most time goes into: ${stageTitles[slow.stage]}` : "No job is under way"),
  }, h("ol", { class: "flow" }, stages.map(stage)));
}

// Where the jobs of a stage are listed: only the first and the last have a status of their own.
function listOf(stage) {
  if (stage === "wait") return link("jobs", { status: "queued" });
  return link("jobs", { status: stage === "deliver" ? "completed" : "processing" });
}

function stage({ stage: name, count: number, oldest, p50, p95, trend, isSlow }) {
  return h("li", { key: name, class: isSlow ? "stage slow" : "stage", "data-stage": name },
    h("a", { href: listOf(name) },
      h("span", { class: "title" }, stageTitles[name]),
      h("b", { class: "count", title: number === null ? "this node does not count the jobs of this stage" : "jobs in this stage" }, count(number)),
      h("dl", {}, term("oldest", age(oldest)), term("p50", seconds(p50), "half"), term("p95", seconds(p95))),
      spark(trend, `Oldest in ${stageTitles[name]}, the last half hour`)));
}

function term(name, value, kind) {
  const title = name === "oldest" ? null : "of the jobs that this node was told of";
  return [h("dt", { key: `${name} term`, class: kind, title }, name), h("dd", { key: `${name} value`, class: kind }, value)];
}
