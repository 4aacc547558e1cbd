// Everything the page knows. Views read it; whoever changes it calls changed() or acted().
import { parse } from "../lib/address.js";

export const store = {
  address: parse(location.hash),
  status: null,
  statusAt: 0, // milliseconds of this browser
  clockAhead: 0, // seconds that the node's clock is before this browser's
  live: "connecting", // connecting, stream, polling, away
  fault: null, // why nothing comes
  access: null, // { may_act } of /api/access; null: not known
  data: {}, // name → { url, value, error, at }, see loader.js
  stalled: null, // { stall, heardAt } of the last event of a stall
  picked: new Set(), // jobs chosen for an action
  open: {}, // what a person has opened: lever, help, sign-in, texts (of a job), words (of providers)
  changed() {},
  acted() {},
  asked() {},
};

/// The node's time in Unix seconds.
export function now() {
  return Date.now() / 1000 + store.clockAhead;
}

/// What was loaded under a name; undefined: nothing yet.
export function loaded(name) {
  return store.data[name]?.value;
}

/// How often to ask for what the stream tells of: rarely while it works.
export function often(polling, streaming) {
  return store.live === "stream" ? streaming : polling;
}

export function go(hash) {
  location.hash = hash;
}
