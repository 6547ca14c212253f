//! Resolves the column names in a statement as SQLite does: `lookupName()` in its resolve.c and `selectExpander()` in
//! its select.c.

use std::cell::RefCell;

use super::catalog::ColumnKind;
use super::declared::Affinity;
use super::expr_type::{ExprType, Type};
use crate::sql::ast::{Cte, Join};

/// A table, view, subquery or common table expression, under the name that qualifies its columns.
#[derive(Clone, Debug)]
pub(crate) struct Relation {
    pub(crate) name: String,
    /// In order; `None` if they are unknown.
    pub(crate) columns: Option<Vec<Column>>,
    /// The columns of USING and NATURAL, which `*` lists once.
    pub(crate) shared: Vec<String>,
    /// How it is joined to the relations before it.
    pub(crate) join: Join,
    /// The rowid, which is a column but not listed.
    pub(crate) rowid: Option<ExprType>,
    /// Whether it is a join in parentheses, whose tables can still be named.
    pub(crate) is_join: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) typed: ExprType,
    pub(crate) kind: ColumnKind,
    /// Where it comes from, if that is a join in parentheses.
    pub(crate) in_join: Option<InJoin>,
}

/// A column of a table in a join in parentheses.
#[derive(Clone, Debug)]
pub(crate) struct InJoin {
    /// `None` for a column that tables share.
    pub(crate) table: Option<String>,
    pub(crate) name: String,
    /// Whether `*` lists another column of the join in its place.
    pub(crate) is_shared: bool,
}

impl Column {
    pub(crate) fn plain(name: String, typed: ExprType) -> Self {
        Self { name, typed, kind: ColumnKind::Plain, in_join: None }
    }

    fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

/// The relations of one SELECT, and the scopes around it.
#[derive(Debug, Default)]
pub(crate) struct Scope<'a> {
    pub(crate) relations: Vec<Relation>,
    pub(crate) with: With<'a>,
    pub(crate) outer: Option<&'a Scope<'a>>,
}

/// The common table expressions of one WITH. Each can name all of them, in any order.
#[derive(Debug, Default)]
pub(crate) struct With<'a> {
    pub(crate) ctes: &'a [Cte],
    /// What is known about each, once it was analysed.
    pub(crate) known: RefCell<Vec<Known>>,
}

/// What is known about a common table expression.
#[derive(Clone, Debug, Default)]
pub(crate) enum Known {
    #[default]
    Nothing,
    /// It is being analysed; the columns of its first term, once they are known.
    Running(Option<Relation>),
    Done(Relation),
}

impl Scope<'_> {
    pub(crate) fn within<'a>(outer: &'a Scope<'a>) -> Scope<'a> {
        Scope { outer: Some(outer), ..Scope::default() }
    }

    /// A scope in which the names of a WITH are known.
    pub(crate) fn with<'a>(ctes: &'a [Cte], outer: &'a Scope<'a>) -> Scope<'a> {
        let known = RefCell::new(vec![Known::Nothing; ctes.len()]);
        Scope { with: With { ctes, known }, outer: Some(outer), ..Scope::default() }
    }

    /// The common table expression of this name: the scope of its WITH, and its position there.
    pub(crate) fn cte(&self, name: &str) -> Option<(&Self, usize)> {
        match self.with.ctes.iter().position(|cte| cte.name.eq_ignore_ascii_case(name)) {
            Some(at) => Some((self, at)),
            None => self.outer?.cte(name),
        }
    }

    /// The type of the column that a name refers to, in the innermost SELECT that has it.
    pub(crate) fn column(&self, table: Option<&str>, name: &str) -> ExprType {
        self.named(table, name).map_or_else(unknown, |(_, typed)| typed)
    }

    /// Whether no column has this name.
    pub(crate) fn lacks(&self, name: &str) -> bool {
        matches!(find(&self.relations, None, name), Found::Nothing) && self.outer.is_none_or(|outer| outer.lacks(name))
    }

    /// The column that a name refers to: its name in its table, and its type.
    pub(crate) fn named(&self, table: Option<&str>, name: &str) -> Option<(String, ExprType)> {
        match find(&self.relations, table, name) {
            Found::Column(name, typed) => Some((name, typed)),
            Found::Nothing => self.outer?.named(table, name),
            Found::Unknown => None,
        }
    }
}

/// What a name refers to among the relations of one SELECT.
pub(crate) enum Found {
    Column(String, ExprType),
    Nothing,
    /// A relation whose columns are unknown might have it.
    Unknown,
}

