//! The tests and the entities of the suite, and the connection that the running test gets.

use std::cell::RefCell;
use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;

use sea_orm_do::DoConnection;
use upstream::{DatabaseConnection, DbErr, rbac, tests_cfg};

/// A test of the suite.
#[derive(Clone)]
pub struct Test {
    pub module: &'static str,
    pub function: &'static str,
    pub ignored: bool,
    /// A part of the message of the panic that makes the test pass.
    pub should_panic: Option<&'static str>,
    pub run: fn() -> Running,
}

/// A test that was started: what went wrong is told as text.
pub type Running = Pin<Box<dyn Future<Output = Result<(), String>>>>;

/// An entity of the suite.
#[derive(Clone)]
pub struct Known {
    pub module: &'static str,
    pub register: fn(DoConnection) -> DoConnection,
}

thread_local! {
    static TESTS: RefCell<Vec<Test>> = const { RefCell::new(Vec::new()) };
    static ENTITIES: RefCell<Vec<Known>> = const { RefCell::new(Vec::new()) };
    static CONNECTION: RefCell<Option<DoConnection>> = const { RefCell::new(None) };
}

pub fn list_test(test: Test) {
    TESTS.with_borrow_mut(|tests| tests.push(test));
}

pub fn list_entity(entity: Known) {
    ENTITIES.with_borrow_mut(|entities| entities.push(entity));
}

pub fn tests() -> Vec<Test> {
    TESTS.with_borrow(Clone::clone)
}

impl Test {
    pub fn name(&self) -> String {
        format!("{}::{}", self.module, self.function)
    }

    /// Runs the test; its `Database::connect` gives this connection, which knows the entities of the test's own crate.
    pub async fn run_on(&self, connection: DoConnection) -> Result<(), String> {
        let file = file(self.module);
        let mut entities = ENTITIES.with_borrow(Clone::clone);
        entities.retain(|known| self::file(known.module) == file);
        // The later of two entities on one table wins: `bakery_chain`, which creates the tables, over `bakery_dense`.
        entities.sort_by(|a, b| b.module.cmp(a.module));
        let connection = entities.iter().fold(connection, |connection, known| (known.register)(connection));
        CONNECTION.set(Some(libraries_own(connection)));
        (self.run)().await
    }
}

/// The file that a module belongs to: each is a crate.
fn file(module: &str) -> &str {
    module.split("::").next().unwrap_or(module)
}

/// Registers the entities that SeaORM itself defines.
fn libraries_own(connection: DoConnection) -> DoConnection {
    use rbac::entity::*;
    connection
        .register::<tests_cfg::cake::Entity>()
        .register::<permission::Entity>()
        .register::<resource::Entity>()
        .register::<role::Entity>()
        .register::<role_hierarchy::Entity>()
        .register::<role_permission::Entity>()
        .register::<user_override::Entity>()
        .register::<user_role::Entity>()
}

pub(crate) fn connect() -> Result<DatabaseConnection, DbErr> {
    CONNECTION.with_borrow(|connection| match connection {
        Some(connection) => Ok(connection.to_database_connection()),
        None => Err(DbErr::Custom("no test is running".to_owned())),
    })
}

/// What a test function returns.
pub trait Outcome {
    fn into_result(self) -> Result<(), String>;
}

impl Outcome for () {
    fn into_result(self) -> Result<(), String> {
        Ok(())
    }
}

impl<E: Debug> Outcome for Result<(), E> {
    fn into_result(self) -> Result<(), String> {
        self.map_err(|error| format!("{error:?}"))
    }
}
