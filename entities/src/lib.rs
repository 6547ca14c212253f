//! The entities of the work tracker, in the dense format of sea-orm-codegen.

pub mod prelude;

pub mod project;
pub mod tag;
pub mod task;
pub mod task_tag;
