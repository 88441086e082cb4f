//! What makes values doubtful is said, and nothing else is.

use radiomics_core::ndarray::Array3;
use radiomics_core::{
    Execution, Grid, Image, Mask, Pool, Runtime, Voxels, Warning, WarningCode, document, extract,
    extract_many,
};

const SHAPE: [usize; 3] = [12, 13, 14];

fn grid() -> Grid {
    Grid::new(SHAPE, [2.0, 1.0, 1.0]).unwrap()
}

/// Intensities from 0 to 996.
fn intensities() -> Array3<f64> {
    Array3::from_shape_fn(SHAPE, |(k, j, i)| ((k * 131 + j * 37 + i * 7919) % 997) as f64)
}

/// A box that nothing is wrong with, 6 x 6 x 6 voxels.
fn region() -> Array3<i16> {
    Array3::from_shape_fn(SHAPE, |(k, j, i)| i16::from([k, j, i].iter().all(|at| (3..9).contains(at))))
}

fn warnings<'a>(image: impl Into<Voxels<'a>>, mask: impl Into<Voxels<'a>>, settings: &str) -> Vec<Warning> {
    let (image, mask) = (Image::new(grid(), image).unwrap(), Mask::new(grid(), mask).unwrap());
    let settings = document::from_yaml(settings).unwrap();
    extract(&image, &mask, 1, &settings, &Execution::default()).unwrap().warnings().to_vec()
}

fn codes(image: &Array3<f64>, mask: &Array3<i16>, settings: &str) -> Vec<WarningCode> {
    warnings(image.view(), mask.view(), settings).iter().map(|warning| warning.code).collect()
}

#[test]
fn nothing_is_said_of_what_is_sound() {
    for settings in
        ["", "bin_width: 50", "profile: pyradiomics", "{resample_spacing_mm: 1, resegment_sigma: 3}"]
    {
        let found = warnings(intensities().view(), region().view(), settings);
        assert!(found.is_empty(), "{settings}: {found:?}");
    }
    // Two labels beside each other.
    let two = region().mapv(i32::from) + Array3::from_shape_fn(SHAPE, |(_, _, i)| i32::from(i >= 9) * 2);
    assert!(warnings(intensities().view(), two.view(), "").is_empty());
}

#[test]
fn grey_levels_are_too_few_or_too_many() {
    let found = warnings(intensities().view(), region().view(), "{bin_width: 2000, families: [glcm]}");
    let [Warning { code: WarningCode::SingleLevel, label: 1, image, message, .. }] = &found[..] else {
        panic!("{found:?}");
    };
    assert_eq!(
        (image.as_str(), &message[..46]),
        ("original", "with `bin_width` 2000 the region has a single ")
    );
    use WarningCode::{FewLevels, ManyLevels, SingleLevel};
    let large = Array3::from_shape_fn(SHAPE, |at| {
        let at: [usize; 3] = at.into();
        i16::from((0..3).all(|a| (1..SHAPE[a] - 1).contains(&at[a])))
    });
    assert_eq!(codes(&intensities(), &large, "bin_width: 1"), [ManyLevels]);
    for (settings, expected) in [
        ("bin_number: 1", vec![SingleLevel]),
        ("bin_number: 7", vec![FewLevels]),
        ("bin_number: 8", vec![]),
        ("bin_number: 256", vec![]),
        ("{bin_width: [300, 30, 0.5, 200]}", vec![FewLevels, FewLevels]),
        // Nobody looks at grey levels.
        ("{bin_number: 1, families: [intensity_statistics, morphology]}", vec![]),
    ] {
        assert_eq!(codes(&intensities(), &region(), settings), expected, "{settings}");
    }
    // Of a response, with its name.
    let of_response =
        warnings(intensities().view(), region().view(), "{filters: [original, square], bin_width: 300}");
    let images: Vec<&str> = of_response.iter().map(|warning| warning.image.as_str()).collect();
    assert_eq!(images, ["original", "square"]);
}

