// An entity-relationship diagram as SVG: boxes with columns, and a line from each foreign key to the column that it
// references.

import { layersOf } from "./layers.js";

const CHARACTER = 7.3;
const LINE = 20;
const PADDING = 10;
const BETWEEN = { layers: 70, boxes: 24 };

/** Returns the diagram of these tables. */
export function diagram(tables) {
  const named = new Map(tables.map((table) => [table.name.toLowerCase(), table]));
  const relations = tables.flatMap((table) => relationsOf(table, named));
  const boxes = new Map(tables.map((table) => [table.name, box(table, relations)]));
  const size = place(layersOf([...boxes.values()], relations), boxes);
  const title = svg("title", {}, "Tables and their relations");
  const described = relations.map(({ from, to }) => `${from} points to ${to}`).join(", ");
  return svg(
    "svg",
    { role: "img", width: size.width, height: size.height, viewBox: `0 0 ${size.width} ${size.height}` },
    title,
    svg("desc", {}, described),
    ...relations.map((relation) => line(relation, boxes)),
    ...[...boxes.values()].map(drawn),
  );
}

/** The foreign keys of a table whose referenced table exists, by the names of both tables and their first columns. */
function relationsOf(table, named) {
  return table.foreign_keys.flatMap((key) => {
    const other = named.get(key.table.toLowerCase());
    if (!other) return [];
    const primary = other.columns.find((column) => column.primary_key === 1);
    const column = key.references[0] ?? primary?.name;
    return [{ from: table.name, to: other.name, column: key.columns[0], references: column }];
  });
}

/** A table with the texts of its box, and the box's width and height. */
function box(table, relations) {
  const rows = table.columns.map((column) => {
    const isForeign = table.foreign_keys.some((key) => key.columns.includes(column.name));
    const marks = [column.primary_key && "PK", isForeign && "FK"].filter(Boolean).join(" ");
    const type = column.declared_type.toLowerCase() + (column.not_null || column.primary_key ? "" : "?");
    return { name: column.name, marks, type };
  });
  const widest = (texts) => Math.max(0, ...texts.map((text) => text.length)) * CHARACTER;
  const marks = widest(rows.map((row) => row.marks));
  const names = (marks ? marks + PADDING : 0) + PADDING;
  const types = names + widest(rows.map((row) => row.name)) + 2 * PADDING;
  const count = `${table.rows} row${table.rows === 1 ? "" : "s"}`;
  const heads = widest([table.name]) * 1.05 + widest([count]) + 4 * PADDING;
  return {
    name: table.name,
    count,
    rows,
    names,
    types,
    points: new Set(relations.filter(({ from }) => from === table.name).map(({ to }) => to)),
    width: Math.ceil(Math.max(heads, types + widest(rows.map((row) => row.type)) + PADDING)),
    height: LINE * (rows.length + 1) + PADDING,
  };
}

/** Places every box and every line that passes through a layer; returns the total size. */
function place(layers, boxes) {
  const size = { width: 2, height: 0 };
  for (const layer of layers) {
    const width = Math.max(0, ...layer.map(({ table }) => table?.width ?? 0));
    let y = 1;
    for (const { table, relation, ...node } of layer) {
      const height = table?.height ?? LINE;
      if (table) Object.assign(boxes.get(node.name), { x: size.width - 1, y });
      else relation.through = [...(relation.through ?? []), { x: size.width - 1, width, y: y + height / 2 }];
      y += height + BETWEEN.boxes;
    }
    size.height = Math.max(size.height, y - BETWEEN.boxes + 1);
    size.width += width + BETWEEN.layers;
  }
  // A line that cannot lead to the left extends beyond the box on the right.
  return { ...size, width: Math.max(0, size.width - BETWEEN.layers) + 2 * PADDING + 2 };
}

/** A line from a foreign key to the column that it references, with a crow's foot at the end with many rows. */
function line(relation, boxes) {
  const [from, to] = [boxes.get(relation.from), boxes.get(relation.to)];
  const height = (table, column) => {
    const index = table.rows.findIndex((row) => row.name.toLowerCase() === column?.toLowerCase());
    return table.y + LINE * (index + 1) + PADDING / 2 + LINE / 2;
  };
  const [start, end] = [height(from, relation.column), height(to, relation.references)];
  const isAhead = to.x + to.width < from.x;
  const [x, side] = isAhead ? [from.x, -1] : [from.x + from.width, 1];
  const toes = `M${x} ${start - 5}L${x + side * 9} ${start}L${x} ${start + 5}`;
  let path = `${toes}M${x} ${start}`;
  if (isAhead) {
    let last = { x, y: start };
    for (const { x: left, width, y } of [...(relation.through ?? [])].reverse()) {
      path += curve(last, { x: left + width, y }) + `H${left}`;
      last = { x: left, y };
    }
    path += curve(last, { x: to.x + to.width, y: end });
  } else {
    const [out, target] = [Math.max(x, to.x + to.width) + 2 * PADDING, to.x + to.width];
    path += `H${out - 6}Q${out} ${start} ${out} ${start + Math.sign(end - start) * 6}V${end}H${target}`;
  }
  return svg("path", { class: "relation", "data-relation": `${from.name} ${to.name}`, d: path });
}

function curve(from, to) {
  const middle = (from.x + to.x) / 2;
  return `C${middle} ${from.y} ${middle} ${to.y} ${to.x} ${to.y}`;
}

function drawn(table) {
  const text = (x, y, name, content, anchor = "start") =>
    svg("text", { x, y, class: name, "text-anchor": anchor }, content);
  const rows = table.rows.flatMap((row, index) => {
    const y = LINE * (index + 2) - 1;
    return [
      text(PADDING, y, "type", row.marks),
      text(table.names, y, "", row.name),
      text(table.types, y, "type", row.type),
    ];
  });
  return svg(
    "g",
    { transform: `translate(${table.x} ${table.y})`, "data-table": table.name },
    svg("rect", { class: "box", width: table.width, height: table.height, rx: 4 }),
    svg("path", { class: "head", d: `M0 ${LINE + 3}V4Q0 0 4 0H${table.width - 4}Q${table.width} 0 ${table.width} 4V${LINE + 3}Z` }),
    text(PADDING, 16, "head-text", table.name),
    text(table.width - PADDING, 16, "head-text count", table.count, "end"),
    ...rows,
  );
}

function svg(name, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...children);
  return made;
}
