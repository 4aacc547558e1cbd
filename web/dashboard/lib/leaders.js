// Which node works as the only one, for which roles.

// The name of a connection that holds a role's lock.
const pattern = /^(?:neurocards )?(.*)\/leader:(.*)$/;
const longestName = 63; // PostgreSQL cuts longer ones

/// The role of such a name; null: it may be cut off.
export function roleOf(name) {
  return name.length < longestName ? pattern.exec(name)?.[2] ?? null : null;
}

/// "cards, gateway on first; janitor on second", of the names of connections that hold the roles' locks.
export function leadersText(leaders) {
  const roles = new Map();
  for (const { name } of leaders ?? []) {
    const [, node, role] = pattern.exec(name) ?? [null, name, "a role"];
    roles.set(node, [...(roles.get(node) ?? []), role]);
  }
  return [...roles].map(([node, list]) => `${list.sort().join(", ")} on ${node}`).join("; ");
}
