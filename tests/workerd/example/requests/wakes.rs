//! Objects that wake up with the tables of another time.

use anyhow::{Result, ensure};
use rusqlite::Connection;
use sea_orm_do::{DoConnection, schema};
use sea_orm_do_harness::workerd::Server;
use serde_json::{Value, json};

use super::{call, get, post};

pub fn has_the_tables_that_the_entities_expect(server: &mut Server) -> Result<()> {
    get(server, "/w/a/projects")?;
    server.change_files("Workspace", |file| {
        let db = entities::register(DoConnection::open_file(file)?);
        Ok(schema::check(&db)?.into_result()?)
    })
}

/// From what the migrations have made to what the first of them made.
const FIRST_MIGRATION: &str = r#"
    ALTER TABLE task ADD COLUMN tags json_text;
    UPDATE task SET tags = '["steel", "fire", "steel"]' WHERE id = 1;
    DROP TABLE task_tag;
    DROP TABLE tag;
    DELETE FROM seaql_migrations WHERE version <> 'm20260901_000001_create_projects_and_tasks';
"#;

pub fn moves_the_data_of_an_old_object_when_it_wakes(server: &mut Server) -> Result<()> {
    post(server, "/w/a/projects", &json!({"name": "Apollo"}))?;
    let tagged = post(server, "/w/a/tasks", &json!({"project_id": 1, "title": "Build", "tags": ["fire", "steel"]}))?;
    let plain = post(server, "/w/a/tasks", &json!({"project_id": 1, "title": "Rest"}))?;
    server.change_files("Workspace", |file| Ok(Connection::open(file)?.execute_batch(FIRST_MIGRATION)?))?;
    ensure!(get(server, "/w/a/tasks/1")? == tagged);
    ensure!(get(server, "/w/a/tasks/2")? == plain);
    ensure!(get(server, "/w/a/tasks?tag=steel")?["total"] == 1);
    Ok(())
}

pub fn answers_with_an_error_when_a_migration_fails(server: &mut Server) -> Result<()> {
    post(server, "/w/a/projects", &json!({"name": "Apollo"}))?;
    let unknown = "INSERT INTO seaql_migrations VALUES ('m20991231_000001_of_a_later_version', 0)";
    server.change_files("Workspace", |file| Ok(Connection::open(file)?.execute_batch(unknown)?))?;
    for _ in 0..2 {
        let (status, answer) = call(server, "GET", "/w/a/projects", &Value::Null)?;
        ensure!(status == 500 && answer["error"]["message"] == "internal error", "{status} {answer}");
    }
    // The neighbours do not notice.
    ensure!(get(server, "/w/b/projects")?["total"] == 0);
    let forget = "DELETE FROM seaql_migrations WHERE applied_at = 0";
    server.change_files("Workspace", |file| Ok(Connection::open(file)?.execute_batch(forget)?))?;
    ensure!(get(server, "/w/a/projects")?["total"] == 1);
    Ok(())
}
