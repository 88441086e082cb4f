//! Jobs that are stopped while they work, and jobs that ask for more memory than there is.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use radiomics_core::document::from_yaml;
use radiomics_core::example::DigitalPhantom;
use radiomics_core::filters::filter_each;
use radiomics_core::masks::Region;
use radiomics_core::matrices::matrices_on;
use radiomics_core::ndarray::Array3;
use radiomics_core::voxel_map::{MovingWindow, PreparedMaps};
use radiomics_core::{
    Cancel, Error, Execution, Grid, Image, Mask, Pool, Result, Runtime, extract, extract_many,
};

/// A sphere in a cube of `n` voxels a side, of values that differ from voxel to voxel.
struct Sphere {
    values: Array3<i16>,
    labels: Array3<u8>,
}

impl Sphere {
    fn new(n: usize) -> Self {
        let from_centre = |place: usize| place as f64 - (n as f64 - 1.0) / 2.0;
        let mut state = 1u32;
        let values = Array3::from_shape_fn((n, n, n), |_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as i16
        });
        let labels = Array3::from_shape_fn((n, n, n), |(k, j, i)| {
            let square: f64 = [k, j, i].map(|place| from_centre(place).powi(2)).iter().sum();
            u8::from(square < (n as f64 / 2.0).powi(2))
        });
        Self { values, labels }
    }

    fn with<R>(&self, work: impl FnOnce(&Image, &Mask) -> R) -> R {
        let grid = Grid::new(self.values.dim().into(), [1.0; 3]).unwrap();
        let image = Image::new(grid.clone(), self.values.view()).unwrap();
        work(&image, &Mask::new(grid, self.labels.view()).unwrap())
    }
}

/// Runs a job with a runtime, and says how long it took to end after it was stopped.
fn time_to_stop(job: impl FnOnce(&Runtime) -> Result<()>) -> Duration {
    let (pool, cancel) = (Pool::new(1).unwrap(), Cancel::new());
    let watch = cancel.watch();
    std::thread::scope(|scope| {
        let stopped = scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(100));
            cancel.cancel();
            Instant::now()
        });
        let result = job(&Runtime { stop: Some(&watch), ..Runtime::new(&pool) });
        let ended = Instant::now();
        assert!(matches!(result, Err(Error::Cancelled { .. })), "{result:?}");
        ended.duration_since(stopped.join().unwrap())
    })
}

/// Far more than is promised, for machines that do other work at the same time.
const SOON: Duration = Duration::from_millis(700);

#[test]
fn extraction_stops_in_the_middle_of_a_family() {
    let sphere = Sphere::new(150);
    let settings = from_yaml("{bin_width: 5, families: [morphology]}").unwrap();
    let took = sphere.with(|image, mask| {
        time_to_stop(|runtime| extract_many(&[("original", image)], mask, &[1], &settings, runtime).map(drop))
    });
    assert!(took < SOON, "{took:?}");
}

#[test]
fn a_filter_stops_in_the_middle() {
    let sphere = Sphere::new(120);
    let gabor = "{gabor: {sigma_mm: 4, lambda_mm: 2, delta_theta: 0.2, orthogonal_planes: true}}";
    let filters = from_yaml(&format!("filters: [{gabor}]")).unwrap().filters;
    let took =
        sphere.with(|image, _| time_to_stop(|runtime| filter_each(image, &filters, runtime, |_, _| ())));
    assert!(took < SOON, "{took:?}");
}

/// Each is called again and again: it ends because it asks, and not because it is done.
#[test]
fn what_goes_over_a_whole_mask_stops() {
    let (sphere, floats) = (Sphere::new(100), Sphere::new(60).labels.mapv(f64::from));
    let float_mask = Mask::new(Grid::new([60; 3], [1.0; 3]).unwrap(), floats.view()).unwrap();
    sphere.with(|_, mask| {
        let region = Region::of_label(mask, 1).unwrap();
        let calls: [(&str, &(dyn Fn() -> Result<()> + Sync)); 8] = [
            ("labels", &|| mask.labels().map(drop)),
            ("labels in floats", &|| float_mask.labels().map(drop)),
            ("label_counts", &|| mask.label_counts().map(drop)),
            ("of_label", &|| Region::of_label(mask, 1).map(drop)),
            ("to_mask", &|| {
                region.to_mask();
                Ok(())
            }),
            ("within", &|| region.within(&region, "it").map(drop)),
            ("minus", &|| region.minus(&region, "it").map(drop)),
            ("union", &|| region.union(&region, "it").map(drop)),
        ];
        for (name, call) in calls {
            let took = time_to_stop(|runtime| {
                runtime.stoppable(|| {
                    loop {
                        call()?;
                    }
                })
            });
            assert!(took < SOON, "{name}: {took:?}");
        }
    });
}

