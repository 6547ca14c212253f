//! The entities that are checked in are what our generator writes. With `SEA_ORM_DO_BLESS=1` they become so.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use futures_util::FutureExt;
use libtest_mimic::Trial;
use sea_orm::ConnectionTrait;
use sea_orm_do::codegen::{BigIntegerType, EntityFormat, File, Options, WithSerde, generate};
use sea_orm_do::introspect::Schema;
use sea_orm_do::{DoConnection, introspect};
use sea_orm_do_generated::schemas;
use sea_orm_do_harness::checked_in::compare;
use sea_orm_do_harness::root;

pub fn trials() -> Vec<Trial> {
    let expanded = Options {
        format: EntityFormat::Expanded,
        with_serde: WithSerde::Both,
        big_integer_type: BigIntegerType::I32,
        ..Options::default()
    };
    let checked_in = [
        ("chinook", schemas::CHINOOK.to_owned(), Options::default()),
        ("sakila", schemas::SAKILA.to_owned(), expanded),
        ("hard", schemas::hard(), Options::default()),
    ];
    let trial = |(name, sql, options): (&'static str, String, Options)| {
        let folder = format!("tests/generated/src/{name}");
        Trial::test(format!("generated::{name}_is_what_the_generator_writes"), move || {
            let compare = || {
                let files = written(&schema(&sql)?, &options)?;
                let files: Vec<_> = files.into_iter().map(|file| (file.name, file.content)).collect();
                compare(&folder, &files)
            };
            compare().map_err(|error| format!("{error:#}").into())
        })
    };
    checked_in.into_iter().map(trial).collect()
}

/// The schema that a script makes.
fn schema(sql: &str) -> Result<Schema> {
    let db = DoConnection::in_memory()?;
    db.execute_unprepared(sql).now_or_never().context("the driver waits")??;
    Ok(introspect(&db)?)
}

/// The files that the command would write: formatted in the style of the workspace, inside which the folder lies.
fn written(schema: &Schema, options: &Options) -> Result<Vec<File>> {
    let target = root().join("target");
    fs::create_dir_all(&target)?;
    let folder = tempfile::Builder::new().prefix("generated-").tempdir_in(target)?;
    let generated = generate(schema, options)?;
    ensure!(generated == generate(schema, options)?, "the same schema gives other files");
    ensure!(generated.skipped.is_empty(), "{:?}", generated.skipped);
    let mut files = generated.files;
    let paths: Vec<_> = files.iter().map(|file| folder.path().join(&file.name)).collect();
    files.iter().zip(&paths).try_for_each(|(file, path)| fs::write(path, &file.content))?;
    let status = Command::new("rustfmt").args(["--edition", "2024"]).args(&paths).status().context("rustfmt")?;
    ensure!(status.success(), "rustfmt ended with {status}");
    for (file, path) in files.iter_mut().zip(&paths) {
        file.content = fs::read_to_string(path)?;
    }
    Ok(files)
}
