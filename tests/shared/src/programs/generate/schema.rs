//! Tables drawn by lot.

use super::Generator;
use crate::programs::schema::{Column, ForeignKey, Table, quoted};
use crate::programs::value::Kind;

const TABLES: [&str; 4] = ["first one", "t", "Ünï\"code", "select"];
const COLUMNS: [&str; 8] = ["a", "b", "C", "order", "quo\"te", "é è", "value", "d"];

/// Declared types by kind, as `with_declared_types` reads them.
const DECLARED: [(Kind, &[&str]); 17] = [
    (Kind::Big, &["integer", "INTEGER", "bigint", "int", "unsigned big int", "INT8"]),
    (Kind::Text, &["text", "TEXT", "varchar(20)", "clob", "char(3)", "enum_text"]),
    (Kind::Double, &["real", "double", "DOUBLE PRECISION"]),
    (Kind::Bytes, &["blob", "BLOB", "varbinary_blob"]),
    (Kind::Bool, &["boolean", "bool"]),
    (Kind::Any, &["", "numeric_thing", "any"]),
    (Kind::Tiny, &["tinyint"]),
    (Kind::Small, &["smallint"]),
    (Kind::Float, &["float"]),
    (Kind::Date, &["date_text", "date"]),
    (Kind::Time, &["time_text"]),
    (Kind::DateTime, &["datetime_text"]),
    (Kind::Utc, &["timestamp_text"]),
    (Kind::Uuid, &["uuid_text"]),
    (Kind::Json, &["json_text"]),
    (Kind::Big, &["integer"]),
    (Kind::Text, &["text"]),
];

const STRICT: [(Kind, &[&str]); 5] = [
    (Kind::Big, &["INTEGER", "INT"]),
    (Kind::Text, &["TEXT"]),
    (Kind::Double, &["REAL"]),
    (Kind::Bytes, &["BLOB"]),
    (Kind::Any, &["ANY"]),
];

impl Generator {
    pub(super) fn tables(&mut self, with_models: bool) {
        if with_models {
            self.tables_of_models();
        }
        let count = self.random.between(1, 3);
        for name in &TABLES[..count] {
            let table = self.random_table(name);
            self.tables.push(table);
        }
    }

    fn random_table(&mut self, name: &str) -> Table {
        let strict = self.random.chance(30);
        let without_rowid = self.random.chance(15);
        let loose = self.random.chance(20);
        let mut table = Table {
            name: name.to_owned(),
            strict,
            without_rowid,
            loose,
            columns: Vec::new(),
            primary_key: Vec::new(),
            unique: Vec::new(),
            checks: Vec::new(),
            foreign_keys: Vec::new(),
            extras: Vec::new(),
        };
        self.key(&mut table);
        for name in COLUMNS.iter().take(self.random.between(1, 6)) {
            let column = self.column(name, strict);
            table.columns.push(column);
        }
        self.generated(&mut table);
        self.foreign_key(&mut table);
        self.constraints(&mut table);
        self.extras(&mut table);
        table
    }

    fn key(&mut self, table: &mut Table) {
        let style = self.random.below(if table.without_rowid { 4 } else { 10 });
        let mut column = |name: &str, kind, ty: &str, constraints: &str| {
            table.columns.push(column(name, kind, ty, constraints));
        };
        match style {
            0 => column("key", Kind::Text, "TEXT", "PRIMARY KEY NOT NULL"),
            1 => {
                column("one", Kind::Big, "INTEGER", "NOT NULL");
                column("two", Kind::Text, "TEXT", "NOT NULL");
                table.primary_key = vec!["one".to_owned(), "two".to_owned()];
            }
            4 => {}
            5 => column("id", Kind::Big, "INTEGER", "PRIMARY KEY AUTOINCREMENT"),
            _ => column("id", Kind::Big, "INTEGER", "PRIMARY KEY"),
        }
    }

    fn column(&mut self, name: &str, strict: bool) -> Column {
        let (kind, declared) = if strict { *self.random.pick(&STRICT) } else { *self.random.pick(&DECLARED) };
        let ty = *self.random.pick(declared);
        let mut column = column(name, kind, ty, "");
        if self.random.chance(15) {
            column.constraints.push_str("NOT NULL ");
            column.not_null = true;
        }
        if self.random.chance(20) {
            column.constraints.push_str(match kind {
                Kind::Big | Kind::Tiny | Kind::Small | Kind::Any => "DEFAULT 7 ",
                Kind::Double => "DEFAULT (1.0 / 8) ",
                Kind::Text => "DEFAULT 'it''s' ",
                Kind::Bytes => "DEFAULT x'00ff' ",
                Kind::Bool => "DEFAULT TRUE ",
                _ => "",
            });
        }
        if kind == Kind::Text && self.random.chance(15) {
            column.constraints.push_str("COLLATE NOCASE ");
            column.ambiguous = true;
        }
        column
    }