pub(crate) fn find(relations: &[Relation], table: Option<&str>, name: &str) -> Found {
    let mut found: Option<(String, ExprType)> = None;
    // A join in parentheses has the rowids of its tables, in addition to a column of that name.
    if is_rowid(name) && relations.iter().any(|relation| relation.is_join) {
        return Found::Unknown;
    }
    for relation in relations {
        if relation.columns.is_none() && (table.is_none_or(|table| relation.is_called(table)) || relation.is_join) {
            return Found::Unknown;
        }
        let Some((own, typed)) = relation.column(table, name) else { continue };
        let is_shared = relation.shared.iter().any(|shared| shared.eq_ignore_ascii_case(name));
        found = match found {
            None => Some((own, typed)),
            Some(before) if !is_shared => Some(before),
            Some(before) => match relation.join {
                Join { right: false, .. } => Some(before),
                Join { left: false, right: true } => Some((own, typed)),
                // SQLite takes the one that is not NULL, which is an expression without a name.
                Join { left: true, right: true } => Some((String::new(), before.1.uncertain())),
            },
        };
    }
    if let Some((name, typed)) = found {
        return Found::Column(name, typed);
    }
    if !is_rowid(name) {
        return Found::Nothing;
    }
    let of_table = |relation: &&Relation| table.is_none_or(|table| relation.is_called(table));
    let rowid = relations.iter().filter(of_table).find_map(|relation| relation.rowid.clone());
    rowid.map_or(Found::Nothing, |rowid| Found::Column(String::new(), rowid))
}

impl Relation {
    /// A relation that nothing is known about.
    pub(crate) fn unknown(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            columns: None,
            shared: Vec::new(),
            join: Join::default(),
            rowid: None,
            is_join: false,
        }
    }

    fn is_called(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// Sets the columns that it shares in a NATURAL JOIN with these relations.
    pub(crate) fn share_with(&mut self, left: &[Relation]) {
        let has = |name: &str| left.iter().any(|relation| relation.column(None, name).is_some());
        let is_join = self.is_join || left.iter().any(|relation| relation.is_join);
        if is_join && (has("_rowid_") || self.column(None, "_rowid_").is_some()) {
            // SQLite adds the rowids of the tables to a join in parentheses, under this name.
            self.columns = None;
        }
        let columns = self.columns.iter().flatten().filter(|column| column.kind != ColumnKind::Hidden);
        self.shared = columns.map(|column| &column.name).filter(|name| has(name)).cloned().collect();
    }

    /// A listed column: its own name, and its type.
    pub(crate) fn column(&self, table: Option<&str>, name: &str) -> Option<(String, ExprType)> {
        let is_in_join = |column: &&Column| {
            column.in_join.as_ref().is_some_and(|of| {
                let is_of = |table: &str| of.table.as_deref().is_some_and(|of| of.eq_ignore_ascii_case(table));
                of.name.eq_ignore_ascii_case(name) && table.is_none_or(is_of)
            })
        };
        let is_own = |column: &&Column| column.is(name) && table.is_none_or(|table| self.is_called(table));
        let columns = || self.columns.iter().flatten();
        let in_join = if self.is_join { columns().find(is_in_join) } else { None };
        let column = in_join.or_else(|| columns().find(is_own))?;
        Some((column.name.clone(), column.typed.clone()))
    }
}

/// The columns of `*`, or of `table.*`; `None` if they are unknown.
pub(crate) fn star(relations: &[Relation], table: Option<&str>) -> Option<Vec<Column>> {
    let mut columns = Vec::new();
    for (at, relation) in relations.iter().enumerate() {
        let is_called = table.is_none_or(|table| !relation.is_join && relation.is_called(table));
        if !is_called && !relation.is_join {
            continue;
        }
        let others = || relations.iter().enumerate().filter(move |(other, _)| *other != at);
        let is_name_of_two = others().any(|(_, other)| !other.name.is_empty() && other.is_called(&relation.name));
        let behind = || relations.iter().skip(at + 1);
        for column in relation.columns.as_ref()? {
            let in_join = column.in_join.as_ref();
            let of = in_join.and_then(|of| of.table.as_deref());
            // `table.*` finds a join in parentheses by its tables, not by its alias.
            let is_of_table = is_called || of.zip(table).is_some_and(|(of, table)| of.eq_ignore_ascii_case(table));
            let is_shared = table.is_none()
                && (in_join.is_some_and(|of| of.is_shared) || relation.shared.iter().any(|shared| column.is(shared)));
            if !is_of_table || is_shared || column.kind == ColumnKind::Hidden {
                continue;
            }
            let is_joined = || behind().any(|later| later.shared.iter().any(|shared| column.is(shared)));
            // SQLite looks up the column by its name. With a RIGHT or FULL JOIN the value may come from another table,
            // and a table inside a join may have the name too.
            let looked_up = if is_name_of_two {
                Found::Unknown
            } else if behind().any(|later| later.join.right) && is_joined() {
                find(relations, None, &column.name)
            } else if relation.is_join && (relations.len() == 1 || !relation.name.is_empty()) {
                find(relations, (relations.len() > 1).then_some(relation.name.as_str()), &column.name)
            } else {
                Found::Nothing
            };
            columns.push(match looked_up {
                Found::Column(_, typed) => Column { typed, ..column.clone() },
                Found::Nothing => column.clone(),
                Found::Unknown => Column { typed: unknown(), ..column.clone() },
            });
        }
    }
    Some(columns)
}

