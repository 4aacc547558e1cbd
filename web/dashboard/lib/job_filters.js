// Which jobs are listed: the filters of the address.
import { query } from "./query.js";

export const statuses = ["queued", "processing", "completed", "failed"];

/// The names of filters, as in the address and in the interface.
export const filterNames = ["status", "class", "signal", "model", "node", "user", "q"];

const pageSize = 50;

/// The filters of an address that are set.
export function filtersOf(params) {
  return Object.fromEntries(filterNames.filter((name) => params[name]).map((name) => [name, params[name]]));
}

/// The request of one page. `before`: the ID that the former page ended with; `words`: with what providers said, who may repeat
/// what a user wrote.
export function jobsQuery(params, { before, words } = {}) {
  return query("/api/jobs", { ...filtersOf(params), before, limit: pageSize, texts: words ? 1 : null });
}

/// The filter of a bulk action, or why it cannot be one.
export function bulkFilter(params) {
  const filter = filtersOf(params);
  if (Object.keys(filter).length === 0) return { why: "Set a filter first: an action on all jobs is none." };
  if (filter.q) return { why: "A search is no filter for an action: use status, class, signal, model, node or user." };
  if (filter.status === "completed" || filter.status === "failed") return { why: "These jobs have ended." };
  return { filter };
}
