// Tables whose columns keep their width, whatever their cells say: nothing jumps when numbers change.
import { h } from "../dom/h.js";

/// `columns`: [{ title, width, end, minor, note, sort, cell(row) }]: `width` in CSS (none: the rest), `end`: numbers, to
/// the right, `minor`: not on a phone, `note`: what the number means, `sort`: its name in `sortedBy`.
/// `keyOf(row)`, `hrefOf(row)`: where Enter leads, `rowClass(row)`.
export function table({ label, columns, rows, keyOf, hrefOf, rowClass, empty = "Nothing.", sortedBy, sortLink }) {
  return h("div", { class: "scroll" },
    h("table", { "aria-label": label },
      h("colgroup", {}, columns.map((column) =>
        h("col", { class: column.minor ? "minor" : null, style: column.width ? { width: column.width } : {} }))),
      h("thead", {}, h("tr", {}, columns.map((column) => heading(column, sortedBy, sortLink)))),
      h("tbody", {}, rows.length > 0
        ? rows.map((row) => line(row, columns, { keyOf, hrefOf, rowClass }))
        : h("tr", { key: "empty" }, h("td", { class: "empty", colspan: columns.length }, empty)))));
}

function heading(column, sortedBy, sortLink) {
  const isSorted = column.sort && column.sort === sortedBy;
  return h("th", { scope: "col", class: classOf(column), title: column.note, "aria-sort": isSorted ? "descending" : null },
    column.sort && sortLink ? h("a", { href: sortLink(column.sort) }, column.title, isSorted ? " ↓" : "") : column.title);
}

function line(row, columns, { keyOf, hrefOf, rowClass }) {
  const href = hrefOf?.(row);
  return h("tr", { key: keyOf(row), class: rowClass?.(row) },
    columns.map((column, index) => {
      const content = column.cell(row);
      const isLink = href && index === 0;
      return h("td", { class: classOf(column) }, isLink ? h("a", { href, "data-row": true }, content) : content);
    }));
}

function classOf(column) {
  return [column.end && "end", column.minor && "minor", column.wrap && "wrap"].filter(Boolean).join(" ") || null;
}