#[test]
fn maps_stop_in_the_middle_of_a_tile() {
    let sphere = Sphere::new(40);
    let settings = from_yaml("{bin_number: 32, families: [gldzm]}").unwrap();
    let window = MovingWindow { radius: 12, ..MovingWindow::default() };
    let pool = Pool::new(1).unwrap();
    let took = sphere.with(|image, mask| {
        let maps = PreparedMaps::new(image, mask, 1, &settings, &window, &Runtime::new(&pool)).unwrap();
        time_to_stop(|runtime| maps.compute(runtime, 1 << 30, |_| ControlFlow::Continue(())).map(drop))
    });
    assert!(took < SOON, "{took:?}");
}

#[test]
fn a_job_that_was_stopped_before_does_not_begin() {
    let phantom = DigitalPhantom::new();
    let settings = from_yaml("bin_number: 8").unwrap();
    let (pool, cancel) = (Pool::new(1).unwrap(), Cancel::new());
    let watch = cancel.watch();
    cancel.cancel();
    let runtime = Runtime { stop: Some(&watch), ..Runtime::new(&pool) };
    let stopped = matrices_on(&phantom.image(), &phantom.mask(), 1, &settings, &runtime);
    assert_eq!(stopped, Err(Error::Cancelled { done: 0, total: 1 }));
    // The same threads, for somebody else.
    assert!(matrices_on(&phantom.image(), &phantom.mask(), 1, &settings, &Runtime::new(&pool)).is_ok());
}

#[test]
fn progress_is_told_all_the_time_on_the_callers_thread() {
    let sphere = Sphere::new(130);
    let settings = from_yaml("{bin_width: 5, families: [morphology, glcm]}").unwrap();
    let pool = Pool::new(1).unwrap();
    let (caller, told) = (std::thread::current().id(), Mutex::new(Vec::new()));
    let progress = |done, total| {
        assert_eq!(std::thread::current().id(), caller);
        told.lock().unwrap().push((Instant::now(), done, total));
        ControlFlow::Continue(())
    };
    let runtime = Runtime { progress: Some(&progress), ..Runtime::new(&pool) };
    sphere.with(|image, mask| extract_many(&[("original", image)], mask, &[1], &settings, &runtime).unwrap());
    let told = told.into_inner().unwrap();
    let gaps = told.windows(2).map(|pair| pair[1].0 - pair[0].0);
    assert!(gaps.max() < Some(SOON), "{told:?}");
    let (first, last) = (told[0], told[told.len() - 1]);
    assert_eq!((first.1, last.1), (0, last.2));
}

