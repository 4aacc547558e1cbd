// Who sends how much to whom: a matrix of kinds of actors.

/// { senders, receivers, cells: Map "from to" → { rate, messages }, most } of flows; `kind`: only its rows
/// and columns.
export function flowMatrix(flows, kind) {
  const cells = new Map();
  for (const flow of flows) {
    if (kind && flow.from !== kind && flow.to !== kind) continue;
    const name = cellName(flow.from, flow.to);
    const cell = cells.get(name) ?? { from: flow.from, to: flow.to, rate: 0, messages: [] };
    cell.rate += flow.rate ?? 0;
    cell.messages.push({ message: flow.message, rate: flow.rate ?? 0 });
    cells.set(name, cell);
  }
  for (const cell of cells.values()) cell.messages.sort((a, b) => b.rate - a.rate);
  const list = [...cells.values()];
  return {
    cells,
    senders: ordered(list, "from"),
    receivers: ordered(list, "to"),
    most: Math.max(0, ...list.map((cell) => cell.rate)),
  };
}

export function cellName(from, to) {
  return `${from} → ${to}`;
}

/// Who sends most to `receiver`: [{ from, rate }], most first.
export function sendersTo(flows, receiver) {
  const rates = new Map();
  for (const flow of flows) if (flow.to === receiver) rates.set(flow.from, (rates.get(flow.from) ?? 0) + (flow.rate ?? 0));
  return [...rates].map(([from, rate]) => ({ from, rate })).sort((a, b) => b.rate - a.rate);
}

// By name: rows that change places with every answer cannot be read.
function ordered(cells, side) {
  return [...new Set(cells.map((cell) => cell[side]))].sort();
}
