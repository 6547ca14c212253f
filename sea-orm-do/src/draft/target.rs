//! The schema that a database should get: what the entities declare, and everything else as it is.

use super::DraftError;
use crate::introspect::{Check, Column, ForeignKey, Index, Object, Origin, Schema, Table, Term, tidied};
use crate::schema::alike::{
    columns_of, is_alike, is_same_default, is_same_key, is_same_list, is_same_set, is_strict, serves,
};
use crate::sql::lexer::names;

/// The tables of SeaORM itself, which no entity declares.
const OF_SEA_ORM: &str = "seaql_migrations";

/// Changes `have` after the tables of `want`. What no entity has goes if drops are allowed, and to `withheld` otherwise.
pub(super) fn target(
    have: &Schema,
    want: &Schema,
    allows_drops: bool,
    withheld: &mut Vec<Object>,
) -> Result<Schema, DraftError> {
    let mut target = have.clone();
    let is_of_entity = |table: &Table| want.table(&table.name).is_some() || table.name == OF_SEA_ORM;
    if allows_drops {
        target.tables.retain(is_of_entity);
        let is_dropped = |name: &str| have.table(name).is_some_and(|table| !is_of_entity(table));
        target.triggers.retain(|trigger| !is_dropped(&trigger.table));
    } else {
        let others = have.tables.iter().filter(|table| !is_of_entity(table));
        withheld.extend(others.map(|table| Object::Table(table.name.clone())));
    }
    for wanted in want.tables.iter().filter(|table| table.name != OF_SEA_ORM) {
        let is_rowless = have.views.iter().any(|view| view.name.eq_ignore_ascii_case(&wanted.name))
            || have.virtual_tables.iter().any(|table| table.name.eq_ignore_ascii_case(&wanted.name));
        let at = target.tables.iter().position(|table| table.name.eq_ignore_ascii_case(&wanted.name));
        match at {
            Some(at) => {
                let merged = Merge { have, found: &target.tables[at], wanted, allows_drops };
                target.tables[at] = merged.table(withheld)?;
            }
            None if is_rowless => {}
            None => target.tables.push(wanted.clone()),
        }
    }
    names_indexes(&mut target);
    Ok(target)
}

/// An index has a name of its own in the whole schema: a later one of the same name gets another.
fn names_indexes(target: &mut Schema) {
    let mut known: Vec<String> = Vec::new();
    for name in target.tables.iter_mut().flat_map(|table| &mut table.indexes).filter_map(|index| index.name.as_mut()) {
        let plain = name.clone();
        let mut at = 2;
        while known.contains(&name.to_lowercase()) {
            *name = format!("{plain}-{at}");
            at += 1;
        }
        known.push(name.to_lowercase());
    }
}

struct Merge<'a> {
    have: &'a Schema,
    found: &'a Table,
    wanted: &'a Table,
    allows_drops: bool,
}

