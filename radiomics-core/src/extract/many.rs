//! Several labels and images in one job.

use std::collections::BTreeSet;

use super::{KnownShape, Work, extract_one, rows, steps_of_one};
use crate::catalogue::{Selection, check_images};
use crate::error::{Error, Result};
use crate::families::job::Value;
use crate::filters::Filter;
use crate::kernels::Isa;
use crate::preprocess::{Known, KnownImage, KnownLabel};
use crate::runtime::{Monitor, Runtime};
use crate::settings::Settings;
use crate::table::{FeatureRow, FeatureTable, Reason, RegionFailure, Warning, WarningCode};
use crate::volume::image::{Image, Mask};

/// What becomes of a job when one of its regions cannot be computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnError {
    /// The job fails, as does one with a mistake in its settings or images.
    #[default]
    Fail,
    /// The region keeps its rows, NaN with the reason [`Reason::Failed`], and a warning of the code
    /// [`WarningCode::Failed`] says what is wrong; the other regions are computed.
    Record,
}

/// Computes the features of each of `labels` of one mask in each of several images, which have
/// names: a table for each label, with the rows of one image after those of the other, called by
/// its name or, after a filter, `name-filter`. Progress is told after each family of one image or response, for
/// one discretisation if it depends on that, after each filter, and after what is done before the families; the
/// steps that each of them counts for go by the time that they take.
///
/// ```
/// use radiomics_core::{Pool, Runtime, Settings, example, extract_many};
///
/// # fn main() -> radiomics_core::Result<()> {
/// let phantom = example::DigitalPhantom::new();
/// let (image, mask) = (phantom.image(), phantom.mask());
/// let pool = Pool::new(0)?;
/// let images = [("ct", &image), ("again", &image)];
/// let tables = extract_many(&images, &mask, &[1], &Settings::default(), &Runtime::new(&pool))?;
/// let rows = tables[0].by_column();
/// assert_eq!(rows["ct_morphology_volume"].value, rows["again_morphology_volume"].value);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// As [`extract`](crate::extract); with more than one label or image in [`Error::Region`](crate::Error::Region),
/// which says where.
/// [`Error::LabelTwice`](crate::Error::LabelTwice) and [`Error::ImageName`](crate::Error::ImageName) for labels
/// and names with which rows could not be told apart.
/// [`Error::Cancelled`](crate::Error::Cancelled) when the runtime's progress stops the job.
pub fn extract_many(
    images: &[(&str, &Image)],
    mask: &Mask,
    labels: &[i64],
    settings: &Settings,
    runtime: &Runtime,
) -> Result<Vec<FeatureTable>> {
    extract_regions(images, mask, labels, settings, OnError::Fail, runtime)
}

/// As [`extract_many`], with a choice of what becomes of the job when a region cannot be computed.
///
/// ```
/// use radiomics_core::{OnError, Pool, Runtime, Settings, Status, example, extract_regions};
///
/// # fn main() -> radiomics_core::Result<()> {
/// let phantom = example::DigitalPhantom::new();
/// let (image, mask) = (phantom.image(), phantom.mask());
/// let pool = Pool::new(0)?;
/// let (settings, runtime) = (Settings::default(), Runtime::new(&pool));
/// // The mask has no label 7.
/// let tables = extract_regions(&[("ct", &image)], &mask, &[1, 7], &settings, OnError::Record, &runtime)?;
/// assert!(tables[0].failures().is_empty() && tables[1].rows()[0].status() == Status::Failed);
/// assert!(tables[1].failures()[0].error.to_string().contains("label 7"));
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// As [`extract_many`]; with [`OnError::Record`] only what no region could do without: settings,
/// names, grids that differ, a mask of fractions, label 0, memory, and
/// [`Error::Cancelled`](crate::Error::Cancelled).
pub fn extract_regions(
    images: &[(&str, &Image)],
    mask: &Mask,
    labels: &[i64],
    settings: &Settings,
    on_error: OnError,
    runtime: &Runtime,
) -> Result<Vec<FeatureTable>> {
    let mut tables = Vec::with_capacity(labels.len());
    extract_each(images, mask, labels, settings, on_error, runtime, &mut |_, table| tables.push(table))?;
    Ok(tables)
}

