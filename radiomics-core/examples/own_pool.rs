//! On threads of one's own: a host's pool does the work, and no other thread is started. `cargo run --example own_pool`.

use std::ops::ControlFlow;
use std::sync::{Arc, mpsc};
use std::thread;

use radiomics_core::{Executor, Pool, Runtime, Settings, example, extract_many};

/// A host's threads: each takes what is sent to it.
struct Workers(Vec<mpsc::Sender<Call>>);

/// A task and the number it is called with, and where to say that the call has returned.
type Call = (Task, usize, mpsc::Sender<()>);

/// A task, which lives until all calls have returned.
#[derive(Clone, Copy)]
struct Task(&'static (dyn Fn(usize) + Sync));

impl Workers {
    fn start(threads: usize) -> Self {
        let worker = |_| {
            let (sender, calls) = mpsc::channel::<Call>();
            thread::spawn(move || {
                for (task, index, done) in calls {
                    (task.0)(index);
                    // Whoever waits has not gone.
                    let _ = done.send(());
                }
            });
            sender
        };
        Self((0..threads).map(worker).collect())
    }
}

impl Executor for Workers {
    fn threads(&self) -> usize {
        self.0.len()
    }

    #[allow(unsafe_code, reason = "a task is sent to threads that outlive it, and waited for")]
    fn run(&self, n: usize, task: &(dyn Fn(usize) + Sync)) {
        // SAFETY: all calls have returned when this function returns.
        let task = Task(unsafe {
            std::mem::transmute::<&(dyn Fn(usize) + Sync), &'static (dyn Fn(usize) + Sync)>(task)
        });
        let (done, ended) = mpsc::channel();
        for index in 0..n {
            self.0[index % self.0.len()].send((task, index, done.clone())).expect("a worker that waits");
        }
        drop(done);
        assert_eq!(ended.iter().count(), n, "calls that have returned");
    }
}

fn main() -> radiomics_core::Result<()> {
    let phantom = example::DigitalPhantom::new();
    let settings = Settings::ibsi_configuration("digital_phantom")?;
    let pool = Pool::of_host(Arc::new(Workers::start(2)));
    let told = |done: usize, total: usize| {
        eprintln!("{done} of {total}");
        ControlFlow::Continue(())
    };
    let mut runtime = Runtime::new(&pool);
    runtime.progress = Some(&told);
    let (image, mask) = (phantom.image(), phantom.mask());
    let tables = extract_many(&[("original", &image)], &mask, &[1], &settings, &runtime)?;
    println!("{} values", tables[0].rows().len());
    Ok(())
}
