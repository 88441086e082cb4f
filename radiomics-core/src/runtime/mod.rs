//! What a job runs on: threads that are kept from job to job, and who is told how far it is.

mod machine;
mod monitor;
mod pool;

pub use machine::{Execution, Progress, Runtime};
pub(crate) use monitor::Monitor;
pub use pool::Pool;
pub(crate) use pool::slab_thickness;
