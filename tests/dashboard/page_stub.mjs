// As much of a document as patch() touches, for tests without a browser.

class Node {
  constructor(page) {
    this.ownerDocument = page;
    this.parent = null;
    this.nodes = [];
  }
  get firstChild() { return this.nodes[0] ?? null; }
  get nextSibling() { return this.parent.nodes[this.parent.nodes.indexOf(this) + 1] ?? null; }
  remove() {
    this.parent.nodes.splice(this.parent.nodes.indexOf(this), 1);
    this.parent = null;
  }
  insertBefore(node, before) {
    this.ownerDocument.moves++;
    if (node.parent) node.remove();
    node.parent = this;
    this.nodes.splice(before ? this.nodes.indexOf(before) : this.nodes.length, 0, node);
  }
  get text() { return this.data ?? this.nodes.map((node) => node.text).join(""); }
}

class Element extends Node {
  constructor(page, tag, space) {
    super(page);
    Object.assign(this, { tag, tagName: tag.toUpperCase(), space, attributes: {}, written: 0, heard: {} });
    this.style = { set: {}, setProperty(name, value) { this.set[name] = value; }, removeProperty(name) { delete this.set[name]; } };
  }
  /// Of a select, how many options there were when it was chosen.
  set value(value) {
    this.typed = value;
    this.choices = this.nodes.length;
  }
  get value() { return this.typed; }
  setAttribute(name, value) {
    this.written++;
    this.attributes[name] = value;
  }
  removeAttribute(name) { delete this.attributes[name]; }
  addEventListener(name, call) { (this.heard[name] ??= []).push(call); }
  fire(name) { for (const call of this.heard[name] ?? []) call({ type: name }); }
}

/// A page with an empty element `root`; `moves` counts what was put somewhere.
export function stubPage() {
  const page = {
    moves: 0,
    createElement: (tag) => new Element(page, tag),
    createElementNS: (space, tag) => new Element(page, tag, space),
    createTextNode: (data) => Object.assign(new Node(page), { data }),
  };
  page.root = page.createElement("main");
  return page;
}
