use std::sync::Arc;

use sea_orm::sea_query::ArrayType::{self, BigInt, Bool, Bytes, Double, Int, String};

use super::{Analysis, analyse};
use crate::sql::parser::parse;
use crate::types::catalog::{Catalog, ColumnKind, Table, TableColumn};
use crate::types::expr_type::Type;
use crate::types::expr_type::Type::{Dynamic, Known, Unregistered};
use crate::types::registry::Registry;
use crate::types::relations::Types;

mod cake {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "cake")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        pub name: String,
        pub price: Option<f64>,
        pub fresh: bool,
        pub baked: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Cake, which is registered, and bun, which is not.
struct Bakery;

impl Catalog for Bakery {
    fn table(&self, name: &str) -> Option<Arc<Table>> {
        let columns: &[(&str, &str)] = match name.to_ascii_lowercase().as_str() {
            "cake" => &[
                ("id", "integer"),
                ("name", "varchar"),
                ("price", "double"),
                ("fresh", "boolean"),
                ("baked", "bigint"),
            ],
            "bun" => {
                &[("id", "integer"), ("cake_id", "integer"), ("label", "text"), ("raw", ""), ("size", "real(16, 4)")]
            }
            "price" => &[("a", "integer"), ("shown", "text"), ("b", "text")],
            "flag" => &[("true", "integer"), ("b", "text")],
            // As FTS5 declares it.
            "doc" => &[("title", "text"), ("doc", "")],
            _ => return None,
        };
        let declared = |(name, ty): &(&str, &str)| {
            let kind = match *name {
                "shown" => ColumnKind::Generated,
                "doc" => ColumnKind::Hidden,
                _ => ColumnKind::Plain,
            };
            TableColumn { name: (*name).to_owned(), ty: (*ty).to_owned(), kind, default: None }
        };
        let columns = columns.iter().map(declared).collect();
        let (refers_to_itself, rowid) = (false, Some("id".to_owned()));
        let (view, is_without_rowid, name) = (None, false, name.to_owned());
        Some(Arc::new(Table { name, view, is_without_rowid, refers_to_itself, rowid, columns }))
    }
}

fn types(registry: &Registry) -> Types<'_> {
    Types { registry, declared: false, infers: true }
}

fn analysis(sql: &str, parameters: &[ArrayType]) -> Analysis {
    let mut registry = Registry::default();
    registry.register(&cake::Entity);
    let statement = parse(sql).unwrap_or_else(|| panic!("{sql} was not read"));
    analyse(sql, &statement, parameters, &Bakery, types(&registry))
}

#[track_caller]
fn assert_types(sql: &str, expected: &[Type]) {
    let outputs = analysis(sql, &[]).outputs.unwrap_or_else(|| panic!("{sql} has no columns"));
    let types: Vec<_> = outputs.into_iter().map(|output| output.ty).collect();
    assert_eq!(types, expected, "{sql}");
}

/// Which parameters are cast; all are integers.
#[track_caller]
fn assert_casts(sql: &str, expected: &[bool]) {
    let param_uses = analysis(sql, &vec![Int; expected.len()]).param_uses;
    assert_eq!(param_uses.iter().map(|usage| usage.needs_integer_cast).collect::<Vec<_>>(), expected, "{sql}");
}

