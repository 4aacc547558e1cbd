// The frame of every dialog, and how it is closed.
import { h } from "../dom/h.js";
import { store } from "../state/store.js";

/// Closes what is open above the page. False: nothing was.
export function closeDialog() {
  const { lever, help, signIn } = store.open;
  if (!lever && !help && !signIn) return false;
  Object.assign(store.open, { lever: null, help: false, signIn: false, signInFault: null });
  store.acted();
  return true;
}

/// A dialog with its heading.
export function frame(key, title, ...body) {
  return h("div", { key, class: "dialog-body" },
    h("header", {}, h("h2", { id: "dialog-title" }, title),
      h("button", { type: "button", class: "close", "aria-label": "Close", on: { click: closeDialog } }, "×")),
    body);
}
