// Loads what the views that are seen need, as often as they say, and nothing else.
import { get } from "../net/api.js";
import { store } from "./store.js";

const leastPause = 3000; // between requests for the same, however often it changes

const running = new Map(); // name → { url, abort }

/// Asks for what is due. `needs`: [{ name, url, every (milliseconds; 0: once) }]. What was loaded under a name
/// stays until its next answer has come: a list does not flicker while its filter changes.
export function load(needs) {
  const wanted = new Map(needs.map((need) => [need.name, need]));
  for (const [name, one] of running) if (wanted.get(name)?.url !== one.url) one.abort.abort();
  for (const need of wanted.values()) if (isDue(need)) ask(need);
}

/// Makes what was loaded under these names due at once: a person did something.
export function stale(...names) {
  for (const name of names) if (store.data[name]) store.data[name].at = 0;
}

/// Makes it due soon: the node told of a change. Many changes are one request every few seconds.
export function nudge(...names) {
  for (const name of names) if (store.data[name]) store.data[name].isNudged = true;
}

function isDue({ name, url, every }) {
  if (running.get(name)?.url === url) return false;
  const had = store.data[name];
  if (!had || had.url !== url || had.at === 0) return true;
  const age = Date.now() - had.at;
  return (every > 0 && age >= every) || (had.isNudged && age >= leastPause);
}

async function ask({ name, url }) {
  const mine = { url, abort: new AbortController() };
  running.set(name, mine);
  let answer;
  try {
    answer = { url, value: await get(url, mine.abort.signal), error: null };
  } catch (fault) {
    const had = store.data[name];
    answer = { url, value: had?.url === url ? had.value : undefined, error: fault.message };
  }
  if (running.get(name) !== mine) return;
  running.delete(name);
  if (mine.abort.signal.aborted) return;
  store.data[name] = { ...answer, at: Date.now() };
  store.changed();
}
