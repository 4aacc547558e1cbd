// What is looked at stands in the address, behind '#': it can be sent to a colleague, and neither a
// server's log nor a proxy ever sees it.

export const views = ["overview", "actors", "jobs", "errors", "cluster", "actions"];

/// { view, params } of location.hash.
export function parse(hash) {
  const [path, query = ""] = hash.replace(/^#\/?/, "").split("?");
  const view = views.includes(path) ? path : "overview";
  return { view, params: Object.fromEntries(new URLSearchParams(query)) };
}

/// The address of a view. Empty params are left out, so that equal views have equal addresses.
export function link(view, params = {}) {
  const kept = Object.entries(params)
    .filter(([, value]) => value !== undefined && value !== null && value !== "")
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const query = new URLSearchParams(kept).toString();
  return `#/${view}${query && "?"}${query}`;
}

/// The same view with some params changed; null or "" takes one away.
export function change(address, changes) {
  return link(address.view, { ...address.params, ...changes });
}
