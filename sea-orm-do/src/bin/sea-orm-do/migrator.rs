//! The file with the list of migrations, to which a new one is added.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use syn::spanned::Spanned as _;
use syn::{ImplItem, Item, Stmt};

/// The file of a type that implements `MigratorTrait`.
#[derive(Debug)]
pub(crate) struct Migrator {
    file: PathBuf,
    text: String,
}

impl Migrator {
    /// Finds it in the sources of a package.
    ///
    /// # Errors
    /// If there is none, or there are several and none is chosen.
    pub(crate) fn find(package: &Path, chosen: Option<&Path>) -> Result<Self> {
        if let Some(file) = chosen {
            let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
            ensure!(has_migrator(&text), "{} has no `impl MigratorTrait for …`", file.display());
            return Ok(Self { file: file.to_owned(), text });
        }
        let mut found = Vec::new();
        search(package, &mut found)?;
        match found.len() {
            1 => found.pop().context("one was found"),
            0 => bail!("no file in {} has an `impl MigratorTrait for …`", package.display()),
            _ => {
                let files: Vec<_> = found.iter().map(|found| found.file.display().to_string()).collect();
                bail!("several files have a migrator: choose one with --migrator: {}", files.join(", "))
            }
        }
    }

    /// Writes a migration beside the others and adds it to the list; returns its file.
    ///
    /// # Errors
    /// If the list is not a `vec![…]`, or a file cannot be written. Nothing is written then.
    pub(crate) fn add(&self, name: &str, migration: &str) -> Result<PathBuf> {
        let list = with_migration(&self.text, name).with_context(|| {
            format!(
                "{} does not return its migrations as `vec![…]`: nothing was written; write them so, and run this again",
                self.file.display()
            )
        })?;
        let folder = self.folder();
        let file = folder.join(format!("{name}.rs"));
        ensure!(!file.exists(), "{} exists already", file.display());
        fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
        fs::write(&file, migration).with_context(|| file.display().to_string())?;
        fs::write(&self.file, list).with_context(|| self.file.display().to_string())?;
        Ok(file)
    }

    /// Where Rust looks for the modules of the file.
    fn folder(&self) -> PathBuf {
        let is_root = ["lib", "main", "mod"].iter().any(|root| self.file.file_stem().is_some_and(|stem| stem == *root));
        match self.file.parent() {
            Some(parent) if is_root => parent.to_owned(),
            _ => self.file.with_extension(""),
        }
    }
}

/// Reads all Rust files of a folder, but for what is built.
fn search(folder: &Path, found: &mut Vec<Migrator>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name()))?;
        let is_hidden = name.to_string_lossy().starts_with('.');
        if path.is_dir() && !is_hidden && !["target", "node_modules", "tests", "examples"].iter().any(|it| name == *it)
        {
            search(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            if has_migrator(&text) {
                found.push(Migrator { file: path, text });
            }
        }
    }
    Ok(())
}

fn has_migrator(text: &str) -> bool {
    // Most files need no parsing.
    text.contains("MigratorTrait") && syn::parse_file(text).is_ok_and(|file| list(&file).is_some())
}

/// The body of `migrations()`.
fn list(file: &syn::File) -> Option<&syn::Block> {
    let of_trait = |item: &&syn::ItemImpl| {
        item.trait_.as_ref().and_then(|(_, path, _)| path.segments.last()).is_some_and(|it| it.ident == "MigratorTrait")
    };
    let items = file.items.iter().filter_map(|item| if let Item::Impl(item) = item { Some(item) } else { None });
    items.filter(of_trait).flat_map(|item| &item.items).find_map(|item| match item {
        ImplItem::Fn(function) if function.sig.ident == "migrations" => Some(&function.block),
        _ => None,
    })
}

