//! What stands behind FROM.

use crate::schema::COLUMNS;
use crate::{Maker, Relation};

impl Maker {
    /// ` FROM …`, and what it brings into sight.
    pub(crate) fn from(&mut self, outer: &[Relation]) -> (String, Vec<Relation>) {
        let (text, relations) = self.joins(outer);
        (format!(" FROM {}{text}", self.comment()), relations)
    }

    pub(crate) fn joins(&mut self, outer: &[Relation]) -> (String, Vec<Relation>) {
        let count = [1, 1, 1, 2, 2, 3][self.number(0..6)];
        let (mut text, mut relations) = self.source(outer, true);
        for _ in 1..count {
            let (next, mut brought) = self.source(outer, true);
            let joins: [(&str, &'static str, bool); 14] = [
                (", ", "comma join", false),
                (" JOIN ", "JOIN", true),
                (" INNER JOIN ", "INNER JOIN", true),
                (" CROSS JOIN ", "CROSS JOIN", true),
                (" LEFT JOIN ", "LEFT JOIN", true),
                (" LEFT OUTER JOIN ", "LEFT JOIN", true),
                (" RIGHT JOIN ", "RIGHT JOIN", true),
                (" FULL JOIN ", "FULL JOIN", true),
                (" FULL OUTER JOIN ", "FULL JOIN", true),
                (" NATURAL JOIN ", "NATURAL JOIN", false),
                (" NATURAL LEFT JOIN ", "NATURAL LEFT JOIN", false),
                (" LEFT NATURAL JOIN ", "words of a join in any order", false),
                (" OUTER LEFT JOIN ", "words of a join in any order", true),
                (" RIGHT OUTER NATURAL JOIN ", "words of a join in any order", false),
            ];
            let (word, construct, takes_on) = joins[self.number(0..joins.len())];
            self.has(construct);
            text += word;
            text += &next;
            let common: Vec<String> = {
                let all: Vec<&String> = relations.iter().flat_map(|relation: &Relation| &relation.columns).collect();
                let of = brought.iter().flat_map(|relation| &relation.columns);
                of.filter(|column| all.iter().any(|other| other.eq_ignore_ascii_case(column))).cloned().collect()
            };
            if takes_on && !common.is_empty() && self.chance(40) {
                self.has("USING");
                let column = &common[self.number(0..common.len())];
                text += &format!(" USING ({})", self.quoted(&column.clone()));
                relations.append(&mut brought);
            } else {
                relations.append(&mut brought);
                if takes_on && self.chance(70) {
                    text += &format!(" ON {}", self.expression(&relations.clone(), 1));
                }
            }
        }
        (text, relations)
    }

    fn source(&mut self, outer: &[Relation], may_nest: bool) -> (String, Vec<Relation>) {
        match self.random.u32(0..100) {
            0..12 if self.depth < 4 => {
                self.has("subquery in FROM");
                let (body, columns) = self.query(&[], None);
                let mut relation = Relation { name: String::new(), columns, has_rowid: false };
                let alias = self.alias(&mut relation, 80);
                (format!("({body}){alias}"), vec![relation])
            }
            12..20 if may_nest && self.depth < 4 => {
                let (inner, relations) = self.joins(outer);
                let is_one = relations.len() == 1;
                if self.chance(50) {
                    self.has(if is_one {
                        "source in brackets with an alias"
                    } else {
                        "join in brackets with an alias"
                    });
                    let columns = relations.iter().flat_map(|relation| relation.columns.iter().cloned()).collect();
                    let has_rowid = is_one && relations[0].has_rowid;
                    let mut relation = Relation { name: String::new(), columns, has_rowid };
                    let alias = self.alias(&mut relation, 100);
                    (format!("({inner}){alias}"), vec![relation])
                } else {
                    self.has(if is_one { "source in brackets" } else { "join in brackets" });
                    (format!("({inner})"), relations)
                }
            }
            20..25 => {
                self.has("table-valued function");
                let functions: [(&str, &[&str]); 4] = [
                    ("json_each('[1,\"a\"]')", &["key", "value", "type", "atom", "id", "parent", "fullkey", "path"]),
                    ("json_tree('{\"a\":[1]}', '$.a')", &["key", "value", "type", "fullkey"]),
                    ("pragma_table_info('item')", &["cid", "name", "type", "notnull", "dflt_value", "pk"]),
                    ("pragma_foreign_keys", &["foreign_keys"]),
                ];
                let (text, columns) = functions[self.number(0..functions.len())];
                let name = text.split('(').next().unwrap_or(text).to_owned();
                let columns = columns.iter().map(|column| (*column).to_owned()).collect();
                let mut relation = Relation { name, columns, has_rowid: false };
                let alias = self.alias(&mut relation, 50);
                (format!("{text}{alias}"), vec![relation])
            }
            25..50 if !self.ctes.is_empty() => {
                let at = self.number(0..self.ctes.len());
                let mut relation = self.ctes[at].clone();
                let name = self.quoted(&relation.name.clone());
                let alias = self.alias(&mut relation, 40);
                (format!("{name}{alias}"), vec![relation])
            }
            _ => self.table(),
        }
    }

    fn table(&mut self) -> (String, Vec<Relation>) {
        let (name, columns) = COLUMNS[self.number(0..COLUMNS.len())];
        match name {
            "cheap" | "named" | "both" | "mixed" => self.has("view"),
            "doc" => self.has("FTS5"),
            "link" => self.has("WITHOUT ROWID"),
            _ => {}
        }
        let has_rowid = !matches!(name, "link" | "cheap" | "named" | "both" | "mixed");
        let columns = columns.iter().map(|column| (*column).to_owned()).collect();
        let mut relation = Relation { name: name.to_owned(), columns, has_rowid };
        let schema = if self.chance(10) {
            self.has("schema.table");
            "main."
        } else {
            ""
        };
        let name = self.quoted(name);
        let alias = self.alias(&mut relation, 50);
        let index = if !schema.is_empty() && self.chance(20) { " NOT INDEXED" } else { "" };
        (format!("{schema}{name}{alias}{index}"), vec![relation])
    }

    /// An alias, so many times in a hundred.
    fn alias(&mut self, relation: &mut Relation, percent: u32) -> String {
        if !self.chance(percent) {
            return String::new();
        }
        let name = self.fresh();
        let written = if self.chance(5) { format!("'{name}'") } else { self.quoted(&name) };
        relation.name = name;
        if self.chance(70) { format!(" AS {written}") } else { format!(" {written}") }
    }
}
