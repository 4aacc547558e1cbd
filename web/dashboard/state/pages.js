// The job list page by page: what comes after the first page is kept here until the filter changes.
import { get } from "../net/api.js";
import { jobsQuery } from "../lib/job_filters.js";
import { loaded, store } from "./store.js";

const request = (params, before) => jobsQuery(params, { before, words: store.open.words });

let older = { url: null, jobs: [], next: null, busy: false };

/// The first page, then the pages that were asked for, each job once; `next`: the ID to go on from.
export function allJobs(params) {
  const first = loaded("jobs");
  const url = request(params);
  if (older.url !== url) return { jobs: first?.jobs ?? [], next: first?.next ?? null, busy: false };
  const seen = new Set((first?.jobs ?? []).map((job) => job.id));
  return { jobs: [...(first?.jobs ?? []), ...older.jobs.filter((job) => !seen.has(job.id))], next: older.next, busy: older.busy };
}

/// Loads the page behind what is shown.
export async function loadOlder(params) {
  const { jobs, next } = allJobs(params);
  if (!next || older.busy) return;
  const url = request(params);
  const kept = older.url === url ? older.jobs : jobs;
  older = { url, jobs: kept, next, busy: true };
  store.acted();
  try {
    const page = await get(request(params, next));
    older = { url, jobs: [...kept, ...page.jobs], next: page.next, busy: false };
  } catch (fault) {
    older = { ...older, busy: false };
    store.fault = fault.message;
  }
  store.acted();
}
