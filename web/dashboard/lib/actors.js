// The actors of several nodes as one table.

/// Nodes of /api/actors that answered.
function answering(answer) {
  return (answer?.nodes ?? []).filter((node) => !node.error);
}

/// Nodes that did not: [{ node, error }].
export function silent(answer) {
  return (answer?.nodes ?? []).filter((node) => node.error);
}

const sums = ["alive", "spawned", "waiting", "rate", "busy", "rejected", "unhandled", "stalls"];
const greatest = (a, b) => (a === null || a === undefined ? b : b === null || b === undefined ? a : Math.max(a, b));

/// One row for each kind: counts are added, times the greatest of any node, `where` the node that has it.
export function mergeKinds(answer) {
  const rows = new Map();
  for (const { node, kinds } of answering(answer)) {
    for (const kind of kinds ?? []) {
      const row = rows.get(kind.kind);
      if (row) addKind(row, kind, node);
      else rows.set(kind.kind, { ...kind, ended: { ...kind.ended }, where: node });
    }
  }
  return [...rows.values()];
}

function addKind(row, kind, node) {
  if ((kind.oldest_ms ?? 0) > (row.oldest_ms ?? 0)) row.where = node;
  for (const name of sums) row[name] = (row[name] ?? 0) + (kind[name] ?? 0);
  row.oldest_ms = greatest(row.oldest_ms, kind.oldest_ms);
  for (const part of ["wait_ms", "handle_ms"]) {
    const names = new Set([...Object.keys(row[part] ?? {}), ...Object.keys(kind[part] ?? {})]);
    row[part] = Object.fromEntries([...names].map((name) => [name, greatest(row[part]?.[name], kind[part]?.[name])]));
  }
  for (const [reason, number] of Object.entries(kind.ended ?? {})) row.ended[reason] = (row.ended[reason] ?? 0) + number;
}

/// One row for each kind and type of message.
export function mergeMessages(answer) {
  const rows = new Map();
  for (const { messages } of answering(answer)) {
    for (const message of messages ?? []) {
      const name = `${message.kind} ${message.message}`;
      const row = rows.get(name);
      if (!row) rows.set(name, { ...message });
      else {
        for (const part of ["rate", "errors", "count"]) row[part] = (row[part] ?? 0) + (message[part] ?? 0);
        for (const part of ["p50_ms", "p99_ms", "max_ms"]) row[part] = greatest(row[part], message[part]);
      }
    }
  }
  return [...rows.values()];
}

const orders = { most: "rate", slowest: "p99_ms", failing: "errors" };

/// Messages ordered for one of the lists `most`, `slowest` and `failing`.
export function topMessages(rows, list) {
  const by = orders[list] ?? orders.most;
  const chosen = list === "failing" ? rows.filter((row) => row.errors > 0) : rows;
  return [...chosen].sort((a, b) => (b[by] ?? 0) - (a[by] ?? 0));
}

/// Of any list of the nodes, each element with the name of its node.
export function collect(answer, list) {
  return answering(answer).flatMap((node) => (node[list] ?? []).map((one) => ({ ...one, node: node.node })));
}
