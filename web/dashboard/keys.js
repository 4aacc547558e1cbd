// The keyboard: / searches, j and k go through rows, Enter opens (a row is a link), Esc closes, ? helps.
import { link, views } from "./lib/address.js";
import { go, store } from "./state/store.js";
import { closeDialog } from "./view/frame.js";
import { closeDrawer } from "./view/drawer.js";

const writes = (element) => element.matches("input:not([type=checkbox]), select, textarea");

export function listenToKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") return escape(event);
    if (writes(event.target) || document.getElementById("dialog").open) return;
    const act = actions[event.key] ?? (views[event.key - 1] && (() => go(link(views[event.key - 1]))));
    if (!act) return;
    event.preventDefault();
    act();
  });
}

const actions = {
  "/": search,
  j: () => step(1),
  k: () => step(-1),
  "?": () => {
    store.open.help = true;
    store.acted();
  },
};

function escape(event) {
  if (closeDialog()) event.preventDefault();
  else if (writes(event.target)) event.target.blur();
  else if (store.address.params.job) closeDrawer();
}

function search() {
  if (store.address.view !== "jobs") go(link("jobs"));
  focusWhenDrawn("filter-q", performance.now() + 5000);
}

/// The view is drawn some frames after the address has changed: more of them on a busy machine.
function focusWhenDrawn(id, until) {
  const element = document.getElementById(id);
  if (element) element.focus();
  else if (performance.now() < until) requestAnimationFrame(() => focusWhenDrawn(id, until));
}

function step(by) {
  const rows = [...document.querySelectorAll("#view [data-row]")].filter((row) => row.offsetParent);
  const at = rows.indexOf(document.activeElement);
  const next = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}
