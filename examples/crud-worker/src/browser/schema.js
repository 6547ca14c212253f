// The schema of a workspace: a diagram, and the same in words. Only this page keeps the secret, until it is closed.

import { Refusal, call } from "./api.js";
import { diagram } from "./diagram.js";
import { element, onSubmit } from "./forms.js";

const at = (id) => document.getElementById(id);
const workspace = location.pathname.replace(/\/diagram$/, "");
const form = at("secret");

onSubmit(form, async () => {
  const token = form.elements.token.value;
  if (!/^[\x21-\x7e]*$/.test(token)) {
    throw new Refusal("a header takes letters, digits and signs of ASCII only", "token");
  }
  const ask = (path) => call("GET", `${workspace}${path}`, undefined, { Authorization: `Bearer ${token}` });
  try {
    const schema = await ask("/schema");
    show(schema, await ask("/schema/size"));
  } catch (error) {
    if (error.status === 401) throw new Refusal(error.message, "token");
    if (error.status === 404) throw new Refusal(`${error.message}: this worker has no secret SCHEMA_TOKEN`, "token");
    throw error;
  }
});

function show(schema, { bytes, rows }) {
  const counted = schema.tables.map((table) => ({ ...table, rows: rows[table.name] ?? 0 }));
  const total = counted.reduce((sum, table) => sum + table.rows, 0);
  at("size").textContent = `${many(counted.length, "table")}, ${many(total, "row")}, ${kib(bytes)} in use.`;
  at("picture").replaceChildren(diagram(counted));
  at("tables").replaceChildren(
    ...counted.flatMap(inWords),
    ...statements("Virtual tables", schema.virtual_tables),
    ...statements("Views", schema.views),
    ...statements("Triggers", schema.triggers),
  );
  at("ask").hidden = true;
  at("shown").hidden = false;
  form.reset();
  at("shown-title").focus();
}

function many(count, noun) {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function kib(bytes) {
  return `${(bytes / 1024).toLocaleString("en", { maximumFractionDigits: 1 })} KiB`;
}

function inWords(table) {
  const kinds = [table.strict && "STRICT", table.without_rowid && "WITHOUT ROWID"].filter(Boolean).join(", ");
  const heads = ["Column", "Type", "Key", "NULL", "Default"].map((head) => element("th", { scope: "col" }, head));
  const columns = table.columns.map((column) => {
    const cells = [column.declared_type, keyOf(table, column), column.not_null ? "no" : "yes", column.default ?? ""];
    const cell = (text) => element("td", {}, text);
    return element("tr", {}, element("th", { scope: "row" }, column.name), ...cells.map(cell));
  });
  const lines = [
    ...table.foreign_keys.map((key) => `${key.columns.join(", ")} → ${target(key)}${actions(key)}`),
    ...table.indexes.map(indexInWords),
    ...table.checks.map((check) => `CHECK (${check.expression})`),
  ];
  return [
    element("h3", {}, table.name),
    element("p", { class: "muted" }, [many(table.rows, "row"), kinds].filter(Boolean).join(", ")),
    element("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": `Columns of ${table.name}` },
      element("table", {}, element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...columns))),
    ...lines.map((line) => element("div", {}, element("code", {}, line))),
  ];
}

function keyOf(table, column) {
  const isForeign = table.foreign_keys.some((key) => key.columns.includes(column.name));
  return [column.primary_key && "primary", isForeign && "foreign"].filter(Boolean).join(", ");
}

function target(key) {
  return key.references.length ? `${key.table} (${key.references.join(", ")})` : key.table;
}

function actions(key) {
  const action = (word, name) => (name === "no_action" ? "" : ` ${word} ${name.replace("_", " ").toUpperCase()}`);
  return action("ON DELETE", key.on_delete) + action("ON UPDATE", key.on_update) + (key.deferred ? " DEFERRED" : "");
}

function indexInWords(index) {
  const terms = index.columns.map(({ term, descending }) => (term.column ?? term.expression) + (descending ? " DESC" : ""));
  const where = index.predicate ? ` WHERE ${index.predicate}` : "";
  const kinds = { statement: index.unique ? "UNIQUE INDEX" : "INDEX", unique: "UNIQUE", primary_key: "PRIMARY KEY" };
  return `${kinds[index.origin]}${index.name ? ` ${index.name}` : ""} (${terms.join(", ")})${where}`;
}

function statements(title, items) {
  if (items.length === 0) return [];
  return [element("h3", {}, title), ...items.map(({ sql }) => element("div", {}, element("code", {}, sql)))];
}

at("workspace").textContent = decodeURIComponent(workspace.split("/")[2]);
at("back").href = workspace;
