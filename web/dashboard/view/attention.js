// What a person has to look at.
import { h } from "../dom/h.js";
import { attentionOf } from "../lib/attention.js";
import { store } from "../state/store.js";
import { seenNow } from "./strip.js";
import { empty, panel } from "./parts.js";

export function attention() {
  const list = attentionOf(store.status, seenNow());
  return panel("Attention", { id: "attention" },
    list.length === 0
      ? empty(store.status ? "Nothing needs a person." : "Loading…")
      : h("ul", { class: "attention" }, list.map(({ id, level, text, href }) =>
        h("li", { key: id, class: level }, href ? h("a", { href, "data-row": true }, text) : text))));
}