#[test]
fn columns_have_the_type_of_their_entity() {
    assert_types(r#"SELECT "cake"."id", "cake"."name" FROM "cake" WHERE 1"#, &[Known(Int), Known(String)]);
    assert_types("SELECT c.price p, NAME FROM Cake AS c", &[Known(Double), Known(String)]);
    assert_types("SELECT main.cake.fresh FROM main.cake", &[Known(Bool)]);
    assert_types("SELECT rowid, c._rowid_ FROM cake c", &[Known(Int), Known(Int)]);
    let bun = || {
        Unregistered(
            "table `bun` has no registered entity: call register::<bun::Entity>() on the connection, use a typed call, \
             as in `.all_as(&db)`, or call with_declared_types()"
                .into(),
        )
    };
    assert_types("SELECT label, raw FROM bun", &[bun(), bun()]);
    assert_types("SELECT absent FROM cake", &[Dynamic]);
}

#[test]
fn names_are_found_through_joins_subqueries_and_ctes() {
    let bun = || {
        Unregistered(
            "table `bun` has no registered entity: call register::<bun::Entity>() on the connection, use a typed call, \
             as in `.all_as(&db)`, or call with_declared_types()"
                .into(),
        )
    };
    let sql = r#"SELECT "A"."id" AS "A_id", "r1"."name" AS "B_name" FROM "bun" AS "A" LEFT JOIN "cake" AS "r1" ON 1"#;
    assert_types(sql, &[bun(), Known(String)]);
    assert_types("SELECT name, label FROM cake JOIN bun ON cake.id = bun.cake_id", &[Known(String), bun()]);
    assert_types("SELECT x.n FROM (SELECT id AS n FROM cake) AS x", &[Known(Int)]);
    assert_types("SELECT n + 1 FROM (SELECT id n FROM cake)", &[Known(Int)]);
    assert_types("WITH c(a, b) AS (SELECT id, name FROM cake) SELECT b, a FROM c", &[Known(String), Known(Int)]);
    assert_types("WITH a AS (SELECT id FROM cake), b AS (SELECT * FROM a) SELECT * FROM b", &[Known(Int)]);
    let recursive =
        "WITH RECURSIVE n(i) AS (SELECT id FROM cake UNION ALL SELECT i + 1 FROM n WHERE i < 9) SELECT i FROM n";
    assert_types(recursive, &[Known(Int)]);
    assert_types("SELECT (SELECT name FROM cake WHERE id = bun.cake_id) FROM bun", &[Known(String)]);
    assert_types("SELECT a.id FROM (cake a JOIN cake b ON a.id = b.id)", &[Known(Int)]);
}

#[test]
fn stars_are_all_columns_in_order() {
    let cake = [Known(Int), Known(String), Known(Double), Known(Bool), Known(BigInt)];
    assert_types("SELECT * FROM cake", &cake);
    assert_types("SELECT c.* FROM bun JOIN cake c ON 1", &cake);
    assert_types("SELECT 1, c.* FROM cake c", &[&[Known(BigInt)], &cake[..]].concat());
    let joined = [&cake[..], &cake[1..]].concat();
    assert_types("SELECT * FROM cake a JOIN cake b USING (id)", &joined);
    assert_types("SELECT * FROM cake a NATURAL JOIN cake b", &cake);
    assert_eq!(analysis("SELECT * FROM missing", &[]).outputs, None);
}

#[test]
fn expressions_follow_the_rules() {
    for (expression, ty) in [
        ("COUNT(*)", Known(BigInt)),
        ("count(DISTINCT name)", Known(BigInt)),
        ("LENGTH(name)", Known(BigInt)),
        ("SUM(id)", Known(BigInt)),
        ("SUM(price)", Known(Double)),
        ("SUM(fresh)", Known(BigInt)),
        ("AVG(id)", Known(Double)),
        ("TOTAL(id)", Known(Double)),
        ("ROUND(price, 1)", Known(Double)),
        ("MAX(id)", Known(Int)),
        ("MAX(id, baked)", Known(BigInt)),
        ("MIN(name) FILTER (WHERE fresh)", Known(String)),
        ("MAX(id) OVER (PARTITION BY name ORDER BY id ROWS 1 PRECEDING)", Known(Int)),
        ("row_number() OVER win", Known(BigInt)),
        ("COALESCE(price, 0)", Known(Double)),
        ("IFNULL(NULL, name)", Known(String)),
        ("CASE WHEN fresh THEN id ELSE 0 END", Known(Int)),
        ("CASE id WHEN 1 THEN 'a' END", Known(String)),
        ("iif(fresh, id, baked)", Known(BigInt)),
        ("id + 1000", Known(Int)),
        ("id + baked", Known(BigInt)),
        ("id * 1.5", Known(Double)),
        ("-id", Known(Int)),
        ("~baked & 7", Known(BigInt)),
        ("fresh + fresh", Known(BigInt)),
        ("id > 3 AND name IS NOT NULL", Known(Bool)),
        ("id IN (1, 2)", Known(Bool)),
        ("name NOT LIKE '%x%' ESCAPE '!'", Known(Bool)),
        ("id BETWEEN 1 AND 2 OR fresh", Known(Bool)),
        ("EXISTS (SELECT 1 FROM bun)", Known(Bool)),
        ("NOT EXISTS (SELECT 1)", Known(Bool)),
        ("name || id", Known(String)),
        ("upper(name) COLLATE NOCASE", Known(String)),
        ("name ->> '$.a'", Dynamic),
        ("json_extract(name, '$.a')", Dynamic),
        ("CAST(id AS text)", Known(String)),
        ("CAST(name AS bigint)", Known(BigInt)),
        ("CAST(name AS blob)", Known(Bytes)),
        ("substr(name, 1, 2)", Known(String)),
        ("randomblob(4)", Known(Bytes)),
        ("'text'", Known(String)),
        ("x'00'", Known(Bytes)),
        ("1e3", Known(Double)),
        ("0x1E", Known(BigInt)),
        ("NULL", Type::Null),
        ("TRUE", Known(Bool)),
        ("unheard_of(id)", Dynamic),
    ] {
        assert_types(&format!("SELECT {expression} FROM cake"), &[ty]);
    }
}

#[test]
fn compound_selects_have_the_type_of_all_terms() {
    assert_types("SELECT id FROM cake UNION ALL SELECT baked FROM cake", &[Known(BigInt)]);
    assert_types("SELECT id AS a FROM cake UNION SELECT 1 ORDER BY a LIMIT 3", &[Known(Int)]);
    assert_types("VALUES (1, 'a'), (2, NULL)", &[Known(BigInt), Known(String)]);
    assert!(analysis(&["SELECT 1"; 6].join(" UNION "), &[]).refusal.is_some_and(|why| why.contains("6 terms")));
}

#[test]
fn returning_lists_are_read() {
    assert_types(r#"INSERT INTO "cake" ("name") VALUES ('a') RETURNING "id", "price""#, &[Known(Int), Known(Double)]);
    let upsert = "INSERT INTO cake (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET name = excluded.name WHERE fresh RETURNING id AS x";
    assert_types(upsert, &[Known(Int)]);
    assert_types(
        "UPDATE OR IGNORE cake SET (id, name) = (1, 'a') WHERE id = 1 RETURNING *, id + 1",
        &[Known(Int), Known(String), Known(Double), Known(Bool), Known(BigInt), Known(Int)],
    );
    assert_types("WITH x AS (SELECT 1) DELETE FROM cake AS c WHERE c.id = 1 RETURNING c.id", &[Known(Int)]);
}

#[test]
fn integers_are_cast_where_a_float_would_be_something_else() {
    assert_casts("SELECT id FROM cake WHERE id = ? AND fresh = ? AND price > ? LIMIT ?", &[false, false, false, true]);
    assert_casts("SELECT id FROM cake WHERE name = ? AND ? = name", &[true, true]);
    assert_casts("SELECT id FROM cake WHERE id IN (?, ?) AND name IN (?)", &[false, false, true]);
    assert_casts("SELECT id FROM cake WHERE id BETWEEN ? AND ? AND (id, name) = (?, ?)", &[false, false, false, true]);
    assert_casts("SELECT ?, id + ?, coalesce(?, 1) FROM cake", &[true, true, true]);
    assert_casts(
        "SELECT id FROM cake WHERE ? IN (SELECT name FROM cake) AND ? IN (SELECT id FROM cake)",
        &[true, false],
    );
    assert_casts("SELECT id FROM missing WHERE id = ?", &[true]);
    assert_casts("INSERT INTO bun (id, label, raw, size) VALUES (?, ?, ?, ?)", &[false, true, true, false]);
    assert_casts("INSERT INTO bun VALUES (?, ?, ?, ?, ? + 1)", &[false, false, true, true, true]);
    assert_casts("INSERT INTO price VALUES (?, ?)", &[false, true]);
    assert_casts("WITH bun AS (SELECT 1 AS label) INSERT INTO bun (label) VALUES (?)", &[true]);
    let upsert = "INSERT INTO bun (id, label) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET";
    assert_casts(&format!("{upsert} label = excluded.label, id = ?"), &[false, true, false]);
    assert_casts(&format!("{upsert} label = excluded.id"), &[true, true]);
    assert_casts(&format!("{upsert} label = excluded.label WHERE excluded.id || '' = '1'"), &[true, true]);
    assert_casts("UPDATE bun SET id = ?, label = ? WHERE cake_id = ?", &[false, true, false]);
    assert_casts("EXPLAIN QUERY PLAN SELECT id FROM cake WHERE id = ?", &[false]);
    let param_uses = analysis("INSERT INTO bun (size) VALUES (?)", &[Int]).param_uses;
    assert_eq!(param_uses[0].stored_as_number.as_deref(), Some("size"));
}

#[test]
fn what_cannot_be_followed_is_left_to_the_database() {
    for sql in ["SELECT", "SELECT id FROM", "CREATE TABLE t AS SELECT ?", "SELECT (1"] {
        assert!(parse(sql).is_none(), "{sql}");
    }
    let deep = format!("SELECT {}1{}", "(".repeat(100_000), ")".repeat(100_000));
    assert!(parse(&deep).is_none());
    let long = format!("SELECT 1{}", " OR 1".repeat(100_000));
    assert!(parse(&long).is_none());
    for sql in ["CREATE TABLE t (id)", "DROP TABLE t", "PRAGMA main.table_info(t)"] {
        assert!(parse(sql).is_some(), "{sql}");
    }
}

/// These would take 2^60 steps, or as many columns, if a part were analysed twice on each level.
#[test]
fn nesting_costs_no_more_than_its_text() {
    let mut compound = "SELECT id FROM cake".to_owned();
    let mut doubled = "WITH c0 AS (SELECT 1 AS x, 2 AS y)".to_owned();
    for level in 1..=60 {
        compound = format!("WITH c AS ({compound}) SELECT id FROM c UNION ALL SELECT id FROM c");
        let before = level - 1;
        doubled.push_str(&format!(", c{level} AS (SELECT * FROM c{before}, c{before} AS again)"));
    }
    assert_types(&compound, &[Known(Int)]);
    assert_eq!(analysis(&format!("{doubled} SELECT * FROM c60"), &[]).outputs, None);
    let mut row = "(1, 2)".to_owned();
    for _ in 0..30 {
        row = format!("({row} IN ({}), 1)", ["(1, 2)"; 8].join(", "));
    }
    assert_types(&format!("SELECT {row} IN ((1, 2))"), &[Known(Bool)]);
    let joins = "NATURAL JOIN cake ".repeat(5000);
    assert!(parse(&format!("SELECT * FROM cake {joins}")).is_some());
    assert_eq!(analysis(&format!("SELECT * FROM cake {joins}"), &[]).outputs.map(|outputs| outputs.len()), Some(5));
}

/// Chains of operators nest to the left, so the depths of chains inside parentheses add up.
#[test]
fn reads_nothing_deeper_than_the_stack() {
    let mut chains = "1".to_owned();
    for _ in 0..100 {
        chains = format!("({chains}{})", "+1".repeat(100));
    }
    assert!(parse(&format!("SELECT {chains}")).is_none());
    let nested = |levels: usize| format!("SELECT {}1{}", "(".repeat(levels), ")".repeat(levels));
    assert!(parse(&nested(100)).is_some() && parse(&nested(5000)).is_none());
    assert!(parse(&format!("SELECT 1{}", "+1".repeat(100))).is_some());
    assert!(parse(&format!("SELECT 1{}", "+1".repeat(5000))).is_none());
    assert!(parse(&format!("SELECT {}", ["a = 1 AND b"; 50].join(" OR "))).is_some());
    assert!(parse(&format!("SELECT {}", "NOT ".repeat(5000))).is_none());
    assert!(parse(&format!("SELECT {}1", "- ".repeat(5000))).is_none());
}

#[test]
fn a_term_of_order_stays_one_behind_a_sign() {
    for (sql, is_ordinal) in [("?", true), ("-(?)", true), ("- +?", true), ("? + 1", false)] {
        let param_uses = analysis(&format!("SELECT id FROM cake ORDER BY {sql}"), &[ArrayType::BigInt]).param_uses;
        assert_eq!(param_uses[0].is_ordinal, is_ordinal, "{sql}");
    }
}

#[test]
fn an_upsert_with_a_subquery_is_not_cut() {
    let insert = "INSERT INTO cake (id) VALUES (?), (?) ON CONFLICT (id) DO UPDATE SET";
    for (rest, can_be_cut) in [
        ("name = excluded.name", true),
        ("name = (SELECT max(name) FROM cake)", false),
        ("name = 'x' WHERE cake.price IN (SELECT price FROM cake)", false),
    ] {
        let Some(crate::sql::ast::Statement::Insert(insert)) = parse(&format!("{insert} {rest}")) else { panic!() };
        assert_eq!(insert.can_be_cut(), can_be_cut, "{rest}");
    }
}

#[test]
fn true_is_a_column_where_one_is_called_so() {
    let registry = Registry::default();
    let with_declared_types = Types { declared: true, ..types(&registry) };
    let statement = parse("SELECT true, FALSE, (SELECT True) FROM flag").unwrap();
    let analysis =
        analyse("SELECT true, FALSE, (SELECT True) FROM flag", &statement, &[], &Bakery, with_declared_types);
    let outputs: Vec<_> = analysis.outputs.unwrap().into_iter().map(|output| (output.name, output.ty)).collect();
    let expected = [(Some("true".to_owned()), Known(BigInt)), (None, Known(Bool)), (None, Known(BigInt))];
    assert_eq!(outputs, expected);
}

#[test]
fn a_virtual_table_can_be_called() {
    let registry = Registry::default();
    let sql = "SELECT * FROM doc('words')";
    let analysis = analyse(sql, &parse(sql).unwrap(), &[], &Bakery, Types { declared: true, ..types(&registry) });
    let outputs: Vec<_> = analysis.outputs.unwrap().into_iter().map(|output| (output.name, output.ty)).collect();
    assert_eq!(outputs, [(Some("title".to_owned()), Known(String))]);
    // A virtual table sees the values that its hidden columns are compared with.
    assert_casts("SELECT title FROM doc WHERE doc = ? AND title = ?", &[true, true]);
    assert_casts("SELECT a FROM price WHERE a = ?", &[false]);
}