#[test]
fn regions_that_are_small_cut_off_or_flat() {
    use WarningCode::{NarrowRange, RegionAtBorder, SingleSlice, SmallRegion};
    let of = |inside: &dyn Fn([usize; 3]) -> bool| {
        Array3::from_shape_fn(SHAPE, |(k, j, i)| i16::from(inside([k, j, i])))
    };
    let image = intensities();
    let small = of(&|at| at.iter().all(|at| (4..7).contains(at)));
    assert_eq!(codes(&image, &small, ""), [SmallRegion]);
    let first = of(&|[k, j, i]| k < 5 && (2..8).contains(&j) && (2..8).contains(&i));
    assert_eq!(codes(&image, &first, ""), [RegionAtBorder]);
    assert!(warnings(image.view(), first.view(), "")[0].message.contains("along z:"));
    let slice = of(&|[k, j, i]| k == 5 && (2..11).contains(&j) && (2..11).contains(&i));
    assert_eq!(codes(&image, &slice, ""), [SingleSlice]);
    assert_eq!(codes(&image, &slice, "profile: pyradiomics"), [SingleSlice]);
    for settings in [
        "profile: ibsi_2d",
        "{families: [glcm, ngtdm], aggregations: [2D_avg]}",
        "families: [intensity_statistics]",
    ] {
        assert!(codes(&image, &slice, settings).is_empty(), "{settings}");
    }
    let narrow = "{resegment_range: [950, null], resegment_sigma: 3, families: [intensity_statistics]}";
    assert_eq!(codes(&image, &region(), narrow), [NarrowRange, SmallRegion]);
    let message = &warnings(image.view(), region().view(), narrow)[0].message;
    assert!(
        message.starts_with("`resegment_range` [950, null] with `resegment_sigma` 3 leaves "),
        "{message}"
    );
}

#[test]
fn interpolation_that_changes_the_volume() {
    let coarse = "{resample_spacing_mm: 4, families: [intensity_statistics]}";
    let found = warnings(intensities().view(), region().view(), coarse);
    assert_eq!(found[0].code, WarningCode::VolumeChanged);
    assert!(found[0].message.contains("from 432.0 to "), "{}", found[0].message);
}

#[test]
fn image_and_mask_exchanged() {
    // Of an image of whole numbers, 1 is the label.
    let labels = intensities().mapv(|x| x as i16 % 50 - 20);
    let image = region().mapv(f64::from);
    let found = codes(&image, &labels, "");
    assert!(found.contains(&WarningCode::MaskLikeImage), "{found:?}");
    // Many labels of some voxels each, as of an atlas.
    let atlas = Array3::from_shape_fn(SHAPE, |(k, j, i)| (1 + k / 3 * 25 + j / 3 * 5 + i / 3) as i16);
    assert!(!codes(&intensities(), &atlas, "").contains(&WarningCode::MaskLikeImage));
}

#[test]
fn of_several_images_and_labels_each_is_said_once() {
    let corner = Array3::from_shape_fn(SHAPE, |(k, j, i)| i16::from(k + j == 0 && i < 2));
    let mask = region() * 2 + corner;
    let (one, other) = (intensities(), intensities().mapv(|x| x / 500.0));
    let (one, other) = (Image::new(grid(), one.view()).unwrap(), Image::new(grid(), other.view()).unwrap());
    let mask = Mask::new(grid(), mask.view()).unwrap();
    let settings = document::from_yaml("{bin_width: 25, families: [glcm]}").unwrap();
    let pool = Pool::new(1).unwrap();
    let tables =
        extract_many(&[("a", &one), ("b", &other)], &mask, &[2, 1], &settings, &Runtime::new(&pool)).unwrap();
    let said = |table: usize| -> Vec<(WarningCode, i64, &str)> {
        tables[table].warnings().iter().map(|w| (w.code, w.label, w.image.as_str())).collect()
    };
    use WarningCode::{FewLevels, RegionAtBorder, SingleLevel, SingleSlice, SmallRegion};
    assert_eq!(said(0), [(SingleLevel, 2, "b")]);
    let of_region = [(RegionAtBorder, 1, "a"), (SingleSlice, 1, "a"), (SmallRegion, 1, "a")];
    assert_eq!(said(1), [&of_region[..], &[(FewLevels, 1, "a"), (SingleLevel, 1, "b")]].concat());
    let text = tables[0].warnings()[0].to_string();
    assert!(text.starts_with("image `b`, label 2: with `bin_width` 25 the region has a single"), "{text}");
}
