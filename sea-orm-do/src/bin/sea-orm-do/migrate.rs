//! `sea-orm-do migrate`.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, IsTerminal, stdin};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail, ensure};
use sea_orm_do::draft::{Draft, Driver, Options};
use sea_orm_do::introspect::{Object, Schema, introspect_file};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::arguments::{Check, Draft as Arguments, Migrate, Project, Tried};
use crate::database::{ask, wait};
use crate::folder::Folder;
use crate::migrator::Migrator;

pub(crate) fn run(what: &Migrate) -> Result<ExitCode> {
    match what {
        Migrate::Draft(arguments) => draft(arguments),
        Migrate::Check(changes) => check(changes),
        Migrate::Status(tried) => status(tried),
        Migrate::Up(tried) => up(tried),
    }
}

/// What the program of the project answers.
#[derive(Default, Deserialize)]
struct Answer {
    #[serde(default)]
    renames: Vec<[String; 3]>,
}

/// The schemas of a project, and the renames that its entities declare.
struct Schemas {
    have: Schema,
    want: Schema,
    renames: Vec<[String; 3]>,
}

impl Schemas {
    fn of(project: &Project) -> Result<Self> {
        let folder = Folder::new("draft")?;
        let answer = project.run(&["schemas", &folder.0.to_string_lossy()])?;
        // A program without sea-orm-do may print nothing.
        let answer: Answer = if answer.trim().is_empty() { Answer::default() } else { serde_json::from_str(&answer)? };
        let read = |name: &str| {
            let file = folder.0.join(name);
            ensure!(file.exists(), "the program examples/migrate.rs made no {name}");
            Ok(introspect_file(file)?)
        };
        Ok(Self { have: read("have.sqlite")?, want: read("want.sqlite")?, renames: answer.renames })
    }

    fn options(&self, changes: &Check) -> Result<Options> {
        let mut options = Options::default();
        for (old, new) in &changes.rename {
            options = match old.rsplit_once('.') {
                Some((table, column)) => options.rename_column(table, column, new),
                None => options.rename_table(old, new),
            };
        }
        for [table, old, new] in &self.renames {
            let has = |name: &str| self.have.table(table).is_some_and(|table| table.column(name).is_some());
            let is_given = changes.rename.iter().any(|(from, _)| *from == format!("{table}.{old}"));
            if has(old) && !has(new) && !is_given {
                options = options.rename_column(table, old, new);
            }
        }
        for (column, sql) in &changes.value {
            let (table, column) = column.rsplit_once('.').with_context(|| format!("{column} is no TABLE.COLUMN"))?;
            options = options.value(table, column, sql);
        }
        Ok(if changes.allow_drops { options.allow_drops() } else { options })
    }

    /// Asks on a terminal which columns were renamed: those that no entity has, where a new one has the same type.
    fn asked(&self, draft: &Draft, mut options: Options) -> Result<Options> {
        for object in &draft.withheld {
            let Object::Column { table, name } = object else { continue };
            let (Some(have), Some(want)) = (self.have.table(table), self.want.table(table)) else { continue };
            let Some(old) = have.column(name) else { continue };
            let new = want.columns.iter().filter(|column| {
                have.column(&column.name).is_none() && column.declared_type.eq_ignore_ascii_case(&old.declared_type)
            });
            for new in new {
                eprint!("Was the column `{table}`.`{name}` renamed to `{}`? [y/N] ", new.name);
                let mut answer = String::new();
                stdin().lock().read_line(&mut answer)?;
                if answer.trim().eq_ignore_ascii_case("y") {
                    options = options.rename_column(table, name, &new.name);
                    break;
                }
            }
        }
        Ok(options)
    }
}

