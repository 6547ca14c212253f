//! Generates the statements that create a schema.

use sea_orm::sea_query::{
    Alias, Check as CheckConstraint, ColumnDef, ColumnType, ConditionalStatement, Expr, ForeignKey as KeyConstraint,
    ForeignKeyAction, ForeignKeyCreateStatement, Index as IndexStatement, IndexCreateStatement, IndexOrder, IntoIden,
    SqliteQueryBuilder, Table as TableStatement, TableCreateStatement,
};

use super::schema::{Action, Check, Column, Conflict, ForeignKey, Generated, Index, Origin, Schema, Table, Term};
use super::sql::{DeclaredType, DefaultClause, OnConflict};
use crate::sql::lexer::without_comments_behind;
use crate::sql::quote::quoted;

impl Schema {
    /// Returns the statements that create an equal schema in an empty database, in an order that works.
    ///
    /// ```
    /// # #[cfg(feature = "native")]
    /// # futures_util::FutureExt::now_or_never(async {
    /// # use sea_orm::ConnectionTrait;
    /// # let (db, other) = (sea_orm_do::DoConnection::in_memory()?, sea_orm_do::DoConnection::in_memory()?);
    /// db.execute_unprepared("CREATE TABLE task (title TEXT); CREATE INDEX titles ON task (title)").await?;
    /// let schema = sea_orm_do::introspect(&db)?;
    /// for sql in schema.create_sql() {
    ///     other.execute_unprepared(&sql).await?;
    /// }
    /// assert_eq!(sea_orm_do::introspect(&other)?, schema);
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
    #[must_use]
    pub fn create_sql(&self) -> Vec<String> {
        let tables = self.tables.iter().map(Table::create_sql);
        let indexes = self.tables.iter().flat_map(Table::create_indexes_sql);
        let virtual_tables = self.virtual_tables.iter().map(|table| without_comments_behind(&table.sql));
        let views = self.views.iter().map(|view| without_comments_behind(&view.sql));
        let triggers = self.triggers.iter().map(|trigger| without_comments_behind(&trigger.sql));
        tables.chain(indexes).chain(virtual_tables).chain(views).chain(triggers).collect()
    }
}

impl Table {
    /// Returns SeaORM's statement that creates an equal table, without its named indexes.
    ///
    /// What sea-query cannot express, such as `COLLATE`, is in the `extra` of a column. Table constraints that it
    /// cannot express are in the `extra` of the last column, after a comma.
    ///
    /// ```
    /// # #[cfg(feature = "native")]
    /// # futures_util::FutureExt::now_or_never(async {
    /// # use sea_orm::ConnectionTrait;
    /// # let (db, other) = (sea_orm_do::DoConnection::in_memory()?, sea_orm_do::DoConnection::in_memory()?);
    /// db.execute_unprepared("CREATE TABLE task (title TEXT COLLATE NOCASE)").await?;
    /// let schema = sea_orm_do::introspect(&db)?;
    /// other.execute(schema.tables[0].to_statement().if_not_exists()).await?;
    /// assert_eq!(sea_orm_do::introspect(&other)?, schema);
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
    #[must_use]
    pub fn to_statement(&self) -> TableCreateStatement {
        let mut statement = TableStatement::create();
        statement.table(Alias::new(&self.name));
        let mut constraints = Vec::new();
        for index in &self.indexes {
            match self.constraint(index) {
                Some(Constraint::Statement(mut index)) if index.is_primary_key() => {
                    statement.primary_key(&mut index);
                }
                Some(Constraint::Statement(mut index)) => {
                    statement.index(&mut index);
                }
                Some(Constraint::Text(text)) => constraints.push(text),
                None => {}
            }
        }
        for key in &self.foreign_keys {
            match key.to_statement(&self.name) {
                Some(mut key) => {
                    statement.foreign_key(&mut key);
                }
                None => constraints.push(key.to_string()),
            }
        }
        for (at, column) in self.columns.iter().enumerate() {
            let (mut definition, mut extra) = column.to_definition();
            if self.key_of_column() == Some(column) {
                self.declare_key(&mut definition, &mut extra);
            }
            let mut extra = extra.join(" ");
            if at + 1 == self.columns.len() {
                constraints.iter().for_each(|constraint| extra.push_str(&format!(", {constraint}")));
            }
            if !extra.is_empty() {
                definition.extra(extra);
            }
            statement.col(&mut definition);
        }
        for check in &self.checks {
            statement.check(check.to_constraint());
        }
        if let Some(options) = self.options() {
            statement.extra(options);
        }
        statement
    }

