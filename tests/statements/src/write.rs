//! Statements that write, with RETURNING.

use crate::{Maker, Relation};

impl Maker {
    pub(crate) fn write(&mut self) -> String {
        let known = self.ctes.len();
        let with = if self.chance(20) { self.with(&[]) } else { String::new() };
        let tables: [(&str, &[&str]); 4] = [
            ("item", &["id", "name", "price", "owner_id"]),
            ("owner", &["id", "name", "order", "boss"]),
            ("tag", &["item_id", "label", "weight"]),
            ("odd", &["a b", "select", "rowid", "x\"y", "Upper"]),
        ];
        let (table, columns) = tables[self.number(0..tables.len())];
        let columns: Vec<String> = columns.iter().map(|column| (*column).to_owned()).collect();
        let mut target = Relation { name: table.to_owned(), columns, has_rowid: table != "odd" };
        let written = self.quoted(table);
        let alias = if self.chance(25) {
            self.has("alias of the target");
            let alias = self.fresh();
            let quoted = self.quoted(&alias);
            target.name = alias;
            format!(" AS {quoted}")
        } else {
            String::new()
        };
        let last = target.columns[1].clone();
        let column = self.quoted(&last);
        let verb = match self.random.u32(0..5) {
            0 => {
                self.has("DELETE RETURNING");
                let condition = self.expression(std::slice::from_ref(&target), 1);
                format!("DELETE FROM {written}{alias} WHERE {condition}")
            }
            1 => {
                self.has("UPDATE RETURNING");
                let value = self.expression(std::slice::from_ref(&target), 1);
                let conflict = self.one(&["", "", "OR IGNORE ", "OR REPLACE ", "OR FAIL "]);
                if conflict == "OR FAIL " {
                    self.has("OR FAIL");
                }
                format!("UPDATE {conflict}{written}{alias} SET {column} = {value}")
            }
            2 => {
                self.has("UPDATE FROM RETURNING");
                let (from, mut scope) = self.from(&[]);
                scope.push(target.clone());
                let value = self.expression(&scope, 1);
                let condition = self.expression(&scope, 1);
                format!("UPDATE {written}{alias} SET {column} = {value}{from} WHERE {condition}")
            }
            3 => {
                self.has("INSERT SELECT RETURNING");
                let (body, _) = self.query(&[], Some(1));
                let conflict = self.one(&["INSERT", "INSERT OR IGNORE", "REPLACE", "INSERT OR REPLACE"]);
                format!("{conflict} INTO {written}{alias} ({column}) {body}")
            }
            _ => {
                self.has("INSERT RETURNING");
                let value = self.expression(&[], 1);
                let row = format!("INSERT INTO {written}{alias} ({column}) VALUES ({value})");
                if self.chance(30) {
                    self.has("ON CONFLICT");
                    format!("{row} ON CONFLICT DO UPDATE SET {column} = excluded.{column}")
                } else {
                    row
                }
            }
        };
        // RETURNING sees the target alone.
        let relations = [target];
        let (list, _) = self.result_columns(&relations, &relations, None);
        self.ctes.truncate(known);
        format!("{with}{verb} RETURNING {list}")
    }
}
