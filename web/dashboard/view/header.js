// The name, the views, whether what is shown is alive, and what may be done.
import { h } from "../dom/h.js";
import { link, views } from "../lib/address.js";
import { age } from "../lib/format.js";
import { store } from "../state/store.js";

const titles = { overview: "Overview", actors: "Actors", jobs: "Jobs", errors: "Errors", cluster: "Cluster", actions: "Actions" };

export function header() {
  return [
    h("a", { class: "brand", href: link("overview") }, "Neurocards"),
    h("nav", { class: "views", "aria-label": "Views" }, views.map((view) =>
      h("a", { key: view, href: link(view), "aria-current": view === store.address.view ? "page" : null }, titles[view]))),
    h("div", { class: "about" }, life(), mayAct(),
      h("button", { type: "button", title: "Keys", "aria-label": "Help", on: { click: () => { store.open.help = true; store.acted(); } } }, "?")),
  ];
}

const words = { connecting: "connecting", stream: "live", polling: "live, polling", away: "no answer" };

function life() {
  const silence = store.statusAt ? (Date.now() - store.statusAt) / 1000 : null;
  const isOld = store.live === "away" || silence > 15;
  const text = isOld && silence !== null ? `${words.away} for ${age(silence)}` : words[store.live];
  return h("span", { id: "live", class: `live ${isOld ? "bad" : store.live}`, role: "status", title: store.fault ?? "" }, text);
}

function mayAct() {
  if (!store.access || store.access.may_act) return null;
  return h("button", {
    type: "button", id: "read-only", title: "Sign in with the operator's token to act",
    on: { click: () => { store.open.signIn = true; store.acted(); } },
  }, "read-only");
}