    /// Returns the text of [`to_statement`](Self::to_statement).
    ///
    /// ```
    /// # #[cfg(feature = "native")]
    /// # futures_util::FutureExt::now_or_never(async {
    /// # use sea_orm::ConnectionTrait;
    /// # let db = sea_orm_do::DoConnection::in_memory()?;
    /// db.execute_unprepared("create table task(id integer primary key)").await?;
    /// let sql = sea_orm_do::introspect(&db)?.tables[0].create_sql();
    /// assert_eq!(sql, r#"CREATE TABLE "task" ( "id" INTEGER PRIMARY KEY )"#);
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
    #[must_use]
    pub fn create_sql(&self) -> String {
        self.to_statement().to_string(SqliteQueryBuilder)
    }

    /// Returns the CREATE INDEX statements of its named indexes.
    ///
    /// ```
    /// # #[cfg(feature = "native")]
    /// # futures_util::FutureExt::now_or_never(async {
    /// # use sea_orm::ConnectionTrait;
    /// # let db = sea_orm_do::DoConnection::in_memory()?;
    /// db.execute_unprepared("CREATE TABLE task (title TEXT UNIQUE); CREATE INDEX titles ON task (title DESC)").await?;
    /// let sql = sea_orm_do::introspect(&db)?.tables[0].create_indexes_sql();
    /// assert_eq!(sql, [r#"CREATE INDEX "titles" ON "task" ("title" COLLATE "BINARY" DESC)"#]);
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
    #[must_use]
    pub fn create_indexes_sql(&self) -> Vec<String> {
        self.indexes.iter().filter_map(|index| index.create_sql(&self.name)).collect()
    }

    /// The table options after the column list: STRICT, WITHOUT ROWID.
    pub(super) fn options(&self) -> Option<String> {
        let options = [(self.strict, "STRICT"), (self.without_rowid, "WITHOUT ROWID")];
        let options: Vec<_> = options.into_iter().filter(|(is_set, _)| *is_set).map(|(_, option)| option).collect();
        (!options.is_empty()).then(|| options.join(", "))
    }

    /// The single column whose definition declares the primary key. A rowid requires this, and other keys use it if
    /// possible.
    fn key_of_column(&self) -> Option<&Column> {
        let [key] = self.primary_key()[..] else { return None };
        let index = self.index_of_primary_key();
        // PRIMARY KEY (a, a) has an index with two columns.
        let is_alike = |index: &Index| matches!(&index.columns[..], [own] if own.collation == key.collation);
        index.is_none_or(is_alike).then_some(key)
    }

    fn declare_key(&self, definition: &mut ColumnDef, extra: &mut Vec<String>) {
        // A rowid has no order; an INTEGER PRIMARY KEY DESC is not a rowid:
        // https://www.sqlite.org/lang_createtable.html#rowid
        let descending =
            self.index_of_primary_key().is_some_and(|index| index.columns.iter().any(|own| own.descending));
        if self.primary_key_conflict == Conflict::Abort && !descending {
            definition.primary_key();
            if self.autoincrement {
                definition.auto_increment();
            }
            return;
        }
        let order = if descending { " DESC" } else { "" };
        let autoincrement = if self.autoincrement { " AUTOINCREMENT" } else { "" };
        extra.push(format!("PRIMARY KEY{order}{}{autoincrement}", OnConflict(self.primary_key_conflict)));
    }

    /// The constraint that an index belongs to; `None` if a CREATE INDEX or a column definition creates the index.
    fn constraint(&self, index: &Index) -> Option<Constraint> {
        let conflict = match index.origin {
            Origin::Statement => return None,
            Origin::PrimaryKey if self.key_of_column().is_some() => return None,
            Origin::PrimaryKey => self.primary_key_conflict,
            Origin::Unique => index.conflict,
        };
        let inherits = |name: &str, collation: &str| self.column(name).is_some_and(|own| own.collation == collation);
        let statement = index.to_columns(inherits).filter(|_| conflict == Conflict::Abort);
        Some(match statement {
            Some(mut statement) => {
                // `Table::to_statement` reads this mark.
                if index.origin == Origin::PrimaryKey {
                    statement.primary()
                } else {
                    statement.unique()
                };
                Constraint::Statement(Box::new(statement))
            }
            None => Constraint::Text(Index { conflict, ..index.clone() }.to_string()),
        })
    }
}

/// A constraint as a sea-query statement, or as text if sea-query cannot express it.
enum Constraint {
    Statement(Box<IndexCreateStatement>),
    Text(String),
}

