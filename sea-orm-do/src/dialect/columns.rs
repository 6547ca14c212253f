//! Which type a result column has, read from the statement before it is sent.
//!
//! SeaORM turns a value of another type than it asked for into a silent `None`, and does not tell the driver what it
//! asks for. So the SELECT or RETURNING list is read here, and a column whose type cannot be told is an error.

use sea_orm::sea_query::ArrayType;

use super::lex::{Kind, Token, tokens};
use super::registry::Registry;

/// The types of a statement's result columns, in order; empty when it returns no rows.
///
/// # Errors
/// The reason, naming the column or table: an unregistered table, a column that no entity has, an expression whose type
/// is not known.
pub(crate) fn result_types(sql: &str, registry: &Registry) -> Result<Vec<ArrayType>, String> {
    let tokens: Vec<_> = tokens(sql).filter(|token| token.kind != Kind::Space).collect();
    let Some(first) = tokens.first() else { return Ok(Vec::new()) };
    let (list, tables) = if first.is_word("SELECT") {
        let list_end = at_top(&tokens, |t| t.is_word("FROM")).unwrap_or(tokens.len());
        let list_start = 1 + usize::from(tokens.get(1).is_some_and(|t| t.is_word("DISTINCT") || t.is_word("ALL")));
        (&tokens[list_start.min(list_end)..list_end], tables_of(&tokens[list_end..]))
    } else if ["INSERT", "REPLACE", "UPDATE", "DELETE"].iter().any(|word| first.is_word(word)) {
        let Some(returning) = at_top(&tokens, |t| t.is_word("RETURNING")) else { return Ok(Vec::new()) };
        (&tokens[returning + 1..], target_of(&tokens).into_iter().collect())
    } else if first.is_word("WITH") || first.is_word("VALUES") || first.is_word("PRAGMA") || first.is_word("EXPLAIN") {
        return Err(format!("the result columns of a {} statement are not read yet", first.text));
    } else {
        return Ok(Vec::new());
    };
    split_at_top(list, |t| t.is_symbol(",")).map(|item| item_type(item, &tables, registry)).collect()
}

/// A table of a FROM clause, under the name that columns use for it.
#[derive(Debug)]
struct Table {
    alias: String,
    /// `None` for a subquery.
    name: Option<String>,
}

fn item_type(item: &[Token<'_>], tables: &[Table], registry: &Registry) -> Result<ArrayType, String> {
    expression_type(without_alias(item), tables, registry)
}

/// `expression AS name` or `expression name`, without the name.
fn without_alias<'a, 'b>(item: &'a [Token<'b>]) -> &'a [Token<'b>] {
    match item {
        [expression @ .., keyword, name] if keyword.is_word("AS") && name.name().is_some() => expression,
        [expression @ .., last, name] if name.name().is_some() && (last.name().is_some() || last.is_symbol(")")) => {
            // `a b` is `a AS b`, but `a.b` has a dot between.
            if expression.is_empty() && last.name().is_none() { item } else { &item[..item.len() - 1] }
        }
        _ => item,
    }
}

