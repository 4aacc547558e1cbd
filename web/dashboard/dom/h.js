// Descriptions of elements: what a view returns, and what patch() makes the page look like. Plain
// values, so that views can be tested without a browser. Texts stay texts: nothing is ever parsed as markup.

/// A description of the element `tag`. `props`: `key` (identity among siblings), `class`, `on` (event →
/// function), `style` (property → value), `value` and `checked` as properties, `draw` (function of the
/// element, which then owns its children), all else attributes; false, null and undefined: none.
export function h(tag, props, ...children) {
  const given = props ?? {};
  return { tag, key: given.key, props: given, children: flatten(children) };
}

/// Like h(), for elements of SVG.
export function svg(tag, props, ...children) {
  return { ...h(tag, props, ...children), svg: true };
}

function flatten(children, to = []) {
  for (const child of children) {
    if (Array.isArray(child)) flatten(child, to);
    else if (child === null || child === undefined || child === false || child === true) continue;
    else to.push(typeof child === "object" ? child : { text: String(child) });
  }
  return to;
}

/// All text of a description, for tests and labels.
export function textOf(node) {
  if (Array.isArray(node)) return node.map(textOf).join("");
  if (node === null || node === undefined || node === false) return "";
  if (typeof node !== "object") return String(node);
  return node.text ?? textOf(node.children ?? []);
}
