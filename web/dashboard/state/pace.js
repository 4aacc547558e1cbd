// How often the page is drawn: at most once a second for what comes from the node, at once for what a
// person did.

/// { changed, acted } that call `draw`. `later(milliseconds, call)` returns what `forget` takes; `now` in
/// milliseconds. Nothing is drawn while `isHidden()`; acted() draws when the page is seen again.
export function pace({ draw, now, later, forget, isHidden, every = 1000 }) {
  let drawnAt = -Infinity;
  let planned = null;
  const drawNow = () => {
    if (planned !== null) forget(planned);
    planned = null;
    if (isHidden()) return;
    drawnAt = now();
    draw();
  };
  return {
    changed() {
      if (planned !== null || isHidden()) return;
      planned = later(Math.max(0, drawnAt + every - now()), drawNow);
    },
    acted: drawNow,
  };
}
