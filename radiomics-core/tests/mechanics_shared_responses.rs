//! Labels of one or several masks of an image share responses of filters, and have the bits that each has alone.

use radiomics_core::ndarray::Array3;
use radiomics_core::{
    FeatureTable, Grid, Image, Mask, OnError, Pool, Runtime, Settings, Status, document, extract_masks,
    extract_regions,
};

use crate::common::noise::Noise;

const SHAPE: [usize; 3] = [14, 22, 26];

/// Labels 1 to 4 are boxes of which 1 and 2 have one box, in which they take turns; 5 is a single voxel.
fn labels() -> Array3<u8> {
    Array3::from_shape_fn(SHAPE, |(k, j, i)| match (k, j, i) {
        (2..=5, 3..=9, 2..=9) => 1 + ((k + j + i) % 2) as u8,
        (8..=12, 12..=20, 14..=24) => 3,
        (0..=3, 14..=19, 0..=6) => 4,
        (13, 0, 0) => 5,
        _ => 0,
    })
}

/// The intensities of two images.
fn two_of_noise(seed: u64) -> [Array3<f64>; 2] {
    let mut noise = Noise::new(seed);
    [0; 2].map(|_| Array3::from_shape_simple_fn(SHAPE, || noise.bits(9) as f64 - 100.0))
}

/// Filters that look at everything, at a few voxels, and as far as a border that is repeated.
const FILTERS: &str = "\
filters:
- original
- laplacian_of_gaussian: {sigma_mm: 1.5, method: recursive}
- laplacian_of_gaussian: {sigma_mm: 2.5, method: recursive}
- laplacian_of_gaussian: {sigma_mm: 1.0}
- logarithm
- simoncelli: {level: 1}
- gabor: {sigma_mm: 2, lambda_mm: 2, gamma: 1.5, theta: 0.5}
- separable_wavelet: {wavelet: coif1, subband: LLH, decomposition: repeated, boundary: periodic}
- mean: {support_voxels: 3}
- riesz: {of: {simoncelli: {level: 1}}, order: [0, 1, 0]}
";

fn of(
    images: &[(&str, &Image)],
    mask: &Mask,
    labels: &[i64],
    settings: &Settings,
    threads: usize,
) -> Vec<FeatureTable> {
    let pool = Pool::new(threads).unwrap();
    extract_regions(images, mask, labels, settings, OnError::Record, &Runtime::new(&pool)).unwrap()
}

fn assert_same(together: &FeatureTable, alone: &FeatureTable, of: &str) {
    assert_eq!(together.rows().len(), alone.rows().len(), "{of}");
    for (own, alone) in together.rows().iter().zip(alone.rows()) {
        assert_eq!(own.column, alone.column, "{of}");
        assert_eq!(
            (own.value.to_bits(), own.reason),
            (alone.value.to_bits(), alone.reason),
            "{of}: {}",
            own.column.name()
        );
    }
    let said =
        |table: &FeatureTable| -> Vec<String> { table.warnings().iter().map(|w| format!("{w:?}")).collect() };
    assert_eq!(said(together), said(alone), "{of}");
}

#[test]
fn labels_have_the_bits_that_each_has_alone() {
    let [first, second] = two_of_noise(7);
    let grid = Grid::new(SHAPE, [2.0, 1.0, 1.0]).unwrap();
    let (first, second) =
        (Image::new(grid.clone(), first.view()).unwrap(), Image::new(grid.clone(), second.view()).unwrap());
    let images = [("a", &first), ("b", &second)];
    let labels = labels();
    let mask = Mask::new(grid, labels.view()).unwrap();
    let wanted = [4, 1, 5, 2, 3, 9];
    for more in [
        "",
        "resample_spacing_mm: 1.5\n",
        "resample_spacing_mm: 1.5\nfilter_crop: when_interpolated\ngrid_alignment: corner\n",
        "filter_crop: always\nfilter_crop_voxels: 9\n",
        "bin_number: [8, 12]\nnormalise: true\n",
    ] {
        let bins = if more.contains("bin_number") { "" } else { "bin_number: 8\n" };
        let text =
            format!("{FILTERS}{bins}{more}families: [morphology, intensity_statistics, glcm, glszm]\n");
        let settings = document::from_yaml(&text).unwrap();
        for images in [&images[..1], &images] {
            let tables = of(images, &mask, &wanted, &settings, 2);
            for (&label, table) in wanted.iter().zip(&tables) {
                let alone = of(images, &mask, &[label], &settings, 1);
                assert_same(table, &alone[0], &format!("label {label} with {more:?}"));
                let failed = table.rows().iter().all(|row| row.status() == Status::Failed);
                assert_eq!(failed, label == 5 || label == 9, "label {label}");
            }
        }
    }
}