/// The text with the module, and with the migration at the end of the list; `None` if that is not a `vec![…]`.
fn with_migration(text: &str, name: &str) -> Option<String> {
    let file = syn::parse_file(text).ok()?;
    let list = match list(&file)?.stmts.last()? {
        Stmt::Expr(syn::Expr::Macro(list), _) => &list.mac,
        Stmt::Macro(list) => &list.mac,
        _ => return None,
    };
    if !list.path.is_ident("vec") {
        return None;
    }
    let (open, close) =
        (list.delimiter.span().open().byte_range().end, list.delimiter.span().close().byte_range().start);
    let inside = text.get(open..close)?;
    let last = list.tokens.clone().into_iter().last();
    let end = last.as_ref().map_or(open, |token| token.span().byte_range().end);
    let has_comma = last.is_some_and(|token| token.to_string() == ",");
    let entry = format!("Box::new({name}::Migration)");
    let added = match inside.rsplit_once('\n') {
        // A line for each: at the indentation of the first.
        Some((lines, before_close)) => {
            let first = lines.lines().find(|line| !line.trim().is_empty());
            let indent = first.map_or_else(
                || format!("{before_close}    "),
                |line| line[..line.len() - line.trim_start().len()].to_owned(),
            );
            format!("{}\n{indent}{entry},", if has_comma || end == open { "" } else { "," })
        }
        None if end == open => entry,
        None if has_comma => format!(" {entry}"),
        None => format!(", {entry}"),
    };
    let mut modules = file.items.iter().filter(|item| matches!(item, Item::Mod(module) if module.content.is_none()));
    let mut uses = file.items.iter().filter(|item| matches!(item, Item::Use(_)));
    let (place, module) = match (modules.next_back(), uses.next_back()) {
        (Some(last), _) => (last.span().byte_range().end, format!("\nmod {name};")),
        (None, Some(last)) => (last.span().byte_range().end, format!("\n\nmod {name};")),
        (None, None) => (file.items.first()?.span().byte_range().start, format!("mod {name};\n\n")),
    };
    let mut with = text.to_owned();
    // From the back, so that the places stay right.
    let mut edits = [(end, added), (place, module)];
    edits.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    edits.into_iter().for_each(|(at, new)| with.insert_str(at, &new));
    syn::parse_file(&with).is_ok().then_some(with)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(uses: &str, list: &str) -> String {
        format!(
            "//! Migrations.\n\n{uses}\n\npub struct Migrator;\n\nimpl MigratorTrait for Migrator {{\n    \
             fn migrations() -> Vec<Box<dyn MigrationTrait>> {{\n        {list}\n    }}\n}}\n"
        )
    }

    fn added(uses: &str, list: &str) -> Option<String> {
        with_migration(&file(uses, list), "m2")
    }

    #[test]
    fn adds_to_a_list_in_the_style_it_has() {
        let uses = "use sea_orm_migration::prelude::*;\n\nmod m1;";
        let uses_after = "use sea_orm_migration::prelude::*;\n\nmod m1;\nmod m2;";
        for (before, after) in [
            ("vec![]", "vec![Box::new(m2::Migration)]"),
            ("vec![Box::new(m1::Migration)]", "vec![Box::new(m1::Migration), Box::new(m2::Migration)]"),
            ("vec![Box::new(m1::Migration),]", "vec![Box::new(m1::Migration), Box::new(m2::Migration)]"),
            (
                "vec![\n            Box::new(m1::Migration), // the first\n        ]",
                "vec![\n            Box::new(m1::Migration),\n            Box::new(m2::Migration), // the first\n        ]",
            ),
            (
                "vec![\n            Box::new(m1::Migration)\n        ]",
                "vec![\n            Box::new(m1::Migration),\n            Box::new(m2::Migration),\n        ]",
            ),
        ] {
            assert_eq!(added(uses, before), Some(file(uses_after, after)), "{before}");
        }
    }

    #[test]
    fn adds_the_module_where_modules_are_or_after_the_uses() {
        let list = "vec![Box::new(m2::Migration)]";
        let uses = "use sea_orm_migration::prelude::*;";
        assert_eq!(added(uses, "vec![]"), Some(file(&format!("{uses}\n\nmod m2;"), list)));
        let inner = "use sea_orm_migration::prelude::*;\n\nmod inner {\n    pub struct A;\n}";
        let after = "use sea_orm_migration::prelude::*;\n\nmod m2;\n\nmod inner {\n    pub struct A;\n}";
        assert_eq!(added(inner, "vec![]"), Some(file(after, list)));
    }

    #[test]
    fn leaves_a_list_alone_that_it_cannot_follow() {
        assert_eq!(added("", "all()"), None);
        assert_eq!(added("", "[m1()].into()"), None);
        assert_eq!(with_migration("struct Migrator;", "m2"), None);
    }
}
