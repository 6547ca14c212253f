//! Steps through entities drawn by lot.

use super::Generator;
use super::schema::column;
use crate::programs::models::{Action, Cells, Entity, Filter, Find, Found, ModelStep, Upsert, Way};
use crate::programs::program::Operator;
use crate::programs::schema::{ForeignKey, Table};
use crate::programs::value::{Kind, Scalar};

/// Name, kind, and whether it can be NULL.
const ITEM: [(&str, Kind, bool); 15] = [
    ("id", Kind::Big, false),
    ("name", Kind::Text, false),
    ("count", Kind::Int, false),
    ("ratio", Kind::Double, false),
    ("flag", Kind::Bool, false),
    ("small", Kind::Small, true),
    ("wide", Kind::Big, true),
    ("data", Kind::Bytes, true),
    ("note", Kind::Text, true),
    ("day", Kind::Date, true),
    ("at", Kind::Utc, true),
    ("uid", Kind::Uuid, true),
    ("doc", Kind::Json, true),
    ("price", Kind::Decimal, true),
    ("parent_id", Kind::Big, true),
];

const TAG: [(&str, Kind, bool); 4] = [
    ("key", Kind::Text, false),
    ("total", Kind::Big, false),
    ("weight", Kind::Double, true),
    ("active", Kind::Bool, false),
];

const LINK: [(&str, Kind, bool); 3] =
    [("item_id", Kind::Big, false), ("tag_key", Kind::Text, false), ("note", Kind::Text, true)];

const KEYS: [&str; 5] = ["a", "A", "é", "", "it's"];

impl Generator {
    pub(super) fn has_models(&self) -> bool {
        self.tables.iter().any(|table| table.name == "item")
    }

    pub(super) fn tables_of_models(&mut self) {
        let mut item = self.table_of("item", &ITEM);
        item.columns[0].constraints = "PRIMARY KEY ".to_owned();
        "INTEGER".clone_into(&mut item.columns[0].ty);
        item.without_rowid = false;
        if self.random.chance(50) {
            item.unique.push(vec!["name".to_owned()]);
        }
        let mut tag = self.table_of("tag", &TAG);
        tag.primary_key = vec!["key".to_owned()];
        let mut link = self.table_of("link", &LINK);
        link.primary_key = vec!["item_id".to_owned(), "tag_key".to_owned()];
        if self.random.chance(70) {
            let key = |column: &str, table: &str, to: &str, actions: &str| ForeignKey {
                column: column.to_owned(),
                table: table.to_owned(),
                to: to.to_owned(),
                actions: actions.to_owned(),
            };
            let deferred = if self.deferred { " DEFERRABLE INITIALLY DEFERRED" } else { "" };
            item.foreign_keys.push(key("parent_id", "item", "id", &format!("ON DELETE SET NULL{deferred}")));
            link.foreign_keys.push(key("item_id", "item", "id", "ON DELETE CASCADE"));
            link.foreign_keys.push(key("tag_key", "tag", "key", "ON UPDATE CASCADE"));
        }
        self.tables.extend([item, tag, link]);
    }

    fn table_of(&mut self, name: &str, columns: &[(&str, Kind, bool)]) -> Table {
        let strict = self.random.chance(35);
        let columns = columns.iter().map(|(name, kind, nullable)| {
            let ty = self.declared(*kind, strict);
            column(name, *kind, ty, if *nullable { "" } else { "NOT NULL" })
        });
        Table {
            name: name.to_owned(),
            strict,
            columns: columns.collect(),
            without_rowid: self.random.chance(25),
            primary_key: Vec::new(),
            unique: Vec::new(),
            checks: Vec::new(),
            foreign_keys: Vec::new(),
            extras: Vec::new(),
            loose: false,
        }
    }

