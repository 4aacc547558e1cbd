// What an operator does: a dialog asks for the reason (and shows the count), then the node is asked.
import { post } from "../net/api.js";
import { refusalText, requestOf } from "../lib/levers.js";
import { stale } from "./loader.js";
import { store } from "./store.js";

/// Opens the dialog of a lever (lib/levers.js).
export function open(lever) {
  store.open.lever = { ...lever, count: lever.count ?? null, busy: false, fault: null, outcome: null };
  store.acted();
}

/// Does what the dialog says. A filter is first counted: the node does nothing unless the count is expected.
export async function pull(form) {
  const lever = store.open.lever;
  if (!lever || lever.busy || lever.outcome) return;
  change(lever, { busy: true, fault: null });
  const { url, body } = requestOf(lever, form);
  try {
    const answer = await post(url, body);
    change(lever, { busy: false, outcome: answer });
    store.picked.clear();
    stale("jobs", "job", "actions", "errors");
  } catch (fault) {
    const counted = lever.filter && fault.status === 409 ? fault.answer.count ?? null : lever.count;
    change(lever, { busy: false, count: counted, fault: refusalText(lever, fault, counted) });
    if (fault.status === 403) store.access = { may_act: false };
  }
  store.acted();
}

function change(lever, changes) {
  if (store.open.lever === lever) Object.assign(lever, changes);
  store.acted();
}