/// A response that has no value for one label has values for another one that shares it.
#[test]
fn a_label_that_a_response_fails_leaves_the_others() {
    let grid = Grid::new(SHAPE, [1.0; 3]).unwrap();
    let mut values = Array3::from_shape_fn(SHAPE, |(k, j, i)| ((k * 131 + j * 37 + i * 7) % 97) as f64);
    // Beside label 4, which the recursive filter smears over the whole image and a mean does not.
    values[[2, 17, 8]] = f64::INFINITY;
    let image = Image::new(grid.clone(), values.view()).unwrap();
    let labels = labels();
    let mask = Mask::new(grid, labels.view()).unwrap();
    for (filter, failing) in [
        ("mean: {support_voxels: 5}", &[4][..]),
        ("laplacian_of_gaussian: {sigma_mm: 1.5, method: recursive}", &[1, 2, 3, 4]),
    ] {
        let text =
            format!("{{filters: [original, {{{filter}}}], bin_number: 8, families: [intensity_statistics]}}");
        let settings = document::from_yaml(&text).unwrap();
        let wanted = [1, 2, 3, 4];
        let tables = of(&[("a", &image)], &mask, &wanted, &settings, 2);
        for (label, table) in wanted.iter().zip(&tables) {
            assert_eq!(
                table.failures().len(),
                usize::from(failing.contains(label)),
                "{filter}: label {label}"
            );
            assert_same(table, &of(&[("a", &image)], &mask, &[*label], &settings, 1)[0], filter);
        }
    }
}

/// Of labels that are computed together, another one may fail earlier than the first.
#[test]
fn the_first_label_that_fails_is_named() {
    let grid = Grid::new(SHAPE, [1.0; 3]).unwrap();
    let sound = Array3::from_shape_fn(SHAPE, |(k, j, i)| ((k * 131 + j * 37 + i * 7) % 97) as f64);
    let mut values = sound.clone();
    // In label 3, and so in what label 4 sees of the whole image.
    values[[9, 15, 16]] = f64::NAN;
    let (sound, image) =
        (Image::new(grid.clone(), sound.view()).unwrap(), Image::new(grid.clone(), values.view()).unwrap());
    let labels = labels();
    let mask = Mask::new(grid, labels.view()).unwrap();
    let settings = document::from_yaml(
        "{filters: [original, simoncelli: {level: 1}], families: [intensity_statistics]}",
    )
    .unwrap();
    let pool = Pool::new(2).unwrap();
    let failed = |images: &[(&str, &Image)], wanted: &[i64]| {
        let found = extract_regions(images, &mask, wanted, &settings, OnError::Fail, &Runtime::new(&pool));
        found.map(|tables| tables.len()).map_err(|error| error.to_string())
    };
    for (images, wanted, first) in [
        (&[("a", &image)][..], &[4, 3, 5][..], "label 4"),
        (&[("a", &image)], &[5, 3, 4], "label 5"),
        (&[("a", &image)], &[3, 4], "label 3"),
        // Label 4 fails in the second image, label 5 in both.
        (&[("a", &sound), ("b", &image)], &[4, 5], "label 4"),
        (&[("a", &sound), ("b", &image)], &[9, 4], "label 9"),
    ] {
        let message = failed(images, wanted).unwrap_err();
        assert!(message.contains(first), "{wanted:?}: {message}");
    }
    assert_eq!(failed(&[("a", &sound)], &[4, 3, 1]), Ok(3));
}

/// A label of each of several masks, which overlap: as it moves, and one mask without it.
fn moved() -> Vec<Array3<u8>> {
    let own = labels();
    let shifted = |[dk, dj, di]: [usize; 3]| {
        Array3::from_shape_fn(SHAPE, |(k, j, i)| {
            match (k.checked_sub(dk), j.checked_sub(dj), i.checked_sub(di)) {
                (Some(k), Some(j), Some(i)) => own[[k, j, i]],
                _ => 0,
            }
        })
    };
    let without = own.mapv(|label| if label == 3 { 0 } else { label });
    vec![shifted([0, 1, 0]), own.clone(), shifted([1, 0, 1]), without, shifted([0, 0, 1])]
}

