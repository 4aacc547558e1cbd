// Who sends how much to whom: senders are rows, receivers columns, the darker the more.
import { h } from "../dom/h.js";
import { change } from "../lib/address.js";
import { collect } from "../lib/actors.js";
import { cellName, flowMatrix, sendersTo } from "../lib/flow_matrix.js";
import { rate } from "../lib/format.js";
import { loaded, store } from "../state/store.js";
import { choice, empty, waitingFor } from "./parts.js";

export function matrix(params) {
  const flows = collect(loaded("actors"), "flows");
  const whole = flowMatrix(flows);
  const kinds = [...new Set([...whole.senders, ...whole.receivers])].sort().map((kind) => [kind, kind]);
  const shown = params.kind ? flowMatrix(flows, params.kind) : whole;
  return [
    h("div", { class: "tools" }, choice("kind", [["", "all kinds"], ...kinds], "Kind"), params.kind && greatest(flows, params.kind)),
    shown.cells.size === 0 ? empty(waitingFor("actors", "No message was sent lately.")) : grid(shown),
  ];
}

function greatest(flows, kind) {
  const [first] = sendersTo(flows, kind);
  return h("span", { class: "dim", id: "top-sender" }, first ? `${first.from} sends most to ${kind}: ${rate(first.rate)}` : `Nobody sends to ${kind}`);
}

function grid(shown) {
  return h("div", { class: "scroll" }, h("table", { class: "matrix", "aria-label": "Who sends to whom" },
    h("thead", {}, h("tr", {}, h("th", {}, "from ↓ to →"), shown.receivers.map((to) => h("th", { key: to, scope: "col" }, kindLink(to))))),
    h("tbody", {}, shown.senders.map((from) => h("tr", { key: from },
      h("th", { scope: "row" }, kindLink(from)),
      shown.receivers.map((to) => cell(shown, from, to)))))));
}

const kindLink = (kind) => h("a", { href: change(store.address, { kind }) }, h("span", {}, kind));

function cell({ cells, most }, from, to) {
  const found = cells.get(cellName(from, to));
  if (!found) return h("td", { key: to });
  const list = found.messages.slice(0, 8).map((one) => `${one.message} ${rate(one.rate)}`).join("\n");
  const heat = most > 0 ? Math.round(8 + 62 * Math.sqrt(found.rate / most)) : 8;
  return h("td", { key: to, class: "heat", style: { "--heat": `${heat}%` }, title: `${cellName(from, to)}\n${list}` }, rate(found.rate));
}
