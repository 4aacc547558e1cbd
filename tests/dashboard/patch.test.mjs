import assert from "node:assert/strict";
import { test } from "node:test";
import { h, svg, textOf } from "../../web/dashboard/dom/h.js";
import { patch } from "../../web/dashboard/dom/patch.js";
import { stubPage } from "./page_stub.mjs";

const rows = (...keys) => keys.map((key) => h("tr", { key }, `row ${key}`));

test("patch: draws what is described, texts as texts", () => {
  const { root } = stubPage();
  patch(root, [h("p", { class: "a", id: null }, "<b>", 7, null, false, [h("i", {}, "x")])]);
  const [p] = root.nodes;
  assert.equal(p.text, "<b>7x");
  assert.deepEqual(p.attributes, { class: "a" });
  assert.deepEqual(p.nodes.map((node) => node.tag), [undefined, undefined, "i"]);
});

test("patch: the same description again touches nothing", () => {
  const page = stubPage();
  const view = () => [h("table", { class: "t" }, rows("a", "b"))];
  patch(page.root, view());
  const [table] = page.root.nodes;
  const before = [page.moves, table.written];
  patch(page.root, view());
  assert.deepEqual([page.moves, table.written], before);
  assert.equal(page.root.nodes[0], table);
});

test("patch: rows with keys keep their elements when they move, come and go", () => {
  const { root } = stubPage();
  patch(root, rows("a", "b", "c"));
  const [a, b, c] = root.nodes;
  patch(root, rows("c", "new", "a"));
  assert.deepEqual(root.nodes.map((node) => node.text), ["row c", "row new", "row a"]);
  assert.equal(root.nodes[0], c);
  assert.equal(root.nodes[2], a);
  assert.equal(b.parent, null);
});

test("patch: a row put before the others moves none of them", () => {
  const page = stubPage();
  patch(page.root, rows("a", "b", "c"));
  page.moves = 0;
  patch(page.root, rows("new", "a", "b", "c"));
  assert.equal(page.moves, 2); // the row, and the text in it
});

test("patch: only a changed text is written, in the same node", () => {
  const { root } = stubPage();
  patch(root, [h("b", {}, "1")]);
  const text = root.nodes[0].nodes[0];
  patch(root, [h("b", {}, "2")]);
  assert.equal(root.nodes[0].nodes[0], text);
  assert.equal(text.data, "2");
});

test("patch: an element is not reused for another tag", () => {
  const { root } = stubPage();
  patch(root, [h("p", { key: "x" }, "a")]);
  patch(root, [h("ul", { key: "x" }, h("li", {}, "a"))]);
  assert.equal(root.nodes.length, 1);
  assert.equal(root.nodes[0].tag, "ul");
});

test("patch: what a person typed stays while the described value does", () => {
  const { root } = stubPage();
  const view = (value) => [h("input", { value })];
  patch(root, view("old"));
  root.nodes[0].value = "half writt";
  patch(root, view("old"));
  assert.equal(root.nodes[0].value, "half writt");
  patch(root, view(""));
  assert.equal(root.nodes[0].value, "");
});

test("patch: a choice is made after its options are there", () => {
  const { root } = stubPage();
  patch(root, [h("select", { value: "b" }, h("option", { value: "a" }), h("option", { value: "b" }))]);
  assert.equal(root.nodes[0].value, "b");
  assert.equal(root.nodes[0].choices, 2);
});

test("patch: listeners are those of the last description, and one at a time", () => {
  const { root } = stubPage();
  const heard = [];
  const view = (name) => [h("button", { on: name ? { click: () => heard.push(name) } : {} })];
  for (const name of ["first", "second"]) patch(root, view(name));
  root.nodes[0].fire("click");
  patch(root, view(null));
  root.nodes[0].fire("click");
  assert.deepEqual(heard, ["second"]);
});

test("patch: styles go through the object model, attributes go away, SVG has its space", () => {
  const { root } = stubPage();
  patch(root, [h("i", { style: { left: "1%", width: "2%" }, title: "t", hidden: true })]);
  patch(root, [h("i", { style: { left: "3%" } })]);
  assert.deepEqual(root.nodes[0].style.set, { left: "3%" });
  assert.deepEqual(root.nodes[0].attributes, {});
  patch(root, [svg("svg", {}, svg("path", { d: "M0" }))]);
  assert.match(root.nodes[0].nodes[0].space, /svg$/);
});

test("patch: an element that draws itself keeps its children", () => {
  const { root } = stubPage();
  const drawn = [];
  const view = () => [h("div", { draw: (element) => drawn.push(element) })];
  patch(root, view());
  patch(root, view());
  assert.deepEqual(drawn, [root.nodes[0], root.nodes[0]]);
});

test("h: all text of a description", () => {
  assert.equal(textOf([h("p", {}, "a", h("b", {}, 1)), null, "z"]), "a1z");
});
