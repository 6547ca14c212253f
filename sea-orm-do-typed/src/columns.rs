//! The columns that a call reads, by name or position, with their types.

use sea_orm::sea_query::ArrayType;

/// The columns that a call reads, and their types.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Columns {
    keys: Keys,
    problem: Option<String>,
}

/// How a call finds its columns.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Keys {
    /// By name, each name once; other columns of the result are not read.
    Names(Vec<Column>),
    /// By position, from 0; columns after the last position are not read.
    Positions(Vec<ArrayType>),
    /// Every column, as plain JSON under its name.
    Json,
}

impl Default for Keys {
    fn default() -> Self {
        Self::Names(Vec::new())
    }
}

/// A column that is read by its name.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// The name in the result, compared exactly.
    pub name: String,
    /// The type that it is read as.
    pub ty: ArrayType,
    /// Whether a result without this column is an error.
    pub is_required: bool,
}

impl Columns {
    /// Returns how the columns are found.
    ///
    /// # Errors
    /// The reason why the columns cannot be read: a field has a type that SQLite does not have, or two fields read one
    /// column as different types.
    pub fn keys(&self) -> Result<&Keys, &str> {
        self.problem.as_deref().map_or(Ok(&self.keys), Err)
    }

    /// Adds a column that is read by its name.
    pub fn name(&mut self, name: String, ty: Result<ArrayType, String>, is_required: bool) {
        let ty = match ty {
            Ok(ty) => ty,
            Err(why) => return self.refuse(format!("column `{name}`: {why}")),
        };
        let Keys::Names(columns) = &mut self.keys else {
            return self.refuse(format!("column `{name}` is read by name, others by position"));
        };
        match columns.iter_mut().find(|column| column.name == name) {
            None => columns.push(Column { name, ty, is_required }),
            Some(known) if known.ty == ty => known.is_required |= is_required,
            Some(known) => {
                let why = format!(
                    "column `{name}` is read as {:?} and as {ty:?}: select it twice, under two names",
                    known.ty
                );
                self.refuse(why);
            }
        }
    }

    /// Adds the column at the next position.
    pub fn position(&mut self, ty: Result<ArrayType, String>) {
        if let Keys::Names(names) = &self.keys
            && names.is_empty()
        {
            self.keys = Keys::Positions(Vec::new());
        }
        match (&mut self.keys, ty) {
            (Keys::Positions(columns), Ok(ty)) => columns.push(ty),
            (Keys::Positions(columns), Err(why)) => {
                let at = columns.len() + 1;
                self.refuse(format!("column {at}: {why}"));
            }
            (Keys::Names(_) | Keys::Json, _) => self.refuse("a column is read by position, others by name".to_owned()),
        }
    }

    /// Adds columns that may all be missing from the result.
    pub fn optional(&mut self, add: impl FnOnce(&mut Self)) {
        let mut inner = Self::default();
        add(&mut inner);
        if let Some(why) = inner.problem {
            self.refuse(why);
        }
        if let Keys::Names(columns) = inner.keys {
            columns.into_iter().for_each(|column| self.name(column.name, Ok(column.ty), false));
        }
    }

    /// Reads every column as plain JSON.
    pub fn json(&mut self) {
        self.keys = Keys::Json;
    }

    fn refuse(&mut self, why: String) {
        self.problem.get_or_insert(why);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_has_one_type() {
        let mut columns = Columns::default();
        columns.name("id".to_owned(), Ok(ArrayType::Int), false);
        columns.name("id".to_owned(), Ok(ArrayType::Int), true);
        let id = Column { name: "id".to_owned(), ty: ArrayType::Int, is_required: true };
        assert_eq!(columns.keys(), Ok(&Keys::Names(vec![id])));
        columns.name("id".to_owned(), Ok(ArrayType::BigInt), true);
        assert!(columns.keys().is_err_and(|why| why.contains("`id` is read as Int and as BigInt")));
    }

    #[test]
    fn names_what_cannot_be_read() {
        let mut columns = Columns::default();
        columns.position(Ok(ArrayType::Int));
        columns.position(Err("SQLite has no arrays".to_owned()));
        assert_eq!(columns.keys(), Err("column 2: SQLite has no arrays"));
    }
}