fn draft(arguments: &Arguments) -> Result<ExitCode> {
    let name = &arguments.name;
    let is_name = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    ensure!(is_name && !name.is_empty(), "{name:?} cannot be the name: it takes lowercase letters, digits and `_`");
    let package = arguments.changes.project.package()?;
    let migrator = Migrator::find(&package.folder, arguments.migrator.as_deref())?;
    let schemas = Schemas::of(&arguments.changes.project)?;
    let mut options = schemas.options(&arguments.changes)?;
    let mut draft = Draft::new(&schemas.have, &schemas.want, &options)?;
    if stdin().is_terminal() && !arguments.changes.allow_drops {
        let asked = schemas.asked(&draft, options.clone())?;
        if asked != options {
            options = asked;
            draft = Draft::new(&schemas.have, &schemas.want, &options)?;
        }
    }
    shown(&draft);
    if draft.is_empty() {
        eprintln!("the migrations make what the entities declare: nothing was written");
        return Ok(ExitCode::SUCCESS);
    }
    let name = format!("m{}_{name}", stamp());
    let file = migrator.add(&name, &draft.to_file(package.driver))?;
    say!("{}", file.display());
    for (table, column) in draft.missing_values() {
        eprintln!(
            "`{table}`.`{column}` needs a value for the rows that exist: the file says where, or --value gives it"
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// Says what is not dropped.
fn shown(draft: &Draft) {
    for object in &draft.withheld {
        eprintln!("no entity has {object}: it stays; --allow-drops drops it with its data, --rename says its new name");
    }
}

fn check(changes: &Check) -> Result<ExitCode> {
    let schemas = Schemas::of(&changes.project)?;
    let draft = Draft::new(&schemas.have, &schemas.want, &schemas.options(changes)?)?;
    if draft.is_empty() {
        eprintln!("the migrations make what the entities declare");
        return Ok(ExitCode::SUCCESS);
    }
    for statement in &draft.up {
        say!("{};", statement.text(|table, column| format!("/* a value for {table}.{column} */")));
    }
    eprintln!("a migration is missing: sea-orm-do migrate draft NAME writes it");
    Ok(ExitCode::FAILURE)
}

/// The schema that the entities of the project declare, with the table in which its migrations are recorded.
pub(crate) fn entities_schema(project: &Project) -> Result<Schema> {
    Ok(Schemas::of(project)?.want)
}

fn status(tried: &Tried) -> Result<ExitCode> {
    #[derive(Deserialize)]
    struct Migration {
        name: String,
        applied_at: Option<i64>,
    }
    let answer: Value = match &tried.database.address.url {
        Some(_) => {
            let db = tried.database.connect()?;
            let all = wait(async { Ok(db.migrations().await?) })?;
            let all = all.into_iter().map(|it| json!({ "name": it.name, "applied_at": it.applied_at }));
            json!({ "migrations": all.collect::<Vec<_>>() })
        }
        None => serde_json::from_str(&tried.project.run_on("status", &tried.database.local_file()?)?)?,
    };
    if tried.json {
        say!("{}", serde_json::to_string_pretty(&answer)?);
        return Ok(ExitCode::SUCCESS);
    }
    let migrations: Vec<Migration> = serde_json::from_value(answer["migrations"].clone())?;
    for Migration { name, applied_at } in migrations {
        say!("{} {name}", if applied_at.is_some() { "applied" } else { "pending" });
    }
    Ok(ExitCode::SUCCESS)
}

fn up(tried: &Tried) -> Result<ExitCode> {
    #[derive(Deserialize)]
    struct Up {
        applied: Vec<String>,
        tables: BTreeMap<String, Rows>,
        changes: Vec<String>,
        entities_want: String,
    }
    #[derive(Deserialize)]
    struct Rows {
        before: Option<u64>,
        after: Option<u64>,
    }
    if tried.database.address.url.is_some() {
        return up_there(tried);
    }
    let file = tried.database.local_file()?;
    let answer: Value = serde_json::from_str(&tried.project.run_on("up", &file)?)?;
    if tried.json {
        say!("{}", serde_json::to_string_pretty(&answer)?);
        return Ok(ExitCode::SUCCESS);
    }
    let Up { applied, tables, changes, entities_want } = serde_json::from_value(answer)?;
    if applied.is_empty() {
        say!("nothing to apply");
    }
    applied.iter().for_each(|name| say!("applied {name}"));
    changes.iter().for_each(|change| say!("{change}"));
    for (table, Rows { before, after }) in &tables {
        let rows = |count: &Option<u64>| count.map_or_else(|| "no table".to_owned(), |count| format!("{count} rows"));
        say!("table `{table}`: {} before, {} after", rows(before), rows(after));
    }
    if !entities_want.is_empty() {
        say!("the entities declare something else: {entities_want}");
    }
    eprintln!("this was a copy: {} is unchanged", file.display());
    Ok(ExitCode::SUCCESS)
}

/// Lets an object apply its own migrations.
fn up_there(tried: &Tried) -> Result<ExitCode> {
    let db = tried.database.connect_to_write(&tried.write, "the migrations", ask)?;
    let applied = wait(async { Ok(db.migrate(None).await?) })?;
    if tried.json {
        say!("{}", json!({ "applied": applied }));
        return Ok(ExitCode::SUCCESS);
    }
    if applied.is_empty() {
        say!("nothing to apply");
    }
    applied.iter().for_each(|name| say!("applied {name}"));
    Ok(ExitCode::SUCCESS)
}

/// The package whose migrations these are.
pub(crate) struct Package {
    folder: PathBuf,
    driver: Driver,
}

impl Project {
    fn package(&self) -> Result<Package> {
        let mut cargo = Command::new("cargo");
        let output = cargo.args(["metadata", "--no-deps", "--format-version", "1"]).output().context("cargo")?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr).trim());
        let metadata: Value = serde_json::from_slice(&output.stdout)?;
        let packages: Vec<_> = metadata["packages"].as_array().into_iter().flatten().collect();
        let has_program = |package: &&&Value| {
            let targets = package["targets"].as_array();
            targets.into_iter().flatten().any(|it| it["name"] == "migrate" && it["kind"][0] == "example")
        };
        let is_asked = |package: &&&Value| match &self.package {
            Some(name) => package["name"] == name.as_str(),
            None => true,
        };
        let found: Vec<_> = packages.iter().filter(is_asked).filter(has_program).collect();
        let package = match found[..] {
            [package] => package,
            [] => bail!(
                "no package here has the program examples/migrate.rs, by which the command reads the entities and the \
                 migrations; docs/migrations.md shows its five lines"
            ),
            _ => bail!("several packages have the program examples/migrate.rs: choose one with --package"),
        };
        let manifest = package["manifest_path"].as_str().map(Path::new).and_then(Path::parent);
        let dependencies = package["dependencies"].as_array();
        let is_of_driver = dependencies.into_iter().flatten().any(|it| it["name"] == env!("CARGO_PKG_NAME"));
        Ok(Package {
            folder: manifest.context("cargo metadata has no manifest_path")?.to_owned(),
            driver: if is_of_driver { Driver::SeaOrmDo } else { Driver::Native },
        })
    }

    fn run_on(&self, command: &str, file: &Path) -> Result<String> {
        let file = fs::canonicalize(file).with_context(|| format!("there is no file {}", file.display()))?;
        self.run(&[command, &file.to_string_lossy()])
    }

    /// A command of cargo for this package.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        let mut cargo = Command::new("cargo");
        cargo.args(arguments);
        if let Some(package) = &self.package {
            cargo.args(["--package", package]);
        }
        if let Some(features) = &self.features {
            cargo.args(["--features", features]);
        }
        cargo
    }

    /// Runs the program of the project, and returns what it prints.
    fn run(&self, arguments: &[&str]) -> Result<String> {
        let mut cargo = self.cargo(&["run", "--quiet", "--example", "migrate"]);
        let output = cargo.arg("--").args(arguments).stderr(Stdio::inherit()).output().context("cargo")?;
        ensure!(output.status.success(), "the program examples/migrate.rs has failed");
        String::from_utf8(output.stdout).context("the answer of examples/migrate.rs")
    }
}

/// The time in UTC, as `20261128_081500`.
fn stamp() -> String {
    let now = time::OffsetDateTime::now_utc();
    let (date, time) = (now.date(), now.time());
    format!(
        "{:04}{:02}{:02}_{:02}{:02}{:02}",
        date.year(),
        u8::from(date.month()),
        date.day(),
        time.hour(),
        time.minute(),
        time.second()
    )
}