    /// A declared type in which a column of an entity keeps its values.
    fn declared(&mut self, kind: Kind, strict: bool) -> &'static str {
        let choices: &[&'static str] = match (kind, strict) {
            (Kind::Bool | Kind::Tiny | Kind::Small | Kind::Int | Kind::Big, true) => &["INTEGER", "INT", "ANY"],
            (Kind::Double | Kind::Float | Kind::Decimal, true) => &["REAL"],
            (Kind::Bytes | Kind::Uuid, true) => &["BLOB", "ANY"],
            (_, true) => &["TEXT", "ANY"],
            (Kind::Bool, _) => &["boolean", "integer", ""],
            (Kind::Tiny | Kind::Small | Kind::Int | Kind::Big, _) => {
                &["integer", "bigint", "int", "numeric", "", "blob"]
            }
            (Kind::Double | Kind::Float, _) => &["real", "double", "float"],
            (Kind::Decimal, _) => &["real(16, 4)", "real_decimal"],
            (Kind::Bytes, _) => &["blob", "varbinary_blob", "", "text"],
            (Kind::Uuid, _) => &["uuid_text", "blob", "text", "char(36)"],
            (Kind::Json, _) => &["json_text", "text"],
            (Kind::Text, _) => &["text", "varchar", "char(2)"],
            (_, _) => &["text", "timestamp_text", "varchar"],
        };
        self.random.pick::<&'static str>(choices)
    }

    pub(super) fn model_step(&mut self) -> ModelStep {
        let entity = *self.random.pick(&[Entity::Item, Entity::Item, Entity::Item, Entity::Tag, Entity::Link]);
        let action = match self.random.below(20) {
            0..3 => Action::Insert(self.cells(entity)),
            3 => Action::Save(self.cells(entity)),
            4 => {
                let upsert = self.random.chance(40).then(|| self.upsert(entity));
                Action::Exec(self.cells(entity), upsert)
            }
            5..9 => {
                let count = if self.random.chance(15) { self.random.between(8, 60) } else { self.random.between(1, 4) };
                let way = *self.random.pick(&[Way::Exec, Way::Count, Way::Returning]);
                let upsert = self.random.chance(40).then(|| self.upsert(entity));
                Action::InsertMany((0..count).map(|_| self.cells(entity)).collect(), way, upsert)
            }
            9 | 10 => Action::Change(self.find(entity), self.changes(entity)),
            11 => Action::Remove(self.find(entity)),
            12 | 13 => Action::UpdateMany(self.changes(entity), self.filters(entity), self.random.chance(50)),
            14 => Action::DeleteMany(self.filters(entity), self.random.chance(50)),
            _ => Action::Find(self.find(entity), self.found(entity)),
        };
        ModelStep { entity, action }
    }

    fn found(&mut self, entity: Entity) -> Found {
        let pages = Found::Pages(self.random.between(1, 4) as u64);
        let after =
            Found::After(i64::try_from(self.random.below(10)).unwrap_or_default(), self.random.between(1, 5) as u64);
        match entity {
            Entity::Item => {
                *self.random.pick(&[Found::All, Found::One, Found::Count, pages, after, Found::Tuples, Found::With])
            }
            Entity::Link => *self.random.pick(&[Found::All, Found::Count, Found::Also, pages]),
            Entity::Tag => *self.random.pick(&[Found::All, Found::One, Found::Count, pages]),
        }
    }

    fn of(entity: Entity) -> &'static [(&'static str, Kind, bool)] {
        match entity {
            Entity::Item => &ITEM,
            Entity::Tag => &TAG,
            Entity::Link => &LINK,
        }
    }

    fn cells(&mut self, entity: Entity) -> Cells {
        let mut cells = Vec::new();
        for (name, kind, nullable) in Self::of(entity) {
            let skipped = match *name {
                "id" => 60,
                _ if *nullable => 30,
                _ => 0,
            };
            if !self.random.chance(skipped) {
                cells.push(((*name).to_owned(), self.model_cell(name, *kind, *nullable)));
            }
        }
        cells
    }

    fn changes(&mut self, entity: Entity) -> Cells {
        let columns: Vec<_> = Self::of(entity).iter().filter(|(name, ..)| !["id", "key"].contains(name)).collect();
        let columns = self.random.some(&columns, 25);
        columns
            .into_iter()
            .map(|(name, kind, nullable)| ((*name).to_owned(), self.model_cell(name, *kind, *nullable)))
            .collect()
    }

    /// A value of exactly the field's type.
    fn model_cell(&mut self, name: &str, kind: Kind, nullable: bool) -> Scalar {
        if nullable && self.random.chance(15) {
            return Scalar::Null(kind);
        }
        match (name, kind) {
            ("key" | "tag_key", _) => Scalar::Text((*self.random.pick(&KEYS)).to_owned()),
            ("id", _) => Scalar::Big(i64::try_from(self.random.below(8)).unwrap_or_default()),
            ("item_id" | "parent_id", _) if self.random.chance(90) => {
                Scalar::Big(i64::try_from(self.random.below(8)).unwrap_or_default())
            }
            (_, Kind::Big) => match self.scalar(kind) {
                Scalar::Big(value) => Scalar::Big(value),
                _ => Scalar::Big(5),
            },
            _ => self.scalar(kind),
        }
    }

    fn find(&mut self, entity: Entity) -> Find {
        let limit = self.random.chance(30).then(|| self.random.below(8) as u64);
        let offset = self.random.chance(20).then(|| self.random.below(3) as u64);
        let order = (0..self.random.below(3)).map(|_| (self.name(entity), self.random.chance(50))).collect();
        Find { filters: self.filters(entity), order, limit, offset }
    }

    fn filters(&mut self, entity: Entity) -> Vec<Filter> {
        const OPERATORS: [Operator; 8] = [
            Operator::Equal,
            Operator::Equal,
            Operator::NotEqual,
            Operator::Less,
            Operator::GreaterOrEqual,
            Operator::Greater,
            Operator::Is,
            Operator::IsNot,
        ];
        (0..self.random.below(3))
            .map(|_| {
                let (name, kind, nullable) = *self.random.pick(Self::of(entity));
                let operator = *self.random.pick(&OPERATORS);
                Filter { column: name.to_owned(), operator, value: self.model_cell(name, kind, nullable) }
            })
            .collect()
    }

    fn name(&mut self, entity: Entity) -> String {
        self.random.pick(Self::of(entity)).0.to_owned()
    }

    fn upsert(&mut self, entity: Entity) -> Upsert {
        let target: &[&str] = match entity {
            Entity::Item if self.random.chance(30) => &["name"],
            Entity::Item => &["id"],
            Entity::Tag => &["key"],
            Entity::Link => &["item_id", "tag_key"],
        };
        let target: Vec<String> = target.iter().map(|name| (*name).to_owned()).collect();
        let update = if self.random.chance(25) {
            Vec::new()
        } else {
            let names: Vec<_> = Self::of(entity).iter().map(|(name, ..)| (*name).to_owned()).collect();
            self.random.some(&names, 40).into_iter().filter(|name| !target.contains(name)).collect()
        };
        Upsert { target, update }
    }
}
