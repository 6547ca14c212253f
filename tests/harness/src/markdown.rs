//! The Markdown files of the workspace: their links, and their blocks of code.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::root;

/// What is built, installed or kept there is not ours.
const NOT_OURS: [&str; 5] = [".git", ".wrangler", "build", "node_modules", "target"];

/// All of them, by their paths from the root.
pub fn files() -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    find(&root(), Path::new(""), &mut files)?;
    files.sort();
    Ok(files)
}

fn find(root: &Path, folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(root.join(folder))? {
        let name = PathBuf::from(entry?.file_name());
        let path = folder.join(&name);
        if root.join(&path).is_dir() {
            if !NOT_OURS.iter().any(|other| name == Path::new(other)) {
                find(root, &path, files)?;
            }
        } else if name.to_string_lossy().ends_with(".md") || name.to_string_lossy().ends_with(".md.template") {
            files.push(path);
        }
    }
    Ok(())
}

fn read(file: &Path) -> Result<String> {
    fs::read_to_string(root().join(file)).with_context(|| file.display().to_string())
}

/// The blocks of code of a file, each with its language and its first line's number.
pub fn blocks(text: &str) -> Vec<(usize, String, String)> {
    let mut blocks = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((_, line)) = lines.next() {
        let Some(language) = line.strip_prefix("```") else { continue };
        let mut block = Vec::new();
        let mut first = 0;
        for (at, line) in lines.by_ref().take_while(|(_, line)| !line.starts_with("```")) {
            first = if block.is_empty() { at + 1 } else { first };
            block.push(line);
        }
        blocks.push((first, language.to_owned(), block.join("\n")));
    }
    blocks
}

/// The text without what is code.
fn prose(text: &str) -> String {
    let mut is_code = false;
    let outside = text.lines().filter(|line| {
        let is_fence = line.starts_with("```");
        is_code ^= is_fence;
        !is_code && !is_fence
    });
    // The odd pieces of a line are between backticks.
    let without_code = |line: &str| -> String {
        line.split('`').enumerate().map(|(at, piece)| if at % 2 == 0 { piece } else { "``" }).collect()
    };
    outside.map(without_code).collect::<Vec<_>>().join("\n")
}

/// Where the links and pictures of a file lead.
fn links(text: &str) -> Vec<String> {
    let prose = prose(text);
    let inline = prose.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target);
    let bare = prose.split("<http").skip(1).filter_map(|rest| rest.split_once('>')).map(|(rest, _)| rest);
    inline.map(str::to_owned).chain(bare.map(|rest| format!("http{rest}"))).collect()
}

fn is_external(link: &str) -> bool {
    link.starts_with("http://") || link.starts_with("https://")
}

/// The links that lead outside.
pub fn external_links(files: &[PathBuf]) -> Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    for file in files {
        found.extend(links(&read(file)?).into_iter().filter(|link| is_external(link)));
    }
    Ok(found)
}

/// The links to files or headings that are not there.
pub fn broken_links(files: &[PathBuf]) -> Result<Vec<String>> {
    let mut broken = Vec::new();
    for file in files {
        let folder = file.parent().unwrap_or(Path::new(""));
        for link in links(&read(file)?).iter().filter(|link| !is_external(link)) {
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if path.is_empty() { file.clone() } else { folder.join(path) };
            let is_there = root().join(&target).exists();
            if !is_there || (!anchor.is_empty() && !anchors(&read(&target)?).contains(anchor)) {
                broken.push(format!("{}: {link}", file.display()));
            }
        }
    }
    Ok(broken)
}

/// [GitHub's names of headings](https://docs.github.com/en/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax#section-links).
fn anchors(text: &str) -> BTreeSet<String> {
    let mut is_code = false;
    let mut anchors = BTreeSet::new();
    for line in text.lines() {
        is_code ^= line.starts_with("```");
        if let Some(heading) = line.strip_prefix('#').filter(|_| !is_code) {
            let name: String = heading
                .trim_start_matches('#')
                .trim()
                .chars()
                .filter(|char| char.is_alphanumeric() || " -_".contains(*char))
                .map(|char| if char == ' ' { '-' } else { char.to_ascii_lowercase() })
                .collect();
            // The second of two equal headings is counted.
            let again = (1..).map(|count| format!("{name}-{count}")).find(|name| !anchors.contains(name));
            let is_new = anchors.insert(name);
            anchors.extend(again.filter(|_| !is_new));
        }
    }
    anchors
}
