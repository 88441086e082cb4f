//! What a job runs on, as callers say it.

use std::ops::ControlFlow;

use super::pool::Pool;
use crate::kernels::Isa;
use crate::work::Watch;

/// All features of so many voxels take a millisecond.
const FEW_VOXELS: usize = 512;

/// How to compute; never changes a number.
///
/// ```
/// use radiomics_core::{Execution, Settings, example, extract};
///
/// # fn main() -> radiomics_core::Result<()> {
/// // One call on one thread; whoever makes several keeps a `Pool`.
/// let execution = Execution { threads: 1, ..Execution::default() };
/// let phantom = example::DigitalPhantom::new();
/// extract(&phantom.image(), &phantom.mask(), 1, &Settings::default(), &execution)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Execution {
    /// Number of threads, at most 1024; 0 means as many as the machine has.
    pub threads: usize,
    /// Instruction set.
    pub isa: Isa,
}

impl Default for Execution {
    fn default() -> Self {
        Self { threads: 0, isa: Isa::best() }
    }
}

impl Execution {
    /// A runtime on the threads of `pool` with this instruction set.
    pub(crate) fn on<'a>(&self, pool: &'a Pool) -> Runtime<'a> {
        Runtime { isa: self.isa, ..Runtime::new(pool) }
    }
}

/// A function that is told how many of how many steps are done, and may stop the job. It is called on the
/// thread that started the job, with numbers that never go down: first with 0, after each step, and at least every
/// 0.05 s in between with the same number; last with all steps unless the job fails or is stopped. The answer to
/// the last call is not looked at. A job that is stopped ends within about 0.1 s. Without the feature `threads` of
/// this crate nobody is there to call it between two steps.
pub type Progress<'a> = dyn Fn(usize, usize) -> ControlFlow<()> + Sync + 'a;

/// What a job runs on; never changes a number.
///
/// ```
/// use std::ops::ControlFlow;
/// use radiomics_core::{Pool, Runtime, Settings, example, extract_many};
///
/// # fn main() -> radiomics_core::Result<()> {
/// let pool = Pool::new(1)?;
/// let told = |done: usize, total: usize| {
///     eprintln!("{done} of {total}");
///     ControlFlow::Continue(())
/// };
/// let runtime = Runtime { progress: Some(&told), memory_bytes: Some(1 << 30), ..Runtime::new(&pool) };
/// let phantom = example::DigitalPhantom::new();
/// let (image, mask) = (phantom.image(), phantom.mask());
/// extract_many(&[("ct", &image)], &mask, &[1], &Settings::default(), &runtime)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy)]
pub struct Runtime<'a> {
    /// The threads of the job.
    pub pool: &'a Pool,
    /// Instruction set.
    pub isa: Isa,
    /// Who is told of progress, and may stop the job.
    pub progress: Option<&'a Progress<'a>>,
    /// Whether the job waits after each step until `progress` was told of it. If not, it is called at the start, at
    /// least every 0.05 s and at the end: enough for whoever only stops jobs, and a short job loses no time.
    pub each_step: bool,
    /// Stops the job from any thread.
    pub stop: Option<&'a Watch>,
    /// Bytes of memory that the job may take beside its input and its result; what the machine has free if
    /// it is `None`, without a limit where the system does not say. What is known to need more is refused
    /// before it takes them: volumes, what is as large as one, and cells of texture matrices.
    pub memory_bytes: Option<u64>,
}

impl<'a> Runtime<'a> {
    /// A runtime on the threads of `pool` with the best instruction set, which tells nobody of progress, is
    /// stopped by nobody, and may take what memory the machine has free.
    pub fn new(pool: &'a Pool) -> Self {
        Self { pool, isa: Isa::best(), progress: None, each_step: true, stop: None, memory_bytes: None }
    }

    /// This runtime for a job that looks at so many voxels. One of few takes less time than to wake a thread of the
    /// pool, and runs on the thread that starts it unless somebody is to be told of progress meanwhile.
    pub(crate) fn for_voxels(self, voxels: impl FnOnce() -> usize) -> Self {
        let is_here = self.progress.is_none() && voxels() <= FEW_VOXELS;
        Self { pool: if is_here { self.pool.without_own_threads() } else { self.pool }, ..self }
    }
}

impl std::fmt::Debug for Runtime<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Runtime").field("pool", self.pool).field("isa", &self.isa).finish_non_exhaustive()
    }
}
