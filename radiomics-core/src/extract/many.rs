//! Several labels and images in one job.

use std::collections::BTreeSet;
use std::ops::Range;

use super::of_label::{Asked, OfLabel, has_ended};
use super::{Work, begin, go_on, margin_mm, rows, steps_of_one};
use crate::catalogue::{Selection, check_images};
use crate::error::{Error, Result};
use crate::families::job::Value;
use crate::filters::Filter;
use crate::kernels::Isa;
use crate::preprocess::{BYTES_OF_VOXEL, Known, KnownImage, margin_voxels, respond};
use crate::runtime::{Monitor, Runtime};
use crate::settings::Settings;
use crate::table::{FeatureRow, FeatureTable, Reason, RegionFailure, Warning, WarningCode};
use crate::volume::image::{Image, Mask};
use crate::work;

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

/// As [`extract_regions`], and hands each table over when it is computed, with the number of its label in `labels`:
/// in their order, those of regions that share responses together, on a thread of the pool, or on this one if the job is
/// small and has no progress; never on two at a time. If a region fails, all tables before it were handed over; if the
/// job is stopped or memory runs out, those of regions that were being computed together are lost. What was handed over
/// stays good.
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
    let masks = [(mask, labels)];
    let each = &mut |_, place, table| each(place, table);
    extract_masks(images, &masks, settings, on_error, runtime, each)
}

/// As [`extract_each`], of the labels of several masks on the grid of the images, which may overlap: mask by mask, each
/// with its labels. A label may be asked for in any number of masks, once in each. A table is handed over with the number
/// of its mask in `masks`, which it does not know itself, and that of its label.
///
/// Regions that are computed together share the response of a filter that looks at the whole image (such as PyRadiomics'
/// Laplacian of Gaussian, or Simoncelli's wavelet), whichever mask they are of. Together are as many, in their order, as
/// have boxes of no more voxels than the image, and take no more than an eighth of the memory that is free or that the
/// runtime allows; for the next ones, the image is filtered anew. Other filters are computed of each region's box.
///
/// ```
/// use radiomics_core::ndarray::Array3;
/// use radiomics_core::{Error, FeatureTable, Mask, OnError, Pool, Runtime, Settings, example, extract_masks};
///
/// # fn main() -> radiomics_core::Result<()> {
/// let phantom = example::DigitalPhantom::new();
/// let image = phantom.image();
/// let slices = [4, 2].map(|n| Array3::from_shape_fn(image.grid().shape, |(z, _, _)| u8::from(z < n)));
/// let [all, some] = slices.each_ref().map(|own| Mask::new(image.grid().clone(), own.view()));
/// let (all, some) = (all?, some?);
/// let pool = Pool::new(0)?;
/// // Slices, as masks may have different numbers of labels.
/// let masks = [(&all, &[1][..]), (&some, &[1][..])];
/// let mut tables = Vec::new();
/// let each = &mut |mask: usize, _label: usize, table: FeatureTable| tables.push((mask, table));
/// let (settings, runtime) = (Settings::default(), Runtime::new(&pool));
/// let images = [("original", &image)];
/// extract_masks(&images, &masks, &settings, OnError::Fail, &runtime, each)?;
/// let voxels = |n: usize| tables[n].1.by_column()["original_morphology_volume_voxel_counting"].value;
/// assert!(tables[1].0 == 1 && voxels(1) < voxels(0));
///
/// let masks = [(&all, &[1][..]), (&some, &[7][..])];
/// let failed = extract_masks(&images, &masks, &settings, OnError::Fail, &runtime, &mut |_, _, _| {});
/// assert!(matches!(failed, Err(Error::Mask { mask: 1, .. })));
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// As [`extract_regions`]. With more than one mask, what comes up in one of them is an [`Error::Mask`](crate::Error::Mask)
/// with the number of the mask; inside is the error itself, or an [`Error::Region`](crate::Error::Region) if there is more
/// than one image or more than one label of this mask. Errors of settings, of names of images and of memory, and
/// [`Error::Cancelled`](crate::Error::Cancelled), are as they are.
pub fn extract_masks(
    images: &[(&str, &Image)],
    masks: &[(&Mask, &[i64])],
    settings: &Settings,
    on_error: OnError,
    runtime: &Runtime,
    each: &mut (dyn FnMut(usize, usize, FeatureTable) + Send),
) -> Result<()> {
    let selection = Selection::new(settings)?;
    settings.validate()?;
    let names: Vec<&str> = images.iter().map(|(name, _)| *name).collect();
    check_images(settings, &names)?;
    let several_masks = masks.len() > 1;
    for (number, (_, labels)) in masks.iter().enumerate() {
        let mut known = BTreeSet::new();
        if let Some(&label) = labels.iter().find(|&&label| !known.insert(label)) {
            let error = Error::LabelTwice { label };
            return Err(if several_masks { error.of_mask(number) } else { error });
        }
    }
    let job = Many { images, masks, selection: &selection, settings, on_error, isa: runtime.isa };
    let labels: usize = masks.iter().map(|(_, labels)| labels.len()).sum();
    let steps = images.len() * labels * steps_of_one(&selection, settings);
    runtime.for_voxels(|| job.voxels()).run(steps, |monitor| job.tables(monitor, each))
}

