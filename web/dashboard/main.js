// Starts the page: follows the node while somebody looks, and draws what comes at most once a second.
import { parse } from "./lib/address.js";
import { listenToKeys } from "./keys.js";
import { access } from "./net/api.js";
import { follow } from "./net/live.js";
import { load, nudge } from "./state/loader.js";
import { pace } from "./state/pace.js";
import { store } from "./state/store.js";
import { arrive, drawPage, pageNeeds } from "./view/page.js";

Object.assign(store, pace({
  draw: drawPage,
  now: () => performance.now(),
  later: (milliseconds, call) => setTimeout(call, milliseconds),
  forget: clearTimeout,
  isHidden: () => document.hidden,
}));

const live = follow({
  status(status) {
    store.status = status;
    store.statusAt = Date.now();
    store.clockAhead = Date.parse(status.at) / 1000 - Date.now() / 1000 || 0;
    store.changed();
  },
  job(job) {
    nudge("jobs");
    if (job.status === "failed") nudge("failures", "errors");
    if (job.id === store.address.params.job) nudge("job");
  },
  stall(stall) {
    store.stalled = { stall, heardAt: Date.now() };
    nudge("actors");
    store.changed();
  },
  state(name, fault = null) {
    store.live = name;
    store.fault = fault;
    store.changed();
  },
});

async function learnAccess() {
  store.access = await access().catch(() => ({ may_act: false }));
  store.acted();
}

// A person asked for something else of what is seen: it is loaded at once.
store.asked = () => {
  load(pageNeeds());
  store.acted();
};

// Ages grow while nothing comes, so that the page is drawn every second.
let beat = null;
function look() {
  clearInterval(beat);
  beat = null;
  if (document.hidden) {
    Object.assign(store, { live: "connecting", statusAt: 0 }); // its silence will be ours
    return live.stop();
  }
  live.start();
  beat = setInterval(() => {
    load(pageNeeds());
    store.changed();
  }, 1000);
  load(pageNeeds());
  store.acted();
}

addEventListener("hashchange", () => {
  const before = store.address;
  store.address = parse(location.hash);
  if (store.address.view !== before.view) store.picked.clear();
  load(pageNeeds());
  store.acted();
  if (store.address.view !== before.view) scrollTo(0, 0);
  arrive();
});
document.addEventListener("visibilitychange", look);
document.getElementById("dialog").addEventListener("cancel", (event) => event.preventDefault()); // keys.js closes it
listenToKeys();
learnAccess();
look();
