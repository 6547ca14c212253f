//! What a case is: steps, each in an object, with restarts of the runtime between them.

use std::cell::RefCell;
use std::error::Error;
use std::pin::Pin;
use std::rc::Rc;

use sea_orm::DbErr;
use sea_orm_do::DoConnection;

/// A failed assertion panics; everything else that goes wrong is returned.
pub type Outcome = Result<(), Box<dyn Error>>;

/// What a step costs: statements, and the rows that they read and write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    pub statements: usize,
    pub rows_read: usize,
    pub rows_written: usize,
}

type Body = fn(Context) -> Pin<Box<dyn Future<Output = Outcome>>>;

/// A test, known by its suite and name: `crud::inserts_and_reads_back`.
#[derive(Clone, Debug)]
pub struct Case {
    pub name: &'static str,
    pub steps: Vec<Step>,
    /// Whether it needs the runtime itself: JavaScript, classes, a wasm instance that is rebuilt after a panic.
    pub workerd_only: bool,
}

/// A part of a case that runs in one go inside one object.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    pub class: Class,
    /// Objects of different names have different databases; all are new to the case.
    pub object: &'static str,
    /// Whether workerd is ended and started again before this step.
    pub restart: bool,
    /// Requests that are sent at the same time.
    pub times: usize,
    pub expected: Expected,
    pub body: Body,
}

/// How a step must end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    Success,
    /// A panic with this in its message; the next step finds the object rebuilt.
    Panic(&'static str),
    /// The runtime resets the object, and the request fails with this in its message.
    Reset(&'static str),
}

/// The Durable Object class that a step runs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    Sqlite,
    /// Without `new_sqlite_classes`.
    Plain,
}

impl Class {
    /// The name of the worker's binding for it.
    #[must_use]
    pub fn binding(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLITE",
            Self::Plain => "PLAIN",
        }
    }
}

impl Case {
    #[must_use]
    pub fn new(name: &'static str, body: Body) -> Self {
        Self { name, steps: Vec::new(), workerd_only: false }.then(body)
    }

    /// The case makes no sense on the storage of the host.
    #[must_use]
    pub fn workerd_only(self) -> Self {
        Self { workerd_only: true, ..self }
    }

    /// A further step in the same object.
    #[must_use]
    pub fn then(mut self, body: Body) -> Self {
        let previous = self.steps.last();
        let (class, object) = previous.map_or((Class::Sqlite, "main"), |step| (step.class, step.object));
        self.steps.push(Step { class, object, restart: false, times: 1, expected: Expected::Success, body });
        self
    }

    /// The last step runs in the object of this name.
    #[must_use]
    pub fn in_object(self, object: &'static str) -> Self {
        self.change_last(|step| step.object = object)
    }

    /// The last step runs in a class of this kind.
    #[must_use]
    pub fn in_class(self, class: Class) -> Self {
        self.change_last(|step| step.class = class)
    }

    /// workerd restarts before the last step.
    #[must_use]
    pub fn after_restart(self) -> Self {
        self.change_last(|step| step.restart = true)
    }

    /// The last step runs in so many requests that arrive at the same time.
    #[must_use]
    pub fn at_once(self, times: usize) -> Self {
        self.change_last(|step| step.times = times)
    }

    /// The last step must panic with a message that contains `message`.
    #[must_use]
    pub fn panicking(self, message: &'static str) -> Self {
        self.change_last(|step| step.expected = Expected::Panic(message))
    }

    /// The runtime resets the object in the last step, with a message that contains `message`.
    #[must_use]
    pub fn resetting(self, message: &'static str) -> Self {
        self.change_last(|step| step.expected = Expected::Reset(message))
    }

    fn change_last(mut self, change: impl FnOnce(&mut Step)) -> Self {
        if let Some(step) = self.steps.last_mut() {
            change(step);
        }
        self
    }
}

/// What a step is given.
#[derive(Clone, Debug)]
pub struct Context {
    #[cfg(target_arch = "wasm32")]
    pub(crate) state: Rc<worker::State>,
    /// The database file that stands for the object.
    #[cfg(not(target_arch = "wasm32"))]
    pub file: std::path::PathBuf,
    /// What the step tells the harness.
    pub told: Rc<RefCell<String>>,
}

// What it tells is read whole or not at all.
impl std::panic::UnwindSafe for Context {}
impl std::panic::RefUnwindSafe for Context {}

impl Context {
    /// The database of the object that the step runs in.
    ///
    /// # Errors
    /// As [`DoConnection::new`].
    pub fn connect(&self) -> Result<DoConnection, DbErr> {
        #[cfg(target_arch = "wasm32")]
        return DoConnection::new(&self.state);
        #[cfg(not(target_arch = "wasm32"))]
        DoConnection::open_file(&self.file)
    }

