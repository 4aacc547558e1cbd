// A line of the last half hour, drawn small.
import { svg } from "../dom/h.js";
import { sparkPath } from "../lib/series.js";

const [width, height] = [120, 22];

export function spark(points, label) {
  return svg("svg", { class: "spark", viewBox: `0 -1 ${width} ${height + 2}`, preserveAspectRatio: "none", role: "img", "aria-label": label },
    svg("path", { d: sparkPath(points, width, height) || `M0,${height}L${width},${height}`, class: points?.length > 1 ? null : "none" }));
}
