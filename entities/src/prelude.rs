//! The entities under the names that queries read well with.

pub use super::project::Entity as Project;
pub use super::tag::Entity as Tag;
pub use super::task::Entity as Task;
pub use super::task_tag::Entity as TaskTag;
