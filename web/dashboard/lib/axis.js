// A time axis on which idle time is folded: an hour of waiting must not squeeze two seconds of work
// into nothing.

const foldedWidth = 0.05; // of the axis, for each folded stretch
const longIdle = 5; // times its share of the work that an idle stretch may take unfolded

/// An axis over [from, to] with `busy`, the intervals [start, end] in which something was done.
/// Returns { place(moment) → 0…1, folds: [{ from, to, left, width }] }.
export function foldedAxis(from, to, busy) {
  const pieces = split(from, Math.max(to, from + 0.001), merge(busy));
  const work = pieces.filter((piece) => !piece.idle).reduce((sum, piece) => sum + piece.to - piece.from, 0);
  const limit = Math.max(1, (work / Math.max(1, pieces.length)) * longIdle);
  for (const piece of pieces) piece.folded = work > 0 && piece.idle && piece.to - piece.from > limit;
  return lay(pieces);
}

/// Overlapping intervals made one, in their order.
export function merge(intervals) {
  const sorted = intervals.filter(([start, end]) => end >= start).sort((a, b) => a[0] - b[0]);
  const result = [];
  for (const [start, end] of sorted) {
    const last = result.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else result.push([start, end]);
  }
  return result;
}

function split(from, to, busy) {
  const pieces = [];
  let at = from;
  for (const [start, end] of busy) {
    const begins = Math.min(Math.max(start, at), to);
    const ends = Math.min(Math.max(end, begins), to);
    if (begins > at) pieces.push({ from: at, to: begins, idle: true });
    if (ends > begins) pieces.push({ from: begins, to: ends, idle: false });
    at = Math.max(at, ends);
  }
  if (to > at) pieces.push({ from: at, to, idle: true });
  return pieces;
}

function lay(pieces) {
  const folded = pieces.filter((piece) => piece.folded).length;
  const open = pieces.filter((piece) => !piece.folded).reduce((sum, piece) => sum + piece.to - piece.from, 0);
  const width = Math.min(foldedWidth, 0.5 / Math.max(1, folded));
  let left = 0;
  for (const piece of pieces) {
    piece.left = left;
    piece.width = piece.folded ? width : ((piece.to - piece.from) / open) * (1 - folded * width);
    left += piece.width;
  }
  return {
    place: (moment) => placeIn(pieces, moment),
    folds: pieces.filter((piece) => piece.folded).map(({ from, to, left: at, width: wide }) => ({ from, to, left: at, width: wide })),
  };
}

function placeIn(pieces, moment) {
  const piece = pieces.find((one) => moment <= one.to) ?? pieces.at(-1);
  const share = (moment - piece.from) / (piece.to - piece.from);
  return piece.left + piece.width * Math.min(1, Math.max(0, share));
}
