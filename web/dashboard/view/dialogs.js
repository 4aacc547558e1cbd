// The page's dialogs: one lever, the operator's sign-in, the help of the keyboard.
import { store } from "../state/store.js";
import { help } from "./help.js";
import { leverDialog } from "./lever_dialog.js";
import { signIn } from "./sign_in.js";

/// What is open above the page; undefined: nothing.
export function dialog() {
  if (store.open.lever) return leverDialog(store.open.lever);
  if (store.open.signIn) return signIn();
  return store.open.help ? help() : undefined;
}
