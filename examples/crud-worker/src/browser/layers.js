// The layers of a diagram: a table is to the right of all tables that it references.

/** Returns layers, each a list of nodes: `{ table }`, or `{ relation }` where a line passes through the layer. */
export function layersOf(tables, relations) {
  const level = levels(tables, relations);
  const layers = Array.from({ length: Math.max(-1, ...level.values()) + 1 }, () => []);
  for (const table of tables) layers[level.get(table.name)].push({ table, name: table.name });
  for (const relation of relations) {
    relation.passes = [];
    for (let layer = level.get(relation.to) + 1; layer < level.get(relation.from); layer++) {
      const node = { relation, name: `${relation.from}→${relation.to}` };
      relation.passes.push(node);
      layers[layer].push(node);
    }
  }
  sort(layers);
  return layers;
}

/** The longest path to a table that references no other; a foreign key that closes a cycle does not count. */
function levels(tables, relations) {
  const level = new Map();
  const visit = (name, above) => {
    if (level.has(name)) return level.get(name);
    const pointsTo = relations.filter(({ from, to }) => from === name && to !== name && !above.includes(to));
    const found = Math.max(-1, ...pointsTo.map(({ to }) => visit(to, [...above, name]))) + 1;
    level.set(name, found);
    return found;
  };
  for (const { name } of tables) visit(name, []);
  // A table that references no other is just to the left of the first table that references it.
  for (const { name } of tables) {
    const others = relations.filter(({ from, to }) => to === name && from !== name).map(({ from }) => level.get(from));
    const isFirst = !relations.some(({ from, to }) => from === name && to !== name);
    if (isFirst && others.length) level.set(name, Math.max(0, Math.min(...others) - 1));
  }
  return level;
}

/** Sorts the nodes of each layer by the nodes that they are joined to in the layer before, then in the layer after. */
function sort(layers) {
  const isJoined = (one, other) => {
    const relation = one.relation ?? other.relation;
    const ends = ({ relation: passing, table }, key) => passing === key || table?.name === key.from || table?.name === key.to;
    if (relation) return ends(one, relation) && ends(other, relation);
    return one.table.points.has(other.name) || other.table.points.has(one.name);
  };
  const arrange = (layer, beside) => {
    const place = (node, index) => {
      const joined = beside.flatMap((other, at) => (isJoined(node, other) ? [at] : []));
      return joined.length ? joined.reduce((sum, at) => sum + at, 0) / joined.length : index;
    };
    const places = new Map(layer.map((node, index) => [node, place(node, index)]));
    layer.sort((one, other) => places.get(one) - places.get(other));
  };
  for (let at = 1; at < layers.length; at++) arrange(layers[at], layers[at - 1]);
  for (let at = layers.length - 2; at >= 0; at--) arrange(layers[at], layers[at + 1]);
}
