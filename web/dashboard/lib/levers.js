// What can be done, and how the node is asked for it. A lever: { title, path, action, confirm, and for jobs ids
// or filter with the count that was confirmed (null: not counted yet) }.

const jobWords = { retry: "Retry", cancel: "Cancel", fail: "Fail", resend: "Send again" };

const jobEffects = {
  retry: "Each is queued again for a new task. What its present task brings is kept as a late result.",
  cancel: "Each ends and its credit is returned. Only what waits can be cancelled.",
  fail: "Each ends as failed and its credit is returned, also what is being worked on.",
  resend: "The video is sent to its user once more.",
};

const plural = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;

/// Acts on jobs by their IDs.
export function onJobs(action, ids) {
  return {
    title: `${jobWords[action]} ${plural(ids.length, "job")}`, effect: jobEffects[action], path: "/api/jobs/actions", action, ids,
    confirm: `${jobWords[action]} ${plural(ids.length, "job")}`,
  };
}

/// Acts on all jobs of a filter, once they were counted.
export function onFilter(action, filter) {
  return { title: `${jobWords[action]} all jobs of this filter`, effect: jobEffects[action], path: "/api/jobs/actions", action, filter };
}

const effects = {
  "queue pause": "No node claims jobs. What is being worked on goes on.",
  "queue resume": "Nodes claim jobs again.",
  "keys pause": "No new task is created with this key. Its tasks are polled to their end.",
  "keys resume": "The key is used again.",
  "models pause": "No new task is created with this model; the next of the catalogue is used.",
  "models resume": "The model is used again.",
  "nodes drain": "The node claims nothing more and finishes what it has.",
  "nodes undrain": "The node claims jobs again.",
};

/// Acts on the queue, a key, a model or a node. `subject`: queue, keys, models, nodes.
export function onSubject(subject, action, name) {
  const word = action[0].toUpperCase() + action.slice(1);
  const what = subject === "queue" ? "the queue" : `${subject.slice(0, -1)} ${name}`;
  return {
    title: `${word} ${what}`, effect: effects[`${subject} ${action}`], action, confirm: word,
    path: subject === "queue" ? "/api/queue" : `/api/${subject}/${encodeURIComponent(name)}`,
    takesTime: action === "pause" || action === "drain",
  };
}

// As many as a node does at once; it counts one more at most.
const mostJobs = 1000;

/// Whether the count lets a filter's jobs be acted on.
export function isOfCount(lever) {
  return !lever.filter || lever.count === null || (lever.count > 0 && lever.count <= mostJobs);
}

/// How many jobs match, in words.
export function countText({ count }) {
  if (count > mostJobs) return `More than ${mostJobs} jobs match: set a narrower filter.`;
  return `${plural(count, "job")} ${count === 1 ? "matches" : "match"} now.`;
}

/// The text of the button that acts.
export function confirmText(lever) {
  if (!lever.filter) return lever.confirm;
  if (lever.count > mostJobs) return "Too many jobs";
  return lever.count === null ? "Count the jobs" : `${jobWords[lever.action]} ${plural(lever.count, "job")}`;
}

/// { url, body } of what the dialog says. Without a count, 0 is expected: the node refuses and tells it.
export function requestOf(lever, { reason, duration }) {
  const body = { action: lever.action, reason };
  if (lever.takesTime && duration) body.for = duration;
  if (lever.ids) body.ids = lever.ids;
  if (lever.filter) Object.assign(body, { filter: lever.filter, expected: lever.count ?? 0 });
  return { url: lever.path, body };
}

/// What to tell of a refusal; null: the count has just become known, which is no fault.
export function refusalText(lever, fault, counted) {
  if (fault.status === 403) return "The token of this page may only read. Sign in with the operator's token to act.";
  if (lever.filter && fault.status === 409) {
    if (lever.count === null) return null;
    return `Nothing was done: ${plural(counted ?? 0, "job")} match now, ${lever.count} were confirmed.`;
  }
  return fault.message;
}

/// What came of it, in a sentence and a line for each job that could not be.
export function outcomeOf(answer) {
  if (answer.done === 0 && answer.results?.length === 0) return { text: "No job matches: nothing was done.", failed: [] };
  const failed = (answer.results ?? []).filter((one) => !one.done);
  const done = typeof answer.done === "number" ? `Done for ${plural(answer.done, "job")}.` : "Done.";
  return { text: failed.length ? `${done} ${plural(failed.length, "job")} could not be.` : done, failed };
}