impl Column {
    /// The column definition, and as text the parts that sea-query cannot express.
    fn to_definition(&self) -> (ColumnDef, Vec<String>) {
        let mut definition = ColumnDef::new(Alias::new(&self.name));
        let mut extra = Vec::new();
        if !self.declared_type.is_empty() {
            let declared = DeclaredType(&self.declared_type).to_string();
            definition = ColumnDef::new_with_type(Alias::new(&self.name), ColumnType::custom(declared));
        }
        match self.not_null_conflict {
            _ if !self.not_null => {}
            Conflict::Abort => {
                definition.not_null();
            }
            conflict => extra.push(format!("NOT NULL{}", OnConflict(conflict))),
        }
        match &self.default {
            // sea-query puts an expression in brackets, where a name would be a column.
            Some(default) if DefaultClause(default).is_name() => extra.push(format!("DEFAULT {default}")),
            Some(default) => {
                definition.default(Expr::cust(default.clone()));
            }
            None => {}
        }
        if let Some(Generated { expression, stored }) = &self.generated {
            definition.generated(Expr::cust(expression.clone()), *stored);
        }
        if self.collation != "BINARY" {
            extra.push(format!("COLLATE {}", quoted(&self.collation)));
        }
        (definition, extra)
    }
}

impl Index {
    /// Returns SeaORM's statement that creates this index on `table`.
    ///
    /// `None` for an index that belongs to a constraint, and for what sea-query cannot express in SQLite: an
    /// expression, a collation other than the column's, a quote in the name. [`create_sql`](Self::create_sql) can
    /// express all three.
    ///
    /// ```
    /// # #[cfg(feature = "native")]
    /// # futures_util::FutureExt::now_or_never(async {
    /// # use sea_orm::ConnectionTrait;
    /// # let db = sea_orm_do::DoConnection::in_memory()?;
    /// db.execute_unprepared("CREATE TABLE task (title TEXT UNIQUE); CREATE INDEX titles ON task (title)").await?;
    /// let task = sea_orm_do::introspect(&db)?.tables.remove(0);
    /// let statements: Vec<_> = task.indexes.iter().filter_map(|index| index.to_statement(&task)).collect();
    /// assert_eq!(statements.len(), 1);   // not the index of UNIQUE
    /// db.execute_unprepared("DROP INDEX titles").await?;
    /// db.execute(&statements[0]).await?;
    /// assert_eq!(sea_orm_do::introspect(&db)?.tables[0], task);
    /// # Ok::<_, sea_orm::DbErr>(())
    /// # }).unwrap().unwrap();
    /// ```
    #[must_use]
    pub fn to_statement(&self, table: &Table) -> Option<IndexCreateStatement> {
        let name = self.name.as_ref().filter(|name| !name.contains('"'))?;
        let inherits =
            |column: &str, collation: &str| table.column(column).is_some_and(|own| own.collation == collation);
        let mut statement = self.to_columns(inherits)?;
        statement.name(name).table(Alias::new(&table.name));
        if self.unique {
            statement.unique();
        }
        if let Some(predicate) = &self.predicate {
            statement.and_where(Expr::cust(predicate.clone()));
        }
        Some(statement)
    }

    fn to_columns(&self, inherits: impl Fn(&str, &str) -> bool) -> Option<IndexCreateStatement> {
        let mut statement = IndexStatement::create();
        for column in &self.columns {
            let Term::Column(name) = &column.term else { return None };
            if !inherits(name, &column.collation) {
                return None;
            }
            let name = Alias::new(name).into_iden();
            if column.descending {
                statement.col((name, IndexOrder::Desc))
            } else {
                statement.col(name)
            };
        }
        Some(statement)
    }
}

impl ForeignKey {
    /// `None` if sea-query cannot express it: a deferred key, or one that names no referenced columns.
    fn to_statement(&self, table: &str) -> Option<ForeignKeyCreateStatement> {
        if self.deferred || self.references.is_empty() {
            return None;
        }
        let mut statement = KeyConstraint::create();
        statement.from_tbl(Alias::new(table)).to_tbl(Alias::new(&self.table));
        self.columns.iter().for_each(|column| {
            statement.from_col(Alias::new(column));
        });
        self.references.iter().for_each(|column| {
            statement.to_col(Alias::new(column));
        });
        if self.on_delete != Action::NoAction {
            statement.on_delete(self.on_delete.into());
        }
        if self.on_update != Action::NoAction {
            statement.on_update(self.on_update.into());
        }
        Some(statement)
    }
}

impl From<Action> for ForeignKeyAction {
    fn from(action: Action) -> Self {
        match action {
            Action::NoAction => Self::NoAction,
            Action::Restrict => Self::Restrict,
            Action::SetNull => Self::SetNull,
            Action::SetDefault => Self::SetDefault,
            Action::Cascade => Self::Cascade,
        }
    }
}

impl Check {
    fn to_constraint(&self) -> CheckConstraint {
        let expression = Expr::cust(self.expression.clone());
        match &self.name {
            Some(name) => CheckConstraint::named(Alias::new(name), expression),
            None => CheckConstraint::unnamed(expression),
        }
    }
}
