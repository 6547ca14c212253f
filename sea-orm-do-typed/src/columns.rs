//! The columns that a call reads, by name or position, with their types.

use sea_orm::sea_query::ArrayType;

/// The columns that a call reads, and their types.
///
/// ```
/// use sea_orm_do_typed::scope::Reading;
/// use sea_orm_do_typed::{Columns, Keys};
///
/// let columns: Columns = Reading::tuple::<(i32, String)>().columns();
/// assert!(matches!(columns.keys(), Ok(Keys::Positions(types)) if types.len() == 2));
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Columns {
    keys: Keys,
    problem: Option<String>,
}

/// How a call finds its columns.
///
/// ```
/// use sea_orm_do_typed::{Columns, Keys};
///
/// fn shown(columns: &Columns) -> String {
///     match columns.keys() {
///         Ok(Keys::Names(columns)) => format!("{} columns by name", columns.len()),
///         Ok(Keys::Positions(types)) => format!("{} columns by position", types.len()),
///         Ok(_) => "every column".into(),
///         Err(why) => why.into(),
///     }
/// }
///
/// let mut columns = Columns::default();
/// columns.json();
/// assert_eq!((shown(&Columns::default()), shown(&columns)), ("0 columns by name".into(), "every column".into()));
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Keys {
    /// By name, each name once; other columns of the result are not read.
    Names(Vec<Column>),
    /// By position, from 0; columns after the last position are not read.
    Positions(Vec<ArrayType>),
    /// Every column, as plain JSON under its name.
    Json,
    /// Every column under its name, of the type that the driver knows, as that of a registered entity.
    Known,
}

impl Default for Keys {
    fn default() -> Self {
        Self::Names(Vec::new())
    }
}

/// A column that is read by its name.
///
/// ```
/// use sea_orm_do_typed::{Columns, Keys, TypedRow};
///
/// #[derive(TypedRow)]
/// struct Day {
///     tasks: i32,
///     hours: Option<f64>,
/// }
///
/// let mut columns = Columns::default();
/// Day::columns("", &mut columns);
/// let Ok(Keys::Names(columns)) = columns.keys() else { panic!() };
/// assert_eq!((columns[0].name.as_str(), columns[0].is_required, columns[1].is_required), ("tasks", true, false));
/// ```
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
    ///
    /// ```
    /// use sea_orm::sea_query::ArrayType;
    /// use sea_orm_do_typed::Columns;
    ///
    /// let mut columns = Columns::default();
    /// columns.name("day".into(), Ok(ArrayType::String), true);
    /// columns.name("day".into(), Ok(ArrayType::Int), true);
    /// assert!(columns.keys().unwrap_err().starts_with("column `day` is read as String and as Int"));
    /// ```
    pub fn keys(&self) -> Result<&Keys, &str> {
        self.problem.as_deref().map_or(Ok(&self.keys), Err)
    }

    /// Adds a column that is read by its name.
    ///
    /// ```
    /// use sea_orm::sea_query::ArrayType;
    /// use sea_orm_do_typed::{Column, Columns, Keys};
    ///
    /// let mut columns = Columns::default();
    /// columns.name("title".into(), Ok(ArrayType::String), true);
    /// let title = Column { name: "title".into(), ty: ArrayType::String, is_required: true };
    /// assert_eq!(columns.keys(), Ok(&Keys::Names(vec![title])));
    /// ```
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
    ///
    /// ```
    /// use sea_orm::sea_query::ArrayType;
    /// use sea_orm_do_typed::{Columns, Keys};
    ///
    /// let mut columns = Columns::default();
    /// columns.position(Ok(ArrayType::Int));
    /// assert_eq!(columns.keys(), Ok(&Keys::Positions(vec![ArrayType::Int])));
    /// columns.position(Err("SQLite has no arrays".into()));
    /// assert_eq!(columns.keys(), Err("column 2: SQLite has no arrays"));
    /// ```
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
            (Keys::Names(_) | Keys::Json | Keys::Known, _) => {
                self.refuse("a column is read by position, others by name".to_owned())
            }
        }
    }

    /// Adds columns that may all be missing from the result.
    ///
    /// ```
    /// use sea_orm::sea_query::ArrayType;
    /// use sea_orm_do_typed::{Columns, Keys};
    ///
    /// let mut columns = Columns::default();
    /// columns.optional(|columns| columns.name("title".into(), Ok(ArrayType::String), true));
    /// assert!(matches!(columns.keys(), Ok(Keys::Names(columns)) if !columns[0].is_required));
    /// ```
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
    ///
    /// ```
    /// use sea_orm_do_typed::{Columns, Keys};
    ///
    /// let mut columns = Columns::default();
    /// columns.json();
    /// assert_eq!(columns.keys(), Ok(&Keys::Json));
    /// ```
    pub fn json(&mut self) {
        self.keys = Keys::Json;
    }

    /// Reads every column by its name, of the type that the driver knows.
    ///
    /// ```
    /// use sea_orm_do_typed::{Columns, Keys};
    ///
    /// let mut columns = Columns::default();
    /// columns.known();
    /// assert_eq!(columns.keys(), Ok(&Keys::Known));
    /// ```
    pub fn known(&mut self) {
        self.keys = Keys::Known;
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
