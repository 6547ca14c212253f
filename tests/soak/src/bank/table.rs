//! What is known of a table: each row as it was acknowledged, and what it may have become since.

use std::collections::BTreeMap;
use std::fmt::Debug;

#[derive(Debug)]
pub(crate) struct Table<T> {
    rows: BTreeMap<i64, Row<T>>,
}

#[derive(Debug)]
struct Row<T> {
    acknowledged: Option<T>,
    /// What a write that was not answered would make of it.
    pending: Option<Option<T>>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { rows: BTreeMap::new() }
    }
}

impl<T: Clone + Debug + PartialEq> Table<T> {
    /// A write is about to be sent; `None` deletes the row.
    pub(crate) fn begin(&mut self, key: i64, value: Option<T>) {
        self.rows.entry(key).or_insert(Row { acknowledged: None, pending: None }).pending = Some(value);
    }

    /// It was answered.
    pub(crate) fn acknowledge(&mut self, key: i64) {
        if let Some(row) = self.rows.get_mut(&key)
            && let Some(value) = row.pending.take()
        {
            row.acknowledged = value;
        }
    }

    /// It was refused.
    pub(crate) fn refuse(&mut self, key: i64) {
        if let Some(row) = self.rows.get_mut(&key) {
            row.pending = None;
        }
    }

    pub(crate) fn get(&self, key: i64) -> Option<&T> {
        self.rows.get(&key)?.acknowledged.as_ref()
    }

    /// The rows that were acknowledged.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (i64, &T)> {
        self.rows.iter().filter_map(|(key, row)| Some((*key, row.acknowledged.as_ref()?)))
    }

    /// Compares with what is there, which is what is known from now on. Gives back how many writes that were not
    /// answered were found done, and how many not.
    ///
    /// What is wrong is added to `wrong`.
    pub(crate) fn settle(&mut self, name: &str, found: &BTreeMap<i64, T>, wrong: &mut Vec<String>) -> (usize, usize) {
        let (mut done, mut undone) = (0, 0);
        for (key, row) in &mut self.rows {
            let found = found.get(key);
            let pending = row.pending.take();
            if pending.as_ref().is_some_and(|pending| pending.as_ref() == found) {
                done += 1;
            } else if found != row.acknowledged.as_ref() {
                let acknowledged = &row.acknowledged;
                wrong.push(format!(
                    "{name} {key} is {found:?}; acknowledged was {acknowledged:?}, not answered {pending:?}"
                ));
            } else if pending.is_some() {
                undone += 1;
            }
            row.acknowledged = found.cloned();
        }
        self.rows.retain(|_, row| row.acknowledged.is_some());
        let unknown = found.iter().filter(|(key, _)| !self.rows.contains_key(key));
        wrong.extend(unknown.map(|(key, row)| format!("{name} {key} is {row:?}, which nobody wrote")));
        (done, undone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is wrong, and the writes that were done and undone, when these rows are found.
    fn settled(table: &mut Table<char>, found: &[(i64, char)]) -> (usize, (usize, usize)) {
        let mut wrong = Vec::new();
        let counts = table.settle("row", &found.iter().copied().collect(), &mut wrong);
        (wrong.len(), counts)
    }

    fn acknowledged(rows: &[(i64, char)]) -> Table<char> {
        let mut table = Table::default();
        for (key, row) in rows {
            table.begin(*key, Some(*row));
            table.acknowledge(*key);
        }
        table
    }

    #[test]
    fn an_acknowledged_row_must_be_there_as_it_was() {
        assert_eq!(settled(&mut acknowledged(&[(1, 'a')]), &[(1, 'a')]), (0, (0, 0)));
        assert_eq!(settled(&mut acknowledged(&[(1, 'a')]), &[]).0, 1);
        assert_eq!(settled(&mut acknowledged(&[(1, 'a')]), &[(1, 'b')]).0, 1);
    }

    #[test]
    fn what_was_not_answered_may_be_there_or_not() {
        for (found, counts) in [(&[(1, 'b')], (1, 0)), (&[(1, 'a')], (0, 1))] {
            let mut table = acknowledged(&[(1, 'a')]);
            table.begin(1, Some('b'));
            assert_eq!(settled(&mut table, found), (0, counts));
            // From then on it stays as it was found.
            assert_eq!(settled(&mut table, found), (0, (0, 0)));
            assert_eq!(settled(&mut table, &[(1, 'c')]).0, 1);
        }
    }

    #[test]
    fn what_was_refused_must_not_be_there() {
        let mut table = acknowledged(&[(1, 'a')]);
        table.begin(1, None);
        table.refuse(1);
        assert_eq!(settled(&mut table, &[]).0, 1);
        table.begin(2, Some('b'));
        table.refuse(2);
        assert_eq!(settled(&mut table, &[(2, 'b')]).0, 1);
    }

    #[test]
    fn what_nobody_wrote_must_not_be_there() {
        assert_eq!(settled(&mut Table::default(), &[(7, 'x')]).0, 1);
    }
}
