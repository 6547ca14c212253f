//! The shell: statements by hand, with a history, and completion of tables and columns.

use std::path::PathBuf;

use anyhow::{Context, Result};
use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::history::DefaultHistory;
use rustyline::{CompletionType, Config, Editor, Helper, Highlighter, Hinter, Validator};
use sea_orm_do::introspect::Schema;
use sea_orm_do::remote::RemoteConnection;
use sea_orm_do::sql::{is_complete, may_write, statements};

use super::print::Form;
use super::run_script;
use crate::arguments::Query;
use crate::database::wait;
use crate::explained;

const HELP: &str = "\
Write a statement, and end it with `;`. Several lines are one statement. Tab completes tables and columns.
.tables          the tables and views
.schema [TABLE]  their SQL
.size            the size of the database
.help            this
.quit            leave, as does Ctrl-D";

pub(super) fn run(arguments: &Query, form: Form) -> Result<()> {
    let db = arguments.database.connect()?;
    // Without the schema, only names are not completed.
    let schema = wait(async { Ok(db.schema().await?) }).unwrap_or_default();
    let config = Config::builder().completion_type(CompletionType::List).auto_add_history(false).build();
    let mut editor: Editor<Names, DefaultHistory> = Editor::with_config(config).context("no terminal")?;
    editor.set_helper(Some(Names::of(&schema)));
    let history = history();
    if let Some(file) = &history {
        // The first time, there is none.
        let _ = editor.load_history(file);
    }
    eprintln!("{}: .help says what there is", arguments.database.place());
    let mut written = String::new();
    loop {
        let prompt = if written.is_empty() { "> " } else { "… " };
        match editor.readline(prompt) {
            Ok(line) if written.is_empty() && line.trim_start().starts_with('.') => {
                editor.add_history_entry(line.trim())?;
                if line.trim() == ".quit" {
                    break;
                }
                report(wait(command(&db, line.trim())));
            }
            Ok(line) => {
                written.push_str(&line);
                written.push('\n');
                if written.trim().is_empty() {
                    written.clear();
                }
                if is_complete(&written) {
                    let sql = std::mem::take(&mut written);
                    editor.add_history_entry(sql.trim())?;
                    if let Some(writing) =
                        statements(&sql).ok().and_then(|all| all.into_iter().find(|sql| may_write(sql)))
                    {
                        let ask = |question: &str| editor.readline(question).map_err(Into::into);
                        let writer = arguments.database.connect_to_write(&arguments.write, writing.trim(), ask);
                        report(writer.and_then(|db| wait(run_script(&db, &sql, form))));
                        if let Ok(schema) = wait(async { Ok(db.schema().await?) }) {
                            editor.set_helper(Some(Names::of(&schema)));
                        }
                    } else {
                        report(wait(run_script(&db, &sql, form)));
                    }
                }
            }
            Err(ReadlineError::Interrupted) => written.clear(),
            Err(ReadlineError::Eof) => break,
            Err(error) => return Err(error.into()),
        }
    }
    if let Some(file) = &history {
        editor.save_history(file).with_context(|| format!("the history {}", file.display()))?;
    }
    Ok(())
}

fn report(done: Result<()>) {
    if let Err(error) = done {
        eprintln!("error: {}", explained(&error));
    }
}

async fn command(db: &RemoteConnection, line: &str) -> Result<()> {
    match line.split_whitespace().collect::<Vec<_>>()[..] {
        [".tables"] => {
            let schema = db.schema().await?;
            schema.tables.iter().for_each(|table| say!("{}", table.name));
            schema.views.iter().for_each(|view| say!("{}", view.name));
        }
        [".schema"] => db.schema().await?.create_sql().iter().for_each(|sql| say!("{sql};")),
        [".schema", table] => {
            let mut schema = db.schema().await?;
            schema.tables.retain(|known| known.name.eq_ignore_ascii_case(table));
            let only = Schema { tables: schema.tables, ..Schema::default() };
            only.create_sql().iter().for_each(|sql| say!("{sql};"));
        }
        [".size"] => say!("{} bytes", db.database_size().await?),
        _ => say!("{HELP}"),
    }
    Ok(())
}

/// Beside the other files of the user.
fn history() -> Option<PathBuf> {
    std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".sea-orm-do-history"))
}

/// The names that a statement can have.
#[derive(Helper, Highlighter, Hinter, Validator)]
struct Names(Vec<String>);

impl Names {
    fn of(schema: &Schema) -> Self {
        const WORDS: [&str; 24] = [
            "SELECT",
            "FROM",
            "WHERE",
            "GROUP BY",
            "ORDER BY",
            "HAVING",
            "LIMIT",
            "OFFSET",
            "JOIN",
            "LEFT JOIN",
            "ON",
            "AND",
            "OR",
            "NOT",
            "NULL",
            "IS",
            "IN",
            "LIKE",
            "INSERT INTO",
            "VALUES",
            "UPDATE",
            "SET",
            "DELETE FROM",
            "RETURNING",
        ];
        let mut names: Vec<String> = WORDS.map(str::to_owned).into();
        for table in &schema.tables {
            names.push(table.name.clone());
            names.extend(table.columns.iter().map(|column| column.name.clone()));
        }
        for view in &schema.views {
            names.push(view.name.clone());
            names.extend(view.columns.iter().cloned());
        }
        names.sort();
        names.dedup();
        Self(names)
    }

    /// The names that begin as the word before the cursor does, and where that word begins.
    fn matching(&self, line: &str, at: usize) -> (usize, Vec<String>) {
        let before = line.get(..at).unwrap_or(line);
        let is_of_word = |character: char| character.is_alphanumeric() || character == '_';
        let start = before
            .rfind(|character| !is_of_word(character))
            .map_or(0, |end| end + before[end..].chars().next().map_or(0, char::len_utf8));
        let word = before[start..].to_lowercase();
        let fits = |name: &&String| !word.is_empty() && name.to_lowercase().starts_with(&word);
        (start, self.0.iter().filter(fits).cloned().collect())
    }
}

impl Completer for Names {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        at: usize,
        _context: &rustyline::Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        Ok(self.matching(line, at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn completes_the_word_before_the_cursor() {
        let names = Names(vec!["SELECT".to_owned(), "task".to_owned(), "title".to_owned()]);
        assert_eq!(names.matching("sel", 3), (0, vec!["SELECT".to_owned()]));
        assert_eq!(names.matching("SELECT t", 8), (7, vec!["task".to_owned(), "title".to_owned()]));
        assert_eq!(names.matching("SELECT ü.ti FROM", 12), (10, vec!["title".to_owned()]));
        assert_eq!(names.matching("SELECT ", 7).1, Vec::<String>::new());
    }
}
