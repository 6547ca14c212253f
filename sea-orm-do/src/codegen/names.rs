//! The Rust names that sea-orm-codegen derives from the names of tables and columns, and names for what it cannot name.

use std::collections::HashSet;

use heck::{ToSnakeCase, ToUpperCamelCase};

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

/// The names under which the generator gets the tables; `None` for a name without letters and digits. `prelude.rs` and
/// `mod.rs` or `lib.rs` are the generator's own files.
pub(super) fn of_tables(tables: &[&Table]) -> Vec<Option<String>> {
    let names = tables.iter().map(|table| table.name.as_str());
    chosen(names, "table", &["prelude", "mod", "lib"])
}

/// The same for the columns of a table.
pub(super) fn of_columns(columns: &[&Column]) -> Vec<Option<String>> {
    chosen(columns.iter().map(|column| column.name.as_str()), "column", &[])
}

/// Chooses a name for each name in one scope: the name itself, or another one if it is not valid in Rust, or the same as
/// an earlier name. Names that differ in snake case can be equal in camel case, but not the reverse.
fn chosen<'a>(names: impl Iterator<Item = &'a str>, prefix: &str, taken: &[&str]) -> Vec<Option<String>> {
    let mut taken: HashSet<_> = taken.iter().map(|name| name.to_upper_camel_case()).collect();
    let choose = |name: &'a str| {
        let snake = name.to_snake_case();
        if snake.is_empty() {
            return None;
        }
        let is_valid = is_name(&snake) && is_name(&name.to_upper_camel_case());
        let first = if is_valid { name.to_owned() } else { format!("{prefix}_{snake}") };
        let numbered = (2..).map(|number| format!("{}_{number}", first.to_snake_case()));
        let all = std::iter::once(first.clone()).chain(numbered);
        let mut free = all.filter(|name| is_name(&name.to_snake_case()) && taken.insert(name.to_upper_camel_case()));
        free.next()
    };
    names.map(choose).collect()
}

fn is_name(name: &str) -> bool {
    let is_ident = |text: &str| syn::parse_str::<syn::Ident>(text).is_ok();
    !NEVER.contains(&name) && (is_ident(name) || is_ident(&format!("r#{name}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen_columns(names: &[&str]) -> Vec<String> {
        let columns: Vec<_> =
            names.iter().map(|name| Column { name: (*name).to_owned(), ..Default::default() }).collect();
        of_columns(&columns.iter().collect::<Vec<_>>()).into_iter().map(Option::unwrap_or_default).collect()
    }

    #[test]
    fn keeps_what_can_be_a_name() {
        let names = ["id", "the name", "x\"y", "type", "größe", "名前", "HTTPCode", "_hidden"];
        assert_eq!(chosen_columns(&names), names);
    }

    #[test]
    fn chooses_another_name_for_what_cannot() {
        let names = ["self", "super", "Crate", "2fa", "1st", "a b", "a_b", "A-B", "a_b_2"];
        let chosen = ["column_self", "column_super", "column_crate", "column_2fa", "column_1st"];
        let numbered = ["a b", "a_b_2", "a_b_3", "a_b_2_2"];
        assert_eq!(chosen_columns(&names), [&chosen[..], &numbered].concat());
        assert_eq!(chosen_columns(&["", "--", "☃"]), ["", "", ""]);
        let table = |name: &str| Table { name: name.to_owned(), ..Default::default() };
        let tables = [table("mod"), table("self"), table("2024")];
        let chosen = of_tables(&tables.iter().collect::<Vec<_>>());
        assert_eq!(chosen.into_iter().flatten().collect::<Vec<_>>(), ["mod_2", "table_self", "table_2024"]);
    }
}
