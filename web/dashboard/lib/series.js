// Answers of /api/series.

/// Name → points, of an answer to one or several names.
export function pointsByName(answer) {
  const list = answer?.series ?? (answer?.name ? [answer] : []);
  return Object.fromEntries(list.map((one) => [one.name, one.points ?? []]));
}

/// The value of the last point that is not older than `patience` seconds; null: there is none.
export function latest(points, now, patience = 60) {
  const last = points?.at(-1);
  return last && now - last[0] <= patience ? last[1] : null;
}

/// Several series on one axis of time, as charts want them: [times, values of the first, …]. Where a series has no point stands
/// undefined, over which its line goes, or null, which breaks it: nothing was told for long.
export function aligned(lists) {
  const times = [...new Set(lists.flatMap((points) => points.map((point) => point[0])))].sort((a, b) => a - b);
  return [times, ...lists.map((points) => column(points, times))];
}

const longHole = 120; // seconds

function column(points, times) {
  const values = new Map(points);
  let next = 0; // the point after `time`
  return times.map((time) => {
    while (next < points.length && points[next][0] <= time) next++;
    const isHole = next === 0 || next === points.length || points[next][0] - points[next - 1][0] > longHole;
    return values.get(time) ?? (isHole ? null : undefined);
  });
}

const lead = 60; // seconds: a node has begun a little before its first figure

/// The moments from which to which some series reach, and a little before, so that the mark of the beginning is seen.
export function rangeOf(lists, marks = []) {
  const ends = lists.filter((points) => points.length > 0).flatMap((points) => [points[0][0], points.at(-1)[0]]);
  if (ends.length === 0) return [0, 1];
  const [first, last] = [Math.min(...ends), Math.max(...ends)];
  const begun = marks.map(({ at }) => at).filter((at) => at <= first && first - at < lead);
  return [Math.min(first, ...begun) - Math.max(1, (last - first) * 0.01), Math.max(last, first + 1)];
}

/// The path of a small line chart in a box of `width` × `height`; "": nothing to draw.
export function sparkPath(points, width, height) {
  if (!points || points.length < 2) return "";
  const [first, last] = [points[0][0], points.at(-1)[0]];
  const most = Math.max(...points.map((point) => point[1]), 1e-9);
  const place = ([time, value]) =>
    `${round(((time - first) / Math.max(1, last - first)) * width)},${round(height - (value / most) * height)}`;
  return `M${points.map(place).join("L")}`;
}

const round = (value) => Math.round(value * 10) / 10;
