// The stages of a job from left to right, with what is known of each.
import { latest } from "./series.js";

const stageNames = ["wait", "prompt", "photo", "create", "render", "download", "deliver"]; // in the flow; a commit takes no time

export const stageTitles = {
  wait: "Wait", prompt: "Script", photo: "Photo", create: "Create", render: "Render", download: "Download", commit: "Commit",
  deliver: "Deliver",
};

const parts = ["p50", "p95"];

export const nameOf = (stage, part) => `job_stage_seconds{stage="${stage}"}.${part}`;
export const oldestOf = (stage) => `stage_oldest_seconds{stage="${stage}"}`;

/// The series that the flow needs.
export function stageSeries() {
  return stageNames.flatMap((stage) => [...parts.map((part) => nameOf(stage, part)), oldestOf(stage)]);
}

/// [{ stage, count, oldest, p50, p95, trend }] of /api/status and the series by name; null: not known.
/// What no series tells of the queue and the outbox stands in the status.
export function stagesOf(status, series, now) {
  const list = stageNames.map((stage) => {
    const own = seen(status, stage);
    return {
      stage,
      count: own.count ?? null,
      oldest: own.oldest_s ?? latest(series[oldestOf(stage)], now) ?? null,
      p50: latest(series[nameOf(stage, "p50")], now, 300),
      p95: latest(series[nameOf(stage, "p95")], now, 300),
      trend: series[oldestOf(stage)] ?? [],
    };
  });
  const slow = slowest(list);
  return list.map((one) => ({ ...one, isSlow: one === slow }));
}

// A stage without a job is not in the list.
function seen(status, stage) {
  const { queue, outbox, stages } = status ?? {};
  if (stage === "wait") return { count: queue?.queued, oldest_s: queue?.oldest_queued_seconds };
  const own = stages?.find((one) => one.stage === stage);
  if (own) return { count: own.jobs, oldest_s: own.oldest_seconds };
  if (stage === "deliver" && !stages) return { count: outbox?.unsent, oldest_s: outbox?.oldest_seconds };
  return { count: stages ? 0 : null };
}

/// The stage in which jobs spend most time now: what is under way counts as much as what has ended, which
/// goes quiet exactly when a stage is stuck. undefined: nothing is known.
export function slowest(list) {
  const cost = (one) => Math.max(one.oldest ?? 0, one.p95 ?? 0);
  const most = [...list].sort((a, b) => cost(b) - cost(a))[0];
  return most && cost(most) > 0 ? most : undefined;
}
