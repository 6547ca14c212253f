//! README and guides: their code is code that is compiled and run, their links lead somewhere.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use sea_orm_do_harness::console::prints_what_it_shows;
use sea_orm_do_harness::markdown::{blocks, broken_links, external_links, files};
use sea_orm_do_harness::{command, root};

use crate::Test;

/// Where a block of Rust may be taken from: all of it is compiled for wasm32 or the host, and run.
const SOURCES: [&str; 8] = [
    "tests/src/cases/guides",
    "tests/shared/src",
    "tests/oracle/src",
    "sea-orm-do/template/examples",
    "sea-orm-do/template/src",
    "sea-orm-do/template/tests",
    "examples/crud-worker/src",
    "tests/with-server",
];

pub const TESTS: [(&str, Test); 4] = [
    ("guides::links_lead_somewhere", links_lead_somewhere),
    ("guides::code_is_taken_from_what_is_compiled", code_is_taken_from_what_is_compiled),
    ("guides::an_existing_database_becomes_entities", an_existing_database_becomes_entities),
    ("guides::what_is_here_in_a_table_is_compiled", what_is_here_in_a_table_is_compiled),
];

fn links_lead_somewhere() -> Result<()> {
    let files = files()?;
    for expected in ["README.md", "docs/quick-start.md", "sea-orm-do/template/README.md.template"] {
        ensure!(files.iter().any(|file| file == Path::new(expected)), "{expected} was not found");
    }
    ensure!(external_links(&files)?.len() > 3, "hardly a link was found");
    let broken = broken_links(&files)?;
    ensure!(broken.is_empty(), "broken links\n{}", broken.join("\n"));
    Ok(())
}

fn sources() -> Result<Vec<String>> {
    let mut sources = Vec::new();
    for folder in SOURCES {
        read(&root().join(folder), &mut sources)?;
    }
    Ok(sources)
}

fn code_is_taken_from_what_is_compiled() -> Result<()> {
    let sources = sources()?;
    let mut count = 0;
    for file in files()? {
        let text = fs::read_to_string(root().join(&file))?;
        for (line, language, block) in blocks(&text) {
            let language = language.trim();
            ensure!(
                ["", "rust", "console", "sql", "toml", "js", "ts"].contains(&language),
                "{}:{line}: nothing checks a block of {language}",
                file.display()
            );
            if language == "rust" {
                count += 1;
                let wanted = without_layout(&block);
                let is_taken = sources.iter().any(|source| source.contains(&wanted));
                ensure!(is_taken, "{}:{line}: this block is in none of {SOURCES:?}\n{block}", file.display());
            }
        }
    }
    ensure!(count > 10, "only {count} blocks of Rust were found");
    Ok(())
}

/// The code in the last column of a table; a word alone is no code.
fn what_is_here_in_a_table_is_compiled() -> Result<()> {
    let sources = sources()?;
    let text = fs::read_to_string(root().join("docs/coming-from.md"))?.replace("\\|", "\u{1}");
    let mut count = 0;
    for row in text.lines().filter(|line| line.starts_with('|')) {
        let here = row.trim_end_matches('|').rsplit('|').next().unwrap_or_default().replace('\u{1}', "|");
        let code = here.split('`').skip(1).step_by(2).filter(|code| code.contains(['(', '[']));
        for code in code {
            count += 1;
            let wanted = without_layout(code);
            ensure!(sources.iter().any(|source| source.contains(&wanted)), "this is in none of {SOURCES:?}\n{code}");
        }
    }
    ensure!(count > 10, "only {count} pieces of code were found");
    Ok(())
}

fn read(folder: &Path, sources: &mut Vec<String>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            read(&path, sources)?;
        } else {
            // The template as it is for a project called `shop`.
            sources
                .push(without_layout(&fs::read_to_string(path)?.replace("{Class}", "Shop").replace("{crate}", "shop")));
        }
    }
    Ok(())
}

/// The words of a text without spaces, comments and `pub`, so that it can be shown apart from what it stands in.
fn without_layout(text: &str) -> String {
    let code = text.lines().map(|line| line.split("//").next().unwrap_or_default());
    let words = code.flat_map(str::split_whitespace);
    words.filter(|word| !["pub", "pub(crate)", "pub(super)"].contains(word)).collect()
}

/// What docs/existing-object.md shows, on the database that it shows.
fn an_existing_database_becomes_entities() -> Result<()> {
    let guide = root().join("docs/existing-object.md");
    let text = fs::read_to_string(&guide)?;
    let folder = tempfile::tempdir()?;
    let state = folder.path().join(".wrangler/state/v3/do/worker-Counter");
    fs::create_dir_all(&state)?;
    let database = rusqlite::Connection::open(state.join(format!("{}.sqlite", "a".repeat(64))))?;
    for (.., sql) in blocks(&text).into_iter().filter(|(_, language, _)| language == "sql") {
        database.execute_batch(&sql)?;
    }
    let programs = command::built()?.parent().context("a program without a folder")?;
    prints_what_it_shows(&guide, "", folder.path(), programs)
}
