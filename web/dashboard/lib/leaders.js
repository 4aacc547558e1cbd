// Which node works as the only one, for which roles.

/// "cards, gateway on first; janitor on second", of the names of connections that hold the roles' locks.
export function leadersText(leaders) {
  const roles = new Map();
  for (const { name } of leaders ?? []) {
    const [, node, role] = /^(?:neurocards )?(.*)\/leader:(.*)$/.exec(name) ?? [null, name, "a role"];
    roles.set(node, [...(roles.get(node) ?? []), role]);
  }
  return [...roles].map(([node, list]) => `${list.sort().join(", ")} on ${node}`).join("; ");
}
