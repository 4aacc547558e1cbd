// The whole page: which view is seen, what it needs, and how it is drawn.
import { patch } from "../dom/patch.js";
import { store } from "../state/store.js";
import * as actions from "./actions.js";
import * as actors from "./actors.js";
import * as cluster from "./cluster.js";
import { dialog } from "./dialogs.js";
import { drawer, drawerNeeds } from "./drawer.js";
import * as errors from "./errors.js";
import { header } from "./header.js";
import * as jobs from "./jobs.js";
import * as overview from "./overview.js";
import { notice } from "./notice.js";
import { watchSchedulers } from "./scheduler.js";
import { strip } from "./strip.js";

const views = { overview, actors, jobs, errors, cluster, actions };

/// What has to be loaded for what is seen now.
export function pageNeeds() {
  const { address } = store;
  return [
    { name: "actors", url: "/api/actors?node=*", every: 15_000 },
    ...views[address.view].needs(address),
    ...drawerNeeds(address),
  ];
}

/// Draws the page as the store is now.
export function drawPage() {
  watchSchedulers();
  const at = (id) => document.getElementById(id);
  patch(at("header"), header());
  patch(at("strip"), [strip()]);
  patch(at("view"), [views[store.address.view].view()].flat());
  const beside = drawer();
  patch(at("beside"), beside ? [beside] : []);
  const told = notice();
  patch(at("notice"), told ? [told] : []);
  document.body.classList.toggle("has-drawer", Boolean(beside));
  drawDialog(at("dialog"));
}

/// Called once after another address was drawn.
export function arrive() {
  views[store.address.view].shown?.();
}

function drawDialog(element) {
  const body = dialog();
  patch(element, body ? [body] : []);
  if (body && !element.open) {
    element.showModal();
    element.querySelector("[autofocus]")?.focus();
  } else if (!body && element.open) element.close();
}