/// What the regions of a job have in common.
struct Many<'a, 'i, 'm> {
    images: &'a [(&'a str, &'a Image<'i>)],
    masks: &'a [(&'a Mask<'m>, &'a [i64])],
    selection: &'a Selection,
    settings: &'a Settings,
    on_error: OnError,
    isa: Isa,
}

impl<'m> Many<'_, '_, 'm> {
    /// How many voxels the features of all labels are computed of, at most. Where other images are made of those
    /// given, or looking for the labels takes longer than their features may, it is as good as any number.
    fn voxels(&self) -> usize {
        const SMALL_MASK: usize = 1 << 14;
        let settings = self.settings;
        let makes_others = settings.filters.iter().any(|filter| *filter != Filter::Original);
        let searched: usize = self.masks.iter().map(|(mask, _)| mask.grid().len()).sum();
        if makes_others || settings.resample_spacing_mm.is_some() || searched > SMALL_MASK {
            return usize::MAX;
        }
        let boxes = self.masks.iter().flat_map(|(mask, labels)| mask.boxes(labels));
        let voxels: usize = boxes.flatten().map(|window| window.voxels() as usize).sum();
        voxels.saturating_mul(self.images.len()).saturating_mul(1 + settings.further_discretisations.len())
    }

    fn tables(
        &self,
        monitor: &Monitor,
        each: &mut (dyn FnMut(usize, usize, FeatureTable) + Send),
    ) -> Result<()> {
        let of_images: Vec<KnownImage> = self.images.iter().map(|_| KnownImage::default()).collect();
        let shares = self.shares();
        let regions: Vec<Asked> =
            self.masks.iter().enumerate().flat_map(|of| self.asked(of, shares)).collect();
        for together in if shares { self.batches(&regions) } else { one_by_one(regions.len()) } {
            let regions = &regions[together];
            let labels = regions.iter().map(|&asked| OfLabel::new(asked, self.images.len() > 1)).collect();
            for (asked, table) in regions.iter().zip(self.tables_of(labels, &of_images, monitor)?) {
                each(asked.number[0], asked.number[1], table?);
            }
        }
        Ok(())
    }

    /// Whether regions may share responses of filters that look at everything.
    fn shares(&self) -> bool {
        let regions: usize = self.masks.iter().map(|(_, labels)| labels.len()).sum();
        regions > 1 && !self.selection.intensity.is_empty() && self.settings.filters_look_at_everything()
    }

