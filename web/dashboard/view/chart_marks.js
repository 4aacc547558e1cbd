// Marks of a chart: where nodes began to run, and where another version did.

/// Draws `marks` (lib/charts.js) over a plot, in the colours of `stroke`. A text is left out where it would cover the one before.
export function drawMarks(plot, marks, stroke) {
  const { ctx, bbox } = plot;
  const wide = devicePixelRatio;
  let free = bbox.left;
  ctx.save();
  ctx.font = `${11 * wide}px system-ui`;
  ctx.textAlign = "left"; // the axes were drawn with another
  ctx.setLineDash([4 * wide, 4 * wide]);
  for (const { at, text, isDeploy } of marks) {
    const x = plot.valToPos(at, "x", true);
    if (!(x >= bbox.left && x <= bbox.left + bbox.width)) continue;
    ctx.strokeStyle = ctx.fillStyle = isDeploy ? stroke.deploy : stroke.start;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    const end = x + ctx.measureText(text).width + 8 * wide;
    if (x < free || end > bbox.left + bbox.width) continue;
    ctx.fillText(text, x + 4 * wide, bbox.top + 10 * wide);
    free = end;
  }
  ctx.restore();
}
