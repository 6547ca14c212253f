//! The Rust names that sea-orm-codegen derives from the names of tables and columns.

use std::collections::HashMap;

use heck::{ToSnakeCase, ToUpperCamelCase};

use super::error::Problem;
use crate::introspect::{Column, Table};

/// Not valid as names in Rust, not even with `r#`.
const NEVER: [&str; 5] = ["crate", "self", "super", "Self", "_"];

/// The module of a table.
pub(super) fn module(table: &str) -> String {
    let name = table.to_snake_case();
    if syn::parse_str::<syn::Ident>(&name).is_ok() { name } else { format!("r#{name}") }
}

/// The file of a table.
pub(super) fn file(table: &str) -> String {
    format!("{}.rs", table.to_snake_case())
}

/// The field of a column.
pub(super) fn field(column: &str) -> String {
    module(column)
}

/// Returns the problems with the names of tables. `prelude.rs` and `mod.rs` or `lib.rs` are the generator's own files.
pub(super) fn of_tables(tables: &[&Table]) -> Vec<Problem> {
    let taken = ["prelude", "mod", "lib"].map(|name| (name.to_upper_camel_case(), name));
    let names = tables.iter().map(|table| Name {
        what: format!("table `{}`", table.name),
        name: &table.name,
        table: &table.name,
    });
    problems(HashMap::from(taken), names)
}

/// Returns the problems with the names of a table's columns.
pub(super) fn of_columns(table: &Table, columns: &[&Column]) -> Vec<Problem> {
    let what = |column: &str| format!("column `{column}` of table `{}`", table.name);
    let names = columns.iter().map(|column| Name { what: what(&column.name), name: &column.name, table: &table.name });
    problems(HashMap::new(), names)
}

struct Name<'a> {
    what: String,
    name: &'a str,
    table: &'a str,
}

/// Returns the problems with the names in one scope. Names that differ in snake case can be equal in camel case, but
/// not the reverse.
fn problems<'a>(mut seen: HashMap<String, &'a str>, names: impl Iterator<Item = Name<'a>>) -> Vec<Problem> {
    let problem = |Name { what, name, table }: Name<'a>| {
        let table = table.to_owned();
        if !is_name(&name.to_snake_case()) || !is_name(&name.to_upper_camel_case()) {
            return Some(Problem::NoName { what, table });
        }
        let other = seen.insert(name.to_upper_camel_case(), name)?;
        Some(Problem::SameName { what, other: other.to_owned(), table })
    };
    names.filter_map(problem).collect()
}

fn is_name(name: &str) -> bool {
    let is_ident = |text: &str| syn::parse_str::<syn::Ident>(text).is_ok();
    !NEVER.contains(&name) && (is_ident(name) || is_ident(&format!("r#{name}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(names: &[&str]) -> Vec<String> {
        let columns: Vec<_> =
            names.iter().map(|name| Column { name: (*name).to_owned(), ..Default::default() }).collect();
        let table = Table { name: "t".to_owned(), ..Default::default() };
        of_columns(&table, &columns.iter().collect::<Vec<_>>()).iter().map(Problem::to_string).collect()
    }

    #[test]
    fn takes_what_can_be_a_name() {
        assert_eq!(check(&["id", "the name", "x\"y", "type", "größe", "名前", "HTTPCode", "_hidden"]), [""; 0]);
    }

    #[test]
    fn names_what_cannot() {
        for name in ["", "--", "1st", "self", "☃"] {
            let [problem] = &check(&[name])[..] else { panic!("{name} passes") };
            assert!(problem.starts_with(&format!("column `{name}` of table `t` has no name in Rust")), "{problem}");
        }
        let [problem] = &check(&["a b", "a_b"])[..] else { panic!("the same name passes") };
        assert!(problem.starts_with("column `a_b` of table `t` has the same name in Rust as `a b`"), "{problem}");
    }
}
