// The addresses of the interface (docs/http_api.md).

/// `path` with the params that are set.
export function query(path, params = {}) {
  const kept = Object.entries(params).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const text = new URLSearchParams(kept).toString();
  return text ? `${path}?${text}` : path;
}

/// Series of several names in one request.
export function seriesQuery(names, since) {
  const params = new URLSearchParams(names.map((name) => ["name", name]));
  params.append("since", since);
  return `/api/series?${params}`;
}