#[test]
fn masks_have_the_bits_that_each_has_alone() {
    let [first, second] = two_of_noise(8);
    let grid = Grid::new(SHAPE, [2.0, 1.0, 1.0]).unwrap();
    let (first, second) =
        (Image::new(grid.clone(), first.view()).unwrap(), Image::new(grid.clone(), second.view()).unwrap());
    let images = [("a", &first), ("b", &second)];
    let moved = moved();
    let masks: Vec<Mask> = moved.iter().map(|own| Mask::new(grid.clone(), own.view()).unwrap()).collect();
    // One of them is asked for two labels.
    let wanted = [&[3][..], &[1, 3], &[3], &[3], &[3]];
    let regions: Vec<(&Mask, &[i64])> = masks.iter().zip(wanted).collect();
    for more in [
        "",
        "resample_spacing_mm: 1.5\n",
        "filter_crop: always\nfilter_crop_voxels: 9\n",
        "normalise: true\n",
    ] {
        let text = format!(
            "{FILTERS}bin_number: 8\n{more}families: [morphology, intensity_statistics, glcm, glszm]\n"
        );
        let settings = document::from_yaml(&text).unwrap();
        for images in [&images[..1], &images] {
            let mut order = Vec::new();
            let each = &mut |mask: usize, place: usize, table: FeatureTable| {
                let alone = of(images, &masks[mask], &wanted[mask][place..=place], &settings, 1);
                assert_same(&table, &alone[0], &format!("mask {mask}, label {place} with {more:?}"));
                let failed = table.rows().iter().all(|row| row.status() == Status::Failed);
                assert_eq!(failed, mask == 3, "mask {mask}");
                order.push((mask, place));
            };
            let pool = Pool::new(2).unwrap();
            extract_masks(images, &regions, &settings, OnError::Record, &Runtime::new(&pool), each).unwrap();
            assert_eq!(order, [(0, 0), (1, 0), (1, 1), (2, 0), (3, 0), (4, 0)]);
        }
    }
}

#[test]
fn the_first_mask_that_fails_is_named_and_those_before_it_are_there() {
    let grid = Grid::new(SHAPE, [1.0; 3]).unwrap();
    let values = Array3::from_shape_fn(SHAPE, |(k, j, i)| ((k * 131 + j * 37 + i * 7) % 97) as f64);
    let image = Image::new(grid.clone(), values.view()).unwrap();
    let images = [("a", &image)];
    let moved = moved();
    let mut masks: Vec<Mask> = moved.iter().map(|own| Mask::new(grid.clone(), own.view()).unwrap()).collect();
    let pool = Pool::new(2).unwrap();
    let failed = |masks: &[(&Mask, &[i64])], filters: &str| {
        let text = format!("{{filters: [{filters}], families: [intensity_statistics]}}");
        let settings = document::from_yaml(&text).unwrap();
        let mut found = Vec::new();
        let each = &mut |mask, _, _| found.push(mask);
        let done = extract_masks(&images, masks, &settings, OnError::Fail, &Runtime::new(&pool), each);
        (done.unwrap_err().to_string(), found)
    };
    for filters in ["original", "original, simoncelli: {level: 1}"] {
        let of_three: Vec<(&Mask, &[i64])> = masks.iter().map(|mask| (mask, &[3][..])).collect();
        let (message, found) = failed(&of_three, filters);
        assert!(message.starts_with("mask 3 (from 0): label 3 "), "{message}");
        assert_eq!(found, [0, 1, 2]);
        let (message, found) = failed(&[(&masks[1], &[1, 2]), (&masks[2], &[2, 7])], filters);
        assert!(message.starts_with("mask 1 (from 0): image `a`, label 7: label 7 "), "{message}");
        assert_eq!(found, [0, 0, 1]);
        let (message, found) = failed(&[(&masks[1], &[1]), (&masks[2], &[2, 1, 2])], filters);
        assert!(message.starts_with("mask 1 (from 0): label 2 "), "{message}");
        assert!(found.is_empty());
        // A single mask needs no number.
        assert!(failed(&of_three[3..4], filters).0.starts_with("label 3 "));
    }
    let other = Array3::<u8>::ones([2, 2, 2]);
    masks.push(Mask::new(Grid::new([2, 2, 2], [1.0; 3]).unwrap(), other.view()).unwrap());
    let (message, _) = failed(&[(&masks[1], &[1]), (&masks[5], &[1])], "original");
    assert!(message.starts_with("mask 1 (from 0): "), "{message}");
}
