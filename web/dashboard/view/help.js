// The keys.
import { h } from "../dom/h.js";
import { frame } from "./frame.js";

const keys = [
  ["/", "search jobs"], ["j", "next row"], ["k", "row before"], ["Enter", "open the row"], ["Esc", "close what is open"],
  ["1 … 6", "Overview, Actors, Jobs, Errors, Cluster, Actions"], ["?", "this help"],
];

export function help() {
  return frame("help", "Keys",
    h("dl", { class: "facts keys" }, keys.map(([key, what]) => [h("dt", { key }, h("kbd", {}, key)), h("dd", { key: what }, what)])),
    h("p", { class: "dim" }, "Every filter stands in the address: copy it to show a colleague what you see."));
}
