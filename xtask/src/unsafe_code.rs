//! Where `unsafe` stands: in the storage of workerd alone, each with its reason above it.
//!
//! The compiler denies it too, but not where somebody allows it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};

use crate::process::output;
use crate::workspace::Workspace;

/// The only files that may hold it: `workerd.rs` and those in the folder `workerd`.
const PLACE: &str = "sea-orm-do/src/storage/workerd";
/// Gives the functions of SeaORM's own suite the names by which its worker calls them; no part of the driver.
const EXPORTS: &str = "tests/conformance/template/shadow/test-macro";

/// A line that uses it, or lets it be used.
struct Use {
    file: PathBuf,
    line: usize,
    /// Whether it is the attribute that lets it be used.
    is_permission: bool,
    /// Whether a comment above says why it is sound.
    has_reason: bool,
}

pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let mut uses = Vec::new();
    for file in sources(workspace.root())?.into_iter().filter(|file| !file.starts_with(EXPORTS)) {
        uses.extend(uses_in(&file, &fs::read_to_string(workspace.root().join(&file))?));
    }
    let in_place = |file: &Path| file.with_extension("") == Path::new(PLACE) || file.starts_with(PLACE);
    let wrong = uses.iter().filter(|one| !in_place(&one.file) || !(one.has_reason || one.is_permission));
    let wrong: Vec<_> = wrong.map(|one| format!("{}:{}", one.file.display(), one.line)).collect();
    ensure!(wrong.is_empty(), "unsafe outside of {PLACE}, or without SAFETY above it: {}", wrong.join(", "));
    let count = uses.iter().filter(|one| !one.is_permission).count();
    eprintln!("› unsafe stands {count} times in {PLACE}, each with its reason");
    Ok(())
}

/// Every Rust file that git knows or would add, from the root.
fn sources(root: &Path) -> Result<Vec<PathBuf>> {
    let mut command = Command::new("git");
    command.current_dir(root).args(["ls-files", "--cached", "--others", "--exclude-standard", "*.rs"]);
    Ok(output(&mut command)?.lines().map(PathBuf::from).filter(|file| root.join(file).is_file()).collect())
}

fn uses_in(file: &Path, text: &str) -> Vec<Use> {
    // Put together here, so that this file has none of them.
    let forms = [" {", " impl ", " fn ", " extern ", " trait ", "("].map(|form| format!("unsafe{form}"));
    let permission = format!("({}_code", "unsafe");
    let lines: Vec<_> = text.lines().map(str::trim).collect();
    let found = lines.iter().enumerate().filter_map(|(at, line)| {
        let code = line.split("//").next().unwrap_or_default();
        let is_permission = code.contains(&permission);
        if !is_permission && !forms.iter().any(|form| code.contains(form)) {
            return None;
        }
        let mut comments = lines[..at].iter().rev().take_while(|line| line.starts_with("//"));
        let has_reason = comments.any(|line| line.starts_with("// SAFETY:"));
        Some(Use { file: file.to_owned(), line: at + 1, is_permission, has_reason })
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stands_in_the_storage_of_workerd_alone() {
        check(&Workspace::locate().unwrap()).unwrap();
    }

    #[test]
    fn finds_what_the_compiler_was_told_to_let_pass() {
        let allowed =
            format!("#![allow({}_code)]\n// SAFETY: one thread\n{0} impl Send for A {{}}\n{0} {{ a() }}", "unsafe");
        let uses = uses_in(Path::new("a.rs"), &allowed);
        let told: Vec<_> = uses.iter().map(|one| (one.line, one.is_permission, one.has_reason)).collect();
        assert_eq!(told, [(1, true, false), (3, false, true), (4, false, false)]);
        assert!(uses_in(Path::new("a.rs"), "// no unsafe { } here\nlet unsafe_code = 1;").is_empty());
    }
}