    fn generated(&mut self, table: &mut Table) {
        if !self.random.chance(25) || table.loose {
            return;
        }
        let source = self.random.pick(&table.columns).clone();
        let name = quoted(&source.name);
        let (kind, expression) = match source.kind {
            Kind::Big if !source.constraints.contains("PRIMARY") => {
                (Kind::Big, format!("CASE WHEN abs({name} / 2) < 1000 THEN {name} + 1 END"))
            }
            Kind::Text => (Kind::Text, format!("{name} || '!'")),
            Kind::Bytes => (Kind::Big, format!("length({name})")),
            Kind::Double => (Kind::Bool, format!("{name} > 0")),
            _ => return,
        };
        let ty = match kind {
            Kind::Bool if table.strict => return,
            Kind::Bool => "boolean",
            Kind::Text => "TEXT",
            _ => "INTEGER",
        };
        let stored = if self.random.chance(50) { "STORED" } else { "VIRTUAL" };
        let mut column = column("generated", kind, ty, &format!("GENERATED ALWAYS AS ({expression}) {stored}"));
        column.generated = true;
        column.ambiguous = source.ambiguous;
        table.columns.push(column);
    }

    fn foreign_key(&mut self, table: &mut Table) {
        let rowid = |table: &Table| {
            table.columns.iter().any(|column| column.name == "id" && column.constraints.contains("PRIMARY KEY"))
        };
        let mut targets: Vec<_> =
            self.tables.iter().filter(|table| rowid(table)).map(|table| table.name.clone()).collect();
        if rowid(table) {
            targets.push(table.name.clone());
        }
        if targets.is_empty() || !self.random.chance(60) {
            return;
        }
        let actions = ["CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT", "NO ACTION"];
        let (delete, update) = (*self.random.pick(&actions), *self.random.pick(&actions));
        let deferred = if self.deferred { " DEFERRABLE INITIALLY DEFERRED" } else { "" };
        table.columns.push(column("ref", Kind::Big, "INTEGER", ""));
        table.foreign_keys.push(ForeignKey {
            column: "ref".to_owned(),
            table: self.random.pick(&targets).clone(),
            to: "id".to_owned(),
            actions: format!("ON DELETE {delete} ON UPDATE {update}{deferred}"),
        });
    }

    fn constraints(&mut self, table: &mut Table) {
        let stored: Vec<_> = table.stored().map(|column| column.name.clone()).collect();
        if self.random.chance(20) {
            let columns = self.random.some(&stored, 30);
            table.unique.push(columns);
        }
        if self.random.chance(15) {
            let column = self.random.pick(&table.columns);
            let name = quoted(&column.name);
            table.checks.push(match column.kind {
                Kind::Big | Kind::Double => format!("{name} < 1000000 OR {name} > 9000000"),
                Kind::Text => format!("length({name}) < 200"),
                _ => format!("{name} IS NULL OR typeof({name}) <> 'blob' OR length({name}) < 50"),
            });
        }
    }

    fn extras(&mut self, table: &mut Table) {
        let name = quoted(&table.name);
        let index = quoted(&format!("index of {}", table.name));
        let all = table.columns.clone();
        let column = self.random.pick(&all);
        let (on, kind) = (quoted(&column.name), column.kind);
        match self.random.below(12) {
            0 => table.extras.push(format!("CREATE INDEX {index} ON {name} ({on} DESC)")),
            1 => table.extras.push(format!("CREATE UNIQUE INDEX {index} ON {name} ({on})")),
            2 => table.extras.push(format!("CREATE INDEX {index} ON {name} ({on}) WHERE {on} IS NOT NULL")),
            3 => table.extras.push(format!("CREATE UNIQUE INDEX {index} ON {name} ({on}) WHERE {on} > 5")),
            4 if kind == Kind::Text => table.extras.push(format!("CREATE UNIQUE INDEX {index} ON {name} (lower({on}))")),
            4 => table.extras.push(format!("CREATE INDEX {index} ON {name} (typeof({on}), {on})")),
            5 if kind == Kind::Text && !column.generated && !table.without_rowid => table.extras.push(format!(
                "CREATE TRIGGER {} AFTER INSERT ON {name} WHEN length(new.{on}) < 5 BEGIN UPDATE {name} SET {on} = {on} || '+' \
                 WHERE rowid = new.rowid; END",
                quoted(&format!("trigger of {}", table.name))
            )),
            _ => {}
        }
    }
}

/// A column without more.
pub(super) fn column(name: &str, kind: Kind, ty: &str, constraints: &str) -> Column {
    Column {
        name: name.to_owned(),
        ty: ty.to_owned(),
        kind,
        constraints: if constraints.is_empty() { String::new() } else { format!("{constraints} ") },
        generated: false,
        ambiguous: kind == Kind::Any,
        not_null: constraints.contains("NOT NULL") || constraints.contains("PRIMARY KEY"),
    }
}
