// How busy the scheduler's threads of every node are and how late its timers fire: now, and since the page is open.

/// [{ node, threads, busy, lag_ms }] of /api/actors. `busy`: the share of the time in which handlers ran on the threads that
/// actors share; null: none has run any. `lag_ms`: the greatest of the last 15 to 30 s; null: the node does not tell.
export function schedulersOf(answer) {
  return (answer?.nodes ?? []).filter((node) => !node.error).map((node) => {
    const shared = (node.threads ?? []).filter((thread) => !thread.own);
    const sum = shared.reduce((all, thread) => all + (thread.busy ?? 0), 0);
    return {
      node: node.node, at: node.at, threads: shared.length,
      busy: shared.length > 0 ? sum / shared.length : null, lag_ms: node.timer_lag_ms ?? null,
    };
  });
}

const longest = 300; // points: ten minutes while the threads are looked at

/// Adds what `answer` tells to `past`, a Map of node → { busy, lag }, lists of points as charts want them. The same answer
/// twice is one point.
export function remember(past, answer) {
  for (const { node, at, busy, lag_ms: lag } of schedulersOf(answer)) {
    if (!past.has(node)) past.set(node, { busy: [], lag: [] });
    const known = past.get(node);
    if (typeof at !== "number" || known.busy.at(-1)?.[0] >= at) continue;
    known.busy.push([at, busy ?? 0]);
    known.lag.push([at, lag ?? 0]);
    for (const points of [known.busy, known.lag]) if (points.length > longest) points.shift();
  }
}