fn expression_type(expression: &[Token<'_>], tables: &[Table], registry: &Registry) -> Result<ArrayType, String> {
    match expression {
        [column] if column.kind == Kind::QuotedName || column.kind == Kind::Word => {
            column_type(None, &column.name().unwrap_or_default(), tables, registry)
        }
        [table, dot, column] if dot.is_symbol(".") => {
            column_type(table.name().as_deref(), &column.name().unwrap_or_default(), tables, registry)
        }
        [number] if number.kind == Kind::Number && number.text.bytes().all(|b| b.is_ascii_digit()) => {
            Ok(ArrayType::BigInt)
        }
        [function, open, argument @ .., close] if open.is_symbol("(") && close.is_symbol(")") => {
            if function.is_word("COUNT") {
                Ok(ArrayType::BigInt)
            } else if function.is_word("MAX") || function.is_word("MIN") {
                expression_type(argument, tables, registry)
            } else {
                Err(untold(expression))
            }
        }
        _ => Err(untold(expression)),
    }
}

fn untold(expression: &[Token<'_>]) -> String {
    let text: Vec<_> = expression.iter().map(|token| token.text).collect();
    format!("the type of result column `{}` cannot be told yet", text.join(" "))
}

fn column_type(
    qualifier: Option<&str>,
    column: &str,
    tables: &[Table],
    registry: &Registry,
) -> Result<ArrayType, String> {
    let table = match (qualifier, tables) {
        (Some(qualifier), _) => tables.iter().find(|table| table.alias.eq_ignore_ascii_case(qualifier)),
        (None, [table]) => Some(table),
        (None, _) => return Err(format!("column `{column}` has no table before it, and there is not just one")),
    };
    let Some(name) = table.and_then(|table| table.name.as_deref()) else {
        return Err(format!("the table of result column `{column}` cannot be told yet"));
    };
    let Some(columns) = registry.table(name) else {
        return Err(format!(
            "table `{name}` has no registered entity: call register::<{name}::Entity>() on the connection"
        ));
    };
    columns
        .get(&column.to_ascii_lowercase())
        .cloned()
        .ok_or_else(|| format!("the entity registered for table `{name}` has no column `{column}`"))
}

/// The target of an INSERT, UPDATE or DELETE.
fn target_of(tokens: &[Token<'_>]) -> Option<Table> {
    let start = if tokens.first()?.is_word("UPDATE") {
        1 + if tokens.get(1)?.is_word("OR") { 2 } else { 0 }
    } else {
        1 + tokens.iter().position(|t| t.is_word("INTO") || t.is_word("FROM"))?
    };
    table_at(tokens, start).map(|(table, _)| table)
}

/// The tables of what follows a SELECT list: those behind FROM, JOIN and the commas between them.
fn tables_of(tokens: &[Token<'_>]) -> Vec<Table> {
    let end = at_top(tokens, |t| {
        ["WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "WINDOW", "UNION", "EXCEPT", "INTERSECT"]
            .iter()
            .any(|word| t.is_word(word))
    });
    let tokens = &tokens[..end.unwrap_or(tokens.len())];
    let mut tables = Vec::new();
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at += 1;
        depth = depth_after(depth, token);
        let announced = depth == 0 && (token.is_word("FROM") || token.is_word("JOIN") || token.is_symbol(","));
        if let Some((table, next)) = table_at(tokens, at).filter(|_| announced) {
            tables.push(table);
            at = next;
        }
    }
    tables
}

/// `name`, `schema.name` or `(subquery)`, with an alias or without, and the position behind it.
fn table_at(tokens: &[Token<'_>], at: usize) -> Option<(Table, usize)> {
    const NO_ALIAS: [&str; 16] = [
        "INNER", "LEFT", "RIGHT", "FULL", "CROSS", "NATURAL", "OUTER", "JOIN", "ON", "USING", "SET", "VALUES",
        "DEFAULT", "SELECT", "INDEXED", "NOT",
    ];
    let (mut name, mut next) = if tokens.get(at)?.is_symbol("(") {
        let length = matching(&tokens[at..]);
        (None, at + length)
    } else {
        (Some(tokens.get(at)?.name()?), at + 1)
    };
    if tokens.get(next).is_some_and(|t| t.is_symbol(".")) {
        name = Some(tokens.get(next + 1)?.name()?);
        next += 2;
    }
    let mut alias = None;
    if tokens.get(next).is_some_and(|t| t.is_word("AS")) {
        alias = tokens.get(next + 1).and_then(Token::name);
        next += 2;
    } else if let Some(token) = tokens.get(next)
        && !NO_ALIAS.iter().any(|word| token.is_word(word))
        && let Some(name) = token.name()
    {
        alias = Some(name);
        next += 1;
    }
    let alias = alias.or_else(|| name.clone()).unwrap_or_default();
    Some((Table { alias, name }, next))
}

fn depth_after(depth: usize, token: &Token<'_>) -> usize {
    if token.is_symbol("(") {
        depth + 1
    } else if token.is_symbol(")") {
        depth.saturating_sub(1)
    } else {
        depth
    }
}

/// The number of tokens of a bracketed part that begins here.
fn matching(tokens: &[Token<'_>]) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate() {
        depth = depth_after(depth, token);
        if depth == 0 {
            return at + 1;
        }
    }
    tokens.len()
}

/// The position of the first token outside of brackets that `accept` takes.
fn at_top(tokens: &[Token<'_>], accept: impl Fn(&Token<'_>) -> bool) -> Option<usize> {
    let mut depth = 0;
    tokens.iter().position(|token| {
        depth = depth_after(depth, token);
        depth == 0 && accept(token)
    })
}

fn split_at_top<'a, 'b>(
    tokens: &'a [Token<'b>],
    separator: impl Fn(&Token<'b>) -> bool,
) -> impl Iterator<Item = &'a [Token<'b>]> {
    let mut depth = 0;
    tokens.split(move |token| {
        depth = depth_after(depth, token);
        depth == 0 && separator(token)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    mod cake {
        use sea_orm::entity::prelude::*;

        #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
        #[sea_orm(table_name = "cake")]
        pub struct Model {
            #[sea_orm(primary_key)]
            pub id: i32,
            pub name: String,
            pub price: Option<f64>,
        }

        #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
        pub enum Relation {}

        impl ActiveModelBehavior for ActiveModel {}
    }

    fn types(sql: &str) -> Result<Vec<ArrayType>, String> {
        let mut registry = Registry::default();
        registry.register::<cake::Entity>();
        result_types(sql, &registry)
    }

    #[test]
    fn reads_the_list_of_a_select() {
        use ArrayType::{BigInt, Double, Int, String};
        assert_eq!(types(r#"SELECT "cake"."id", "cake"."name" FROM "cake" WHERE 1"#), Ok(vec![Int, String]));
        assert_eq!(types("SELECT c.price p, COUNT(*) AS n, MAX(c.id) FROM Cake AS c"), Ok(vec![Double, BigInt, Int]));
        assert_eq!(types(r#"SELECT "r1"."id" AS "A_id" FROM "x" LEFT JOIN "cake" "r1" ON 1"#), Ok(vec![Int]));
        assert_eq!(
            types(r#"SELECT COUNT(*) AS num_items FROM (SELECT "x"."y" FROM "x") AS "sub_query""#),
            Ok(vec![BigInt])
        );
    }

    #[test]
    fn reads_the_list_of_a_returning_clause() {
        use ArrayType::{Double, Int};
        assert_eq!(types(r#"INSERT INTO "cake" ("name") VALUES (?) RETURNING "id", "price""#), Ok(vec![Int, Double]));
        assert_eq!(types(r#"UPDATE "cake" SET "name" = ? WHERE "id" = 1 RETURNING "id""#), Ok(vec![Int]));
        assert_eq!(types(r#"DELETE FROM "cake" WHERE "id" = 1"#), Ok(vec![]));
    }

    #[test]
    fn names_what_it_cannot_tell() {
        let unregistered = types(r#"SELECT "bun"."id" FROM "bun""#);
        assert!(unregistered.is_err_and(|e| e.contains("`bun`") && e.contains("register::<bun::Entity>()")));
        assert!(types("SELECT taste FROM cake").is_err_and(|e| e.contains("`taste`")));
        assert!(types("SELECT id + 1 FROM cake").is_err_and(|e| e.contains("`id + 1`")));
    }
}