/// What is done cannot be stopped: the answer to the last call does not matter.
#[test]
fn a_result_is_not_thrown_away() {
    let phantom = DigitalPhantom::new();
    let settings = from_yaml("bin_number: 8").unwrap();
    let pool = Pool::new(2).unwrap();
    let progress =
        |done, total| if done == total { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
    let runtime = Runtime { progress: Some(&progress), ..Runtime::new(&pool) };
    let images = [("original", &phantom.image())];
    assert!(extract_many(&images, &phantom.mask(), &[1], &settings, &runtime).is_ok());
}

#[test]
fn who_is_told_may_panic() {
    let phantom = DigitalPhantom::new();
    let settings = from_yaml("bin_number: 8").unwrap();
    let pool = Pool::new(1).unwrap();
    let progress =
        |done, _| if done > 0 { std::panic::resume_unwind(Box::new(7)) } else { ControlFlow::Continue(()) };
    let runtime = Runtime { progress: Some(&progress), ..Runtime::new(&pool) };
    let images = [("original", &phantom.image())];
    let job = || extract_many(&images, &phantom.mask(), &[1], &settings, &runtime);
    let payload = std::panic::catch_unwind(std::panic::AssertUnwindSafe(job)).unwrap_err();
    assert_eq!(payload.downcast_ref(), Some(&7));
    let quiet = extract_many(&images, &phantom.mask(), &[1], &settings, &Runtime::new(&pool));
    assert!(quiet.is_ok());
}

/// Few voxels that would become many, at the limit of memory that is given and at that of the machine.
#[test]
fn too_much_memory_is_refused() {
    let sphere = Sphere::new(6);
    let run = |text: &str, memory_bytes| {
        let pool = Pool::new(1).unwrap();
        let runtime = Runtime { memory_bytes, ..Runtime::new(&pool) };
        let settings = from_yaml(text).unwrap();
        sphere.with(|image, mask| {
            extract_many(&[("original", image)], mask, &[1], &settings, &runtime).unwrap_err().to_string()
        })
    };
    let fine = "{resample_spacing_mm: 0.01, families: [intensity_statistics]}";
    let text = run(fine, Some(100 << 20));
    assert!(
        text.starts_with("the mask on the new grid needs ")
            && text.contains("104.9 MB are left of the 104.9 MB that `memory_bytes`"),
        "{text}"
    );
    assert!(text.contains("`resample_spacing_mm`"), "{text}");
    // The least spacing that is not refused for its number of voxels: 60 GB, which few machines have.
    let finest = "{resample_spacing_mm: 0.004, families: [intensity_statistics]}";
    if radiomics_core::free_memory().is_some_and(|free| free < 40 << 30) {
        let text = run(finest, None);
        assert!(text.contains(" GB of memory, and "), "{text}");
    }
}

/// Thousands of grey levels, of which nearly every pair of neighbours has a cell of its own.
#[test]
fn tables_of_many_grey_levels_are_counted() {
    let grid = Grid::new([40; 3], [1.0; 3]).unwrap();
    let values =
        Array3::from_shape_fn([40; 3], |(k, j, i)| ((k * 1600 + j * 40 + i) * 48_271 % 65_521 % 4000) as u16);
    let labels = Array3::from_elem([40; 3], 1u8);
    let image = Image::new(grid.clone(), values.view()).unwrap();
    let mask = Mask::new(grid, labels.view()).unwrap();
    let pool = Pool::new(2).unwrap();
    for family in ["glcm", "glrlm", "glcm, glrlm", "glszm", "gldzm"] {
        let settings = from_yaml(&format!("{{bin_width: 1, families: [{family}]}}")).unwrap();
        let run = |memory_bytes| {
            let runtime = Runtime { memory_bytes, ..Runtime::new(&pool) };
            extract_many(&[("original", &image)], &mask, &[1], &settings, &runtime)
        };
        // Enough for the volumes, and not for the cells.
        let refused = run(Some(2_000_000)).map(|_| family).unwrap_err().to_string();
        assert!(refused.starts_with("a texture matrix of so many grey levels needs "), "{family}: {refused}");
        assert!(refused.contains("`bin_width`"), "{refused}");
        assert_eq!(run(Some(200_000_000)), run(None), "{family}");
    }
}

#[test]
fn a_limit_that_is_enough_changes_nothing() {
    let sphere = Sphere::new(20);
    let settings = from_yaml("{bin_width: 5, filters: [original, {mean: {support_voxels: 3}}]}").unwrap();
    let pool = Pool::new(2).unwrap();
    let runtime = Runtime { memory_bytes: Some(64 << 20), ..Runtime::new(&pool) };
    sphere.with(|image, mask| {
        let limited = extract_many(&[("original", image)], mask, &[1], &settings, &runtime).unwrap();
        let free = extract(image, mask, 1, &settings, &Execution::default()).unwrap();
        assert_eq!(limited, [free]);
    });
}

/// Files that may name what starts or shares threads: a loop of any other would not pass its job on, and so would not
/// stop, or stop somebody else's job. Nor could it be built without threads.
const WITH_THREADS: [&str; 2] = ["work/loops.rs", "runtime/pool.rs"];

#[test]
fn threads_are_shared_in_one_loop() {
    fn visit(folder: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                visit(&path, found);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap();
            // Examples show what callers may do.
            let code: Vec<&str> = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
            let code = code.join("\n");
            let is_test = path.file_stem().is_some_and(|name| name.to_string_lossy().ends_with("_tests"));
            let ways = ["rayon", "thread::spawn", "thread::scope", "thread::Builder"];
            if !is_test && ways.iter().any(|way| code.contains(way)) {
                found.push(path.display().to_string());
            }
        }
    }
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    visit(&source, &mut found);
    let may = WITH_THREADS.map(|file| source.join(file).display().to_string());
    assert!(may.iter().all(|file| found.contains(file)), "no threads in {may:?}");
    found.retain(|file| !may.contains(file));
    assert!(found.is_empty(), "only {WITH_THREADS:?} may name what shares threads: {found:#?}");
}