    /// The regions of a mask, with their boxes if those are needed before they are computed.
    fn asked<'s>(
        &'s self,
        (number, &(mask, labels)): (usize, &'s (&'s Mask<'m>, &'s [i64])),
        shares: bool,
    ) -> impl Iterator<Item = Asked<'s, 'm>> {
        let boxes = match labels {
            // A single label is found faster by itself.
            &[label] => vec![shares.then(|| mask.bounding(label).ok()).flatten()],
            _ => mask.boxes(labels),
        };
        assert_eq!(boxes.len(), labels.len(), "a box for each label");
        let is_alone = labels.len() * self.images.len() == 1;
        let asked =
            move |(place, (&label, bounds))| Asked { number: [number, place], mask, label, bounds, is_alone };
        labels.iter().zip(boxes).enumerate().map(asked)
    }

    /// Regions that are computed together, as they may share responses. All of them are in memory at a time: their
    /// boxes, with what families look at round them, have no more voxels than the image, and take no more than an
    /// eighth of what is free.
    fn batches(&self, regions: &[Asked]) -> Vec<Range<usize>> {
        let (settings, grid) = (self.settings, regions[0].mask.grid());
        let spacing = settings.resample_spacing_mm.unwrap_or_default();
        let finer: f64 =
            grid.spacing_mm.iter().zip(spacing).map(|(old, new)| old / new.unwrap_or(*old)).product();
        let most = (grid.len() as f64).min(work::available() as f64 / (8.0 * finer * BYTES_OF_VOXEL as f64));
        let margin = margin_voxels(grid.spacing_mm, margin_mm(self.selection));
        let (mut batches, mut begin, mut voxels) = (Vec::new(), 0, 0.0);
        for (place, asked) in regions.iter().enumerate() {
            let of_label = asked.bounds.map_or(0, |bounds| bounds.grown(margin, grid.shape).voxels()) as f64;
            if place > begin && voxels + of_label > most {
                batches.push(begin..place);
                (begin, voxels) = (place, 0.0);
            }
            voxels += of_label;
        }
        batches.push(begin..regions.len());
        batches
    }

    /// The tables of labels that are computed together.
    fn tables_of(
        &self,
        mut labels: Vec<OfLabel>,
        of_images: &[KnownImage],
        monitor: &Monitor,
    ) -> Result<Vec<Result<FeatureTable>>> {
        let Self { selection, settings, isa, .. } = *self;
        let work = Work { selection, settings, isa, pairs: None, monitor };
        for ((name, image), of_image) in self.images.iter().zip(of_images) {
            let (mut places, mut regions) = (Vec::new(), Vec::new());
            for place in 0..labels.len() {
                if has_ended(&labels[..=place]) {
                    break;
                }
                let of_label = &mut labels[place];
                of_label.next_image();
                let OfLabel { asked: Asked { mask, label, .. }, known, shape, warnings, .. } = of_label;
                let known = Known { image: Some(of_image), label: Some(known) };
                let before = monitor.done();
                let begun = begin((*name, *image), mask, *label, work, known, shape.as_mut(), warnings);
                of_label.steps += monitor.done() - before;
                if let Some((region, values)) = self.unless_failed(begun, name, of_label, monitor)? {
                    of_label.values = values;
                    places.push(place);
                    regions.push(region);
                }
            }
            if !selection.intensity.is_empty() {
                respond(&mut regions, &settings.filters, isa, &mut |region, given| {
                    if has_ended(&labels[..=places[region]]) {
                        return Ok(false);
                    }
                    let of_label = &mut labels[places[region]];
                    let before = monitor.done();
                    let values = given.and_then(|(filter, roi)| {
                        go_on((*name, of_label.asked.label), filter, roi, work, &mut of_label.warnings)
                    });
                    of_label.steps += monitor.done() - before;
                    let values = self.unless_failed(values, name, of_label, monitor)?;
                    let goes_on = values.is_some();
                    of_label.values.extend(values.into_iter().flatten());
                    Ok(goes_on)
                })?;
            }
            let left = (0..labels.len()).take_while(|&place| !has_ended(&labels[..=place])).count();
            for of_label in labels[..left].iter_mut().filter(|of_label| !of_label.has_failed) {
                let values = std::mem::take(&mut of_label.values);
                of_label.rows.extend(rows(selection.columns(name, settings), values));
            }
        }
        let table = |of: OfLabel| match of.error {
            Some(error) => Err(error),
            None => Ok(FeatureTable::new(of.rows, of.warnings).with_failures(of.failures)),
        };
        Ok(labels.into_iter().map(table).collect())
    }

    /// What was computed of a region, or None if it failed: that is recorded, or ends the job after labels before
    /// it.
    fn unless_failed<T>(
        &self,
        computed: Result<T>,
        name: &str,
        of_label: &mut OfLabel,
        monitor: &Monitor,
    ) -> Result<Option<T>> {
        let error = match computed {
            Ok(computed) => return Ok(Some(computed)),
            Err(error) => error,
        };
        let Asked { number: [mask, _], label, is_alone, .. } = of_label.asked;
        let of_region = |error: Error| {
            let error = if is_alone { error } else { error.of_region(name, label) };
            if self.masks.len() == 1 { error } else { error.of_mask(mask) }
        };
        if !error.is_of_region() {
            return Err(of_region(error));
        }
        of_label.has_failed = true;
        if self.on_error == OnError::Fail {
            of_label.error = Some(of_region(error));
            return Ok(None);
        }
        // What was doubtful about values that are not there helps nobody.
        of_label.warnings.truncate(of_label.warnings_before);
        let (code, message) = (WarningCode::Failed, error.to_string());
        of_label.warnings.push(Warning { code, label, image: name.to_owned(), message });
        of_label.failures.push(RegionFailure { image: name.to_owned(), error });
        of_label.rows.extend(self.failed_rows(name));
        let all = steps_of_one(self.selection, self.settings);
        monitor.advance(all.checked_sub(of_label.steps).expect("no more steps than were counted"))?;
        Ok(None)
    }

    /// The rows of a region that cannot be computed.
    fn failed_rows(&self, name: &str) -> Vec<FeatureRow> {
        let columns = self.selection.columns(name, self.settings);
        let values = vec![Value { value: f64::NAN, reason: Some(Reason::Failed) }; columns.len()];
        rows(columns, values)
    }
}

/// Each region for itself.
fn one_by_one(regions: usize) -> Vec<Range<usize>> {
    (0..regions).map(|place| place..place + 1).collect()
}
