// Whether all nodes run with the same settings, in words. Nothing where no node tells a digest of its own.

const short = (digest) => String(digest).slice(0, 8);

const list = (value) => (Array.isArray(value) ? value : value ? [value] : []).map((one) => (typeof one === "object" ? Object.values(one).join(": ") : String(one)));

/// [{ id, level, text }] of /api/status: nodes whose settings are others than the leading coordinator's, and what the last
/// reading of their files left to do.
export function settingsOf(status) {
  if (!status) return [];
  return [...otherSettings(status.nodes, status.config?.digest), ...lastReading(status.config)];
}

/// `usual`: the digest of the leading coordinator; without one, most nodes are right.
function otherSettings(nodes, usual) {
  const known = (nodes ?? []).filter((node) => node.state === "alive" && node.digest);
  const groups = new Map();
  for (const node of known) groups.set(node.digest, [...(groups.get(node.digest) ?? []), node.name]);
  const rank = ([digest, names]) => (digest === usual ? Infinity : names.length);
  const [right, ...others] = [...groups].sort((a, b) => rank(b) - rank(a) || (a[1][0] < b[1][0] ? -1 : 1));
  return others.map(([digest, names]) => ({
    id: digest, level: "caution",
    text: `Settings differ: ${names.join(", ")} (${short(digest)}) from ${right[1].join(", ")} (${short(right[0])}).`,
  }));
}

function lastReading(config) {
  const refused = list(config?.refused);
  const pending = list(config?.needs_restart);
  return [
    refused.length > 0 && { id: "refused", level: "bad", text: `Settings were refused${by(config, "refused", "by")}: ${refused.join("; ")}` },
    pending.length > 0 && { id: "restart", level: "caution", text: `Changed, and waits for a restart${by(config, "needs_restart", "of")}: ${pending.join(", ")}.` },
  ].filter(Boolean);
}

/// " of a, b": the nodes that say so, where each tells for itself.
function by(config, what, word) {
  const names = (config.nodes ?? []).filter((node) => list(node[what]).length > 0).map((node) => node.name);
  return names.length > 0 ? ` ${word} ${names.join(", ")}` : "";
}