impl Merge<'_> {
    fn table(&self, withheld: &mut Vec<Object>) -> Result<Table, DraftError> {
        let keeps_key = self.keeps_key();
        let mut columns: Vec<_> =
            self.found.columns.iter().filter_map(|column| self.column(column, keeps_key, withheld)).collect();
        let new = self.wanted.columns.iter().filter(|wanted| self.found.column(&wanted.name).is_none());
        columns.extend(new.cloned());
        if self.found.strict {
            self.check_strict(&columns)?;
        }
        let key = if keeps_key { self.found } else { self.wanted };
        let mut table = Table {
            columns,
            autoincrement: key.autoincrement,
            primary_key_conflict: key.primary_key_conflict,
            without_rowid: self.found.without_rowid && !key.primary_key().is_empty(),
            ..self.found.clone()
        };
        let lives = |name: &String| table.column(name).is_some();
        table.foreign_keys = self.foreign_keys().into_iter().filter(|key| key.columns.iter().all(lives)).collect();
        let of_key = key.indexes.iter().filter(|index| index.origin == Origin::PrimaryKey).cloned();
        let indexes: Vec<_> = of_key.chain(self.indexes(&table)).collect();
        let found = self.found.checks.iter().filter(|check| self.lives_in(&table, &check.expression));
        let mut checks: Vec<_> = found.cloned().collect();
        let is_known = |check: &&Check| checks.iter().any(|own| tidied(&own.expression) == tidied(&check.expression));
        let new: Vec<_> = self.wanted.checks.iter().filter(|check| !is_known(check)).cloned().collect();
        checks.extend(new);
        (table.checks, table.indexes) = (checks, indexes);
        Ok(table)
    }

    fn column(&self, found: &Column, keeps_key: bool, withheld: &mut Vec<Object>) -> Option<Column> {
        if found.generated.is_some() {
            return Some(found.clone());
        }
        let Some(wanted) = self.wanted.column(&found.name) else {
            if !self.allows_drops {
                withheld.push(Object::Column { table: self.found.name.clone(), name: found.name.clone() });
                let primary_key = found.primary_key.filter(|_| keeps_key);
                return Some(Column { primary_key, ..found.clone() });
            }
            return None;
        };
        let is_rowid = self.found.is_rowid(found);
        let primary_key = if keeps_key { found.primary_key } else { wanted.primary_key };
        if is_alike(found, wanted, is_rowid) {
            return Some(Column { primary_key, ..found.clone() });
        }
        let is_same_type = tidied(&found.declared_type).eq_ignore_ascii_case(&tidied(&wanted.declared_type));
        let default = match (&found.default, &wanted.default) {
            (Some(found), Some(wanted)) if is_same_default(found, wanted) => Some(found.clone()),
            (found, None) => found.clone(),
            (_, wanted) => wanted.clone(),
        };
        Some(Column {
            declared_type: if is_same_type { found.declared_type.clone() } else { wanted.declared_type.clone() },
            not_null: if is_rowid { found.not_null } else { wanted.not_null },
            default,
            primary_key,
            ..found.clone()
        })
    }

    fn check_strict(&self, columns: &[Column]) -> Result<(), DraftError> {
        match columns.iter().find(|column| !is_strict(&column.declared_type)) {
            None => Ok(()),
            Some(column) => Err(DraftError::Strict {
                table: self.found.name.clone(),
                column: column.name.clone(),
                ty: column.declared_type.clone(),
            }),
        }
    }

    fn keeps_key(&self) -> bool {
        let key = |table: &Table| table.primary_key().iter().map(|column| column.name.clone()).collect::<Vec<_>>();
        // As the type of its column changes, a key may become the rowid, or no longer be it.
        let is_as_before = self.found.without_rowid || self.found.rowid().is_some() == self.wanted.rowid().is_some();
        is_as_before && is_same_list(&key(self.found), &key(self.wanted))
    }

    /// The indexes beside that of the primary key.
    fn indexes(&self, table: &Table) -> Vec<Index> {
        let key: Vec<_> = table.primary_key().iter().map(|column| column.name.clone()).collect();
        let of_key = |columns: &[String]| is_same_set(columns, &key);
        let wanted: Vec<_> = self
            .wanted
            .indexes
            .iter()
            .filter(|index| index.origin != Origin::PrimaryKey && index.predicate.is_none())
            .filter_map(|index| Some((index, columns_of(index)?)))
            .filter(|(index, columns)| !(index.unique && of_key(columns)))
            .collect();
        let lives = |index: &Index| {
            let is_there = |column: &Term| match column {
                Term::Column(name) => table.column(name).is_some(),
                Term::Expression(sql) => self.lives_in(table, sql),
            };
            index.columns.iter().all(|column| is_there(&column.term))
                && index.predicate.as_ref().is_none_or(|sql| self.lives_in(table, sql))
        };
        let is_wanted = |index: &Index| match columns_of(index).filter(|_| index.unique && index.predicate.is_none()) {
            None => true,
            Some(columns) => {
                of_key(&columns) || wanted.iter().any(|(other, of)| other.unique && is_same_set(&columns, of))
            }
        };
        let is_redefined = |index: &Index| {
            let of_name = |other: &&(&Index, Vec<String>)| index.name.is_some() && other.0.name == index.name;
            wanted.iter().find(of_name).is_some_and(|(other, columns)| !serves(index, other.unique, columns))
        };
        let found = self.found.indexes.iter().filter(|index| index.origin != Origin::PrimaryKey);
        let mut indexes: Vec<_> =
            found.filter(|index| lives(index) && is_wanted(index) && !is_redefined(index)).cloned().collect();
        for (index, columns) in wanted {
            if indexes.iter().any(|found| serves(found, index.unique, &columns)) {
                continue;
            }
            let name = index.name.clone().unwrap_or_else(|| format!("idx-{}-{}", self.found.name, columns.join("-")));
            indexes.push(Index { name: Some(name), origin: Origin::Statement, ..index.clone() });
        }
        indexes
    }

    /// Whether an expression names no column that the table loses.
    fn lives_in(&self, table: &Table, sql: &str) -> bool {
        !self.found.columns.iter().any(|column| table.column(&column.name).is_none() && names(sql, &column.name))
    }

    fn foreign_keys(&self) -> Vec<ForeignKey> {
        let is_wanted =
            |found: &&ForeignKey| self.wanted.foreign_keys.iter().any(|wanted| is_same_key(self.have, found, wanted));
        let mut keys: Vec<_> = self.found.foreign_keys.iter().filter(is_wanted).cloned().collect();
        let is_known = |wanted: &&ForeignKey| !keys.iter().any(|found| is_same_key(self.have, found, wanted));
        let new: Vec<_> = self.wanted.foreign_keys.iter().filter(is_known).cloned().collect();
        keys.extend(new);
        keys
    }
}
