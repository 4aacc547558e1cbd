// Whether all nodes run with the same settings, in words. Nothing where no node tells a digest of its own.

const short = (digest) => String(digest).slice(0, 8);

const list = (value) => (Array.isArray(value) ? value : value ? [value] : []).map((one) => (typeof one === "object" ? Object.values(one).join(": ") : String(one)));

/// [{ id, level, text }] of /api/status: nodes whose settings are others than those of most, and what the last
/// reading of their files left to do.
export function settingsOf(status) {
  if (!status) return [];
  return [...otherSettings(status.nodes), ...ownSettings(status.config)];
}

function otherSettings(nodes) {
  const known = (nodes ?? []).filter((node) => node.state === "alive" && node.digest);
  const groups = new Map();
  for (const node of known) groups.set(node.digest, [...(groups.get(node.digest) ?? []), node.name]);
  const [most, ...others] = [...groups].sort((a, b) => b[1].length - a[1].length || (a[1][0] < b[1][0] ? -1 : 1));
  return others.map(([digest, names]) => ({
    id: digest, level: "caution",
    text: `Settings differ: ${names.join(", ")} (${short(digest)}) from ${most[1].join(", ")} (${short(most[0])}).`,
  }));
}

function ownSettings(config) {
  const refused = list(config?.refused);
  const pending = list(config?.needs_restart);
  return [
    refused.length > 0 && { id: "refused", level: "bad", text: `Settings were refused: ${refused.join("; ")}` },
    pending.length > 0 && { id: "restart", level: "caution", text: `Changed, and waits for a restart: ${pending.join(", ")}.` },
  ].filter(Boolean);
}
