//! The tests and the entities of the suite, and the connection that the running test gets.

use std::cell::RefCell;
use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;

use sea_orm_do::DoConnection;
use upstream::{DatabaseConnection, DbErr};

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

pub fn entities() -> Vec<Known> {
    ENTITIES.with_borrow(Clone::clone)
}

impl Test {
    pub fn name(&self) -> String {
        format!("{}::{}", self.module, self.function)
    }
}

/// From now on `Database::connect` gives this connection.
pub fn set_connection(connection: DoConnection) {
    CONNECTION.set(Some(connection));
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
