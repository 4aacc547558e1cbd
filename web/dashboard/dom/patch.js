// Makes the page look like a description, touching only what differs: no flicker, and what a person
// has focused, scrolled or half written stays.
import { setProps } from "./props.js";

const shown = Symbol("shown"); // of an element: the descriptions of its children, with their nodes

const svgSpace = "http://www.w3.org/2000/svg";

/// Makes the children of `parent` look like `wanted`. Elements with a key keep their identity when they
/// move; the others are matched in their order.
export function patch(parent, wanted) {
  const before = parent[shown] ?? [];
  const keyed = new Map();
  const loose = [];
  for (const entry of before) {
    if (entry.what.key !== undefined) keyed.set(entry.what.key, entry);
    else loose.push(entry);
  }
  const after = wanted.map((what) => ({ what, node: reuse(take(what, keyed, loose), what, parent) }));
  const kept = new Set(after.map((entry) => entry.node));
  for (const entry of before) if (!kept.has(entry.node)) entry.node.remove();
  let place = parent.firstChild;
  for (const { node } of after) {
    if (node === place) place = place.nextSibling;
    else parent.insertBefore(node, place);
  }
  parent[shown] = after;
}

/// The entry of before that `what` goes on from; undefined: none fits.
function take(what, keyed, loose) {
  if (what.key !== undefined) {
    const found = keyed.get(what.key);
    keyed.delete(what.key);
    return found && found.what.tag === what.tag ? found : undefined;
  }
  if (loose.length === 0 || loose[0].what.tag !== what.tag) {
    const index = loose.findIndex((entry) => entry.what.tag === what.tag);
    return index < 0 ? undefined : loose.splice(index, 1)[0];
  }
  return loose.shift();
}

function reuse(entry, what, parent) {
  const node = entry ? entry.node : create(what, parent.ownerDocument);
  if (what.text !== undefined) {
    if (entry && entry.what.text !== what.text) node.data = what.text;
    return node;
  }
  setProps(node, entry ? entry.what.props : {}, what.props);
  if (what.props.draw) what.props.draw(node);
  else patch(node, what.children);
  if (what.tag === "select") choose(node, what.props.value);
  return node;
}

// A choice can be made only among options that are there already.
function choose(select, value) {
  if (value !== undefined && select.value !== value) select.value = value;
}

function create(what, page) {
  if (what.text !== undefined) return page.createTextNode(what.text);
  return what.svg ? page.createElementNS(svgSpace, what.tag) : page.createElement(what.tag);
}
