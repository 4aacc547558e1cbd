// An operator's token for this tab, where the browser signed in with the read-only one.
import { h } from "../dom/h.js";
import { access } from "../net/api.js";
import { forget, keep } from "../net/token.js";
import { store } from "../state/store.js";
import { frame } from "./frame.js";

export function signIn() {
  return frame("sign-in", "Sign in to act",
    h("form", { on: { submit } },
      h("p", { class: "dim" }, "You look with a read-only token. The operator's token is kept in this tab's memory only, and is gone when the tab is closed or loaded anew."),
      h("label", {}, "Operator's token", h("input", { id: "token", name: "token", type: "password", autocomplete: "off", required: true, autofocus: true })),
      store.open.signInFault && h("p", { class: "bad", role: "alert" }, store.open.signInFault),
      h("footer", {}, h("button", { type: "submit", class: "primary" }, "Sign in"))));
}

async function submit(event) {
  event.preventDefault();
  keep(new FormData(event.target).get("token"));
  event.target.reset();
  let fault = "This token may not act.";
  const told = await access().catch((error) => { fault = error.message; });
  if (told?.may_act) {
    store.access = told;
    store.open.signIn = false;
    fault = null;
  } else forget();
  store.open.signInFault = fault;
  store.acted();
}
