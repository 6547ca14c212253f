//! The tests and the entities of the suite, and the connection that the running test gets.

use std::cell::RefCell;
use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;

pub use inventory;
/// The connection to the object that a test runs in.
#[cfg(target_arch = "wasm32")]
pub use sea_orm_do::DoConnection as Connection;
/// The connection to the object that a test runs on.
#[cfg(not(target_arch = "wasm32"))]
pub use sea_orm_do::remote::RemoteConnection as Connection;
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
    pub register: fn(Connection) -> Connection,
}

inventory::collect!(Test);
inventory::collect!(Known);

thread_local! {
    static CONNECTION: RefCell<Option<Connection>> = const { RefCell::new(None) };
}

#[cfg(target_arch = "wasm32")]
mod lists {
    use std::cell::RefCell;

    use super::{Known, Test};

    thread_local! {
        pub(super) static TESTS: RefCell<Vec<Test>> = const { RefCell::new(Vec::new()) };
        pub(super) static ENTITIES: RefCell<Vec<Known>> = const { RefCell::new(Vec::new()) };
    }

    /// What has a list.
    pub trait Listed {
        fn list(self);
    }

    impl Listed for Test {
        fn list(self) {
            TESTS.with_borrow_mut(|tests| tests.push(self));
        }
    }

    impl Listed for Known {
        fn list(self) {
            ENTITIES.with_borrow_mut(|entities| entities.push(self));
        }
    }
}

#[cfg(target_arch = "wasm32")]
pub fn list(item: impl lists::Listed) {
    item.list();
}

#[cfg(target_arch = "wasm32")]
pub fn tests() -> Vec<Test> {
    lists::TESTS.with_borrow(Clone::clone)
}

#[cfg(not(target_arch = "wasm32"))]
pub fn tests() -> Vec<Test> {
    inventory::iter::<Test>().cloned().collect()
}

#[cfg(target_arch = "wasm32")]
pub fn entities() -> Vec<Known> {
    lists::ENTITIES.with_borrow(Clone::clone)
}

#[cfg(not(target_arch = "wasm32"))]
pub fn entities() -> Vec<Known> {
    inventory::iter::<Known>().cloned().collect()
}

impl Test {
    pub fn name(&self) -> String {
        format!("{}::{}", self.module, self.function)
    }
}

/// From now on `Database::connect` gives this connection.
pub fn set_connection(connection: Connection) {
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