/// As [`extract_regions`], and hands each table over as soon as it is there, with the number of its label in `labels`:
/// in their order, on a thread of the pool, or on this one if the job is small and has no progress. What was handed over
/// stays good if the job fails or is stopped later.
///
/// # Errors
/// As [`extract_regions`].
pub fn extract_each(
    images: &[(&str, &Image)],
    mask: &Mask,
    labels: &[i64],
    settings: &Settings,
    on_error: OnError,
    runtime: &Runtime,
    each: &mut (dyn FnMut(usize, FeatureTable) + Send),
) -> Result<()> {
    let selection = Selection::new(settings)?;
    settings.validate()?;
    let names: Vec<&str> = images.iter().map(|(name, _)| *name).collect();
    check_images(settings, &names)?;
    let mut known = BTreeSet::new();
    if let Some(&label) = labels.iter().find(|&&label| !known.insert(label)) {
        return Err(Error::LabelTwice { label });
    }
    let job = Many { images, mask, selection: &selection, settings, on_error, isa: runtime.isa };
    let steps = images.len() * labels.len() * steps_of_one(&selection, settings);
    runtime.for_voxels(|| job.voxels(labels)).run(steps, |monitor| job.tables(labels, monitor, each))
}

/// What the regions of a job have in common.
struct Many<'a, 'i, 'm> {
    images: &'a [(&'a str, &'a Image<'i>)],
    mask: &'a Mask<'m>,
    selection: &'a Selection,
    settings: &'a Settings,
    on_error: OnError,
    isa: Isa,
}

impl Many<'_, '_, '_> {
    /// How many voxels the features of these labels are computed of, at most. Where other images are made of those
    /// given, or looking for the labels takes longer than their features may, it is as good as any number.
    fn voxels(&self, labels: &[i64]) -> usize {
        const SMALL_MASK: usize = 1 << 14;
        let settings = self.settings;
        let makes_others = settings.filters.iter().any(|filter| *filter != Filter::Original);
        if makes_others || settings.resample_spacing_mm.is_some() || self.mask.grid().len() > SMALL_MASK {
            return usize::MAX;
        }
        let boxes = self.mask.boxes(labels);
        let voxels: usize = boxes.iter().flatten().map(|window| window.shape.iter().product::<usize>()).sum();
        voxels.saturating_mul(self.images.len()).saturating_mul(1 + settings.further_discretisations.len())
    }

    fn tables(
        &self,
        labels: &[i64],
        monitor: &Monitor,
        each: &mut (dyn FnMut(usize, FeatureTable) + Send),
    ) -> Result<()> {
        let several_images = self.images.len() > 1;
        let of_images: Vec<KnownImage> = self.images.iter().map(|_| KnownImage::default()).collect();
        // A single label is found faster by itself.
        let boxes = if labels.len() > 1 { self.mask.boxes(labels) } else { vec![None; labels.len()] };
        assert_eq!(boxes.len(), labels.len(), "a box for each label");
        let is_single = labels.len() * self.images.len() == 1;
        for (place, (&label, bounds)) in labels.iter().zip(boxes).enumerate() {
            let known = KnownLabel::new(bounds, several_images);
            let done = place * self.images.len();
            each(place, self.table(label, is_single, &of_images, known, done, monitor)?);
        }
        Ok(())
    }

    /// The table of a label; `done` is the number of regions before it.
    fn table(
        &self,
        label: i64,
        is_single: bool,
        of_images: &[KnownImage],
        mut of_label: KnownLabel,
        done: usize,
        monitor: &Monitor,
    ) -> Result<FeatureTable> {
        let Self { mask, selection, settings, .. } = *self;
        let work = Work { selection, settings, isa: self.isa, pairs: None, monitor };
        let (mut all, mut warnings, mut failures) = (Vec::new(), Vec::new(), Vec::new());
        let mut shape = (self.images.len() > 1).then(KnownShape::default);
        for (place, ((name, image), of_image)) in self.images.iter().zip(of_images).enumerate() {
            let known = Known { image: Some(of_image), label: Some(&mut of_label) };
            let before = warnings.len();
            let values =
                extract_one((*name, *image), mask, label, work, known, shape.as_mut(), &mut warnings);
            match values {
                Ok(values) => all.extend(rows(selection.columns(name, settings), values)),
                Err(error) if self.on_error == OnError::Record && error.is_of_region() => {
                    // What was doubtful about values that are not there helps nobody.
                    warnings.truncate(before);
                    let message = error.to_string();
                    let code = WarningCode::Failed;
                    warnings.push(Warning { code, label, image: (*name).to_owned(), message });
                    failures.push(RegionFailure { image: (*name).to_owned(), error });
                    all.extend(self.failed_rows(name));
                    let steps = (done + place + 1) * steps_of_one(selection, settings);
                    monitor.advance_to(steps)?;
                }
                Err(error) => return Err(if is_single { error } else { error.of_region(name, label) }),
            }
        }
        Ok(FeatureTable::new(all, warnings).with_failures(failures))
    }

    /// The rows of a region that cannot be computed.
    fn failed_rows(&self, name: &str) -> Vec<FeatureRow> {
        let columns = self.selection.columns(name, self.settings);
        let values = vec![Value { value: f64::NAN, reason: Some(Reason::Failed) }; columns.len()];
        rows(columns, values)
    }
}