    /// Lets a millisecond pass, in which other requests go on.
    pub async fn wait(&self) {
        #[cfg(target_arch = "wasm32")]
        worker::Delay::from(std::time::Duration::from_millis(1)).await;
    }

    /// Runs a future while no other request of the object goes on.
    ///
    /// # Errors
    /// Those of the future.
    pub async fn block_concurrency_while(&self, step: impl Future<Output = Outcome> + 'static) -> Outcome {
        #[cfg(target_arch = "wasm32")]
        return self
            .state
            .block_concurrency_while(async { Ok::<_, worker::Error>(step.await.map_err(|error| error.to_string())) })
            .await?
            .map_err(Into::into);
        #[cfg(not(target_arch = "wasm32"))]
        step.await
    }

    /// The time since 1970.
    #[must_use]
    pub fn now(&self) -> std::time::Duration {
        #[cfg(target_arch = "wasm32")]
        return std::time::Duration::from_secs_f64(js_sys::Date::now() / 1000.0);
        #[cfg(not(target_arch = "wasm32"))]
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default()
    }

    /// Counts the statements of a step, and the rows that they read and write.
    ///
    /// # Errors
    /// When JavaScript throws, or outside workerd.
    pub fn counting<T>(&self, step: impl FnOnce() -> T) -> Result<(T, Counts), String> {
        #[cfg(target_arch = "wasm32")]
        return crate::counts::counting(&self.state, step).map_err(|thrown| format!("{thrown:?}"));
        #[cfg(not(target_arch = "wasm32"))]
        Err(format!("the host counts no rows of {}", std::any::type_name_of_val(&step)))
    }

    /// The size of the database as the runtime tells it.
    ///
    /// # Errors
    /// When JavaScript throws, or outside workerd.
    pub fn database_size(&self) -> Result<u64, String> {
        #[cfg(target_arch = "wasm32")]
        return crate::counts::database_size(&self.state).map_err(|thrown| format!("{thrown:?}"));
        #[cfg(not(target_arch = "wasm32"))]
        Err("no runtime on the host".to_owned())
    }

    /// The storage beside SQL.
    #[cfg(target_arch = "wasm32")]
    pub(crate) fn storage(&self) -> worker::Storage {
        self.state.storage()
    }

    /// Opens the object's database as its constructor would.
    #[cfg(target_arch = "wasm32")]
    pub fn open<F>(&self, step: F) -> sea_orm_do::Opening
    where
        F: AsyncFnOnce(DoConnection) -> Result<DoConnection, DbErr> + 'static,
    {
        sea_orm_do::Opening::new(&self.state, step)
    }

    /// Leaves a text for the harness, for what only the host can judge.
    pub fn tell(&self, text: String) {
        *self.told.borrow_mut() = text;
    }

    /// Runs JavaScript through `eval`; the error is what was thrown.
    ///
    /// # Errors
    /// When it throws, or outside workerd.
    pub fn evaluate(&self, script: &str) -> Result<(), String> {
        #[cfg(target_arch = "wasm32")]
        return js_sys::eval(script).map(|_| ()).map_err(|thrown| format!("{thrown:?}"));
        #[cfg(not(target_arch = "wasm32"))]
        Err(format!("no JavaScript on the host: {script}"))
    }

    /// Makes a function with `new Function`; the error is what was thrown.
    ///
    /// # Errors
    /// When it throws, or outside workerd.
    pub fn compile(&self, body: &str) -> Result<(), String> {
        #[cfg(target_arch = "wasm32")]
        return js_sys::Reflect::get(&js_sys::global(), &"Function".into())
            .and_then(|class| js_sys::Reflect::construct(&class.into(), &js_sys::Array::of1(&body.into())))
            .map(|_| ())
            .map_err(|thrown| format!("{thrown:?}"));
        #[cfg(not(target_arch = "wasm32"))]
        Err(format!("no JavaScript on the host: {body}"))
    }
}

/// The cases of a suite: `cases!("crud": inserts, updates)` names `crud::inserts` and `crud::updates`.
macro_rules! cases {
    ($suite:literal: $($body:ident),* $(,)?) => {
        vec![$($crate::case::case!($suite, $body)),*]
    };
}

/// One case, for those with more than one step.
macro_rules! case {
    ($suite:literal, $body:ident) => {
        $crate::case::Case::new(concat!($suite, "::", stringify!($body)), |context| Box::pin($body(context)))
    };
}

pub(crate) use {case, cases};