/// A join in parentheses as a source: a subquery of all its columns, whose tables can still be named.
pub(crate) fn joined(name: &str, relations: Vec<Relation>) -> Relation {
    let columns = columns_of_join(&relations);
    Relation { columns, is_join: true, ..Relation::unknown(name) }
}

fn columns_of_join(relations: &[Relation]) -> Option<Vec<Column>> {
    let mut columns = Vec::new();
    // SQLite adds the rowids of the tables under this name, which such a column would have too.
    if relations.iter().any(|relation| relation.column(None, "_rowid_").is_some()) {
        return None;
    }
    // The positions of the columns of USING.
    let mut terms = Vec::new();
    for (at, relation) in relations.iter().enumerate() {
        let next = relations.get(at + 1);
        // First, each column of USING.
        for name in next.iter().flat_map(|next| &next.shared) {
            let (own, taken_by) = once(name.clone(), &columns);
            let is_shared = taken_by.iter().any(|taken_by| terms.contains(taken_by));
            let typed = match find(relations, None, name) {
                Found::Column(_, typed) => typed,
                Found::Nothing | Found::Unknown => unknown(),
            };
            terms.push(columns.len());
            let in_join = Some(InJoin { table: None, name: name.clone(), is_shared });
            columns.push(Column { in_join, ..Column::plain(own, typed) });
        }
        for column in relation.columns.as_ref()? {
            let shares = |relation: &Relation| relation.shared.iter().any(|shared| column.is(shared));
            let (name, taken_by) = once(column.name.clone(), &columns);
            let is_shared = shares(relation)
                || next.is_some_and(shares)
                || taken_by.iter().any(|taken_by| terms.contains(taken_by));
            let in_join = match &column.in_join {
                Some(of) => InJoin { is_shared: is_shared || of.is_shared, ..of.clone() },
                None => InJoin { table: Some(relation.name.clone()), name: column.name.clone(), is_shared },
            };
            columns.push(Column { name, in_join: Some(in_join), ..column.clone() });
        }
    }
    Some(columns)
}

/// A name that no column before it has, as `sqlite3ColumnsFromExprList()` makes it: `id`, `id:1`, `id:2`; and the
/// positions of the columns that have the names tried. After `id:4` SQLite tries a random number, and the name returned
/// is empty.
pub(crate) fn once(name: String, known: &[Column]) -> (String, Vec<usize>) {
    let holder = |name: &str| known.iter().position(|known| known.is(name));
    let Some(first) = holder(&name).filter(|_| !name.is_empty()) else { return (name, Vec::new()) };
    let stem = match name.rsplit_once(':') {
        Some((stem, digits)) if !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit()) => stem,
        _ => &name,
    };
    let mut taken_by = vec![first];
    for count in 1..=4 {
        let name = format!("{stem}:{count}");
        match holder(&name) {
            Some(holder) => taken_by.push(holder),
            None => return (name, taken_by),
        }
    }
    (String::new(), taken_by)
}

/// Whether a name is one of the rowid, if no column has it: <https://www.sqlite.org/rowidtable.html>.
pub(crate) fn is_rowid(name: &str) -> bool {
    ["rowid", "_rowid_", "oid"].iter().any(|rowid| name.eq_ignore_ascii_case(rowid))
}

/// The type of a column that was not found. It may have any affinity; TEXT is the one for which integers must be cast.
pub(crate) fn unknown() -> ExprType {
    ExprType { affinity: Affinity::Text, ..ExprType::of(Type::Dynamic) }
}
