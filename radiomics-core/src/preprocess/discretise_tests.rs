//! Tests of grey levels.

use super::*;
use crate::kernels::reduce;
use crate::volume::grid::{Grid, IDENTITY, Window};
use proptest::prelude::*;

/// A box with a voxel of margin round the region.
fn region(values: &[f64], inside: &[bool]) -> Roi {
    let shape = [3, 4, values.len() / 2 + 2];
    let place = |k: usize, j: usize, i: usize| {
        let inner = k == 1 && (1..3).contains(&j) && (1..shape[2] - 1).contains(&i);
        inner.then(|| (j - 1) * (shape[2] - 2) + i - 1)
    };
    let intensity = Array3::from_shape_fn(shape, |(k, j, i)| place(k, j, i).is_some_and(|v| inside[v]));
    Roi {
        grid: Grid { shape, spacing_mm: [1.0; 3], origin_mm: [0.0; 3], direction: IDENTITY },
        intensities: Array3::from_shape_fn(shape, |(k, j, i)| place(k, j, i).map_or(f64::NAN, |v| values[v]))
            .into(),
        morphological: intensity.clone(),
        resegmented: Some(intensity),
        region: Window { start: [1; 3], shape: [1, 2, shape[2] - 2] },
    }
}

proptest! {
    /// Rows at a time give the levels of value by value, on and beside edges.
    #[test]
    fn every_instruction_set_gives_the_level_of_each_value(
        values in proptest::collection::vec((-40i32..40, -1i32..2, proptest::bool::weighted(0.8)), 20..60),
        width in prop_oneof![Just(1.0), Just(25.0), Just(0.1), Just(1.0 / 3.0)],
        anchor in prop_oneof![Just(BinAnchor::LowerBound), Just(BinAnchor::MultipleOfWidth)],
        assignment in prop_oneof![Just(BinAssignment::Formula), Just(BinAssignment::Edges)],
        by_number in proptest::bool::ANY,
    ) {
        let near = |&(steps, beside, _): &(i32, i32, bool)| {
            let x = f64::from(steps) * width;
            match beside { -1 => x.next_down(), 1 => x.next_up(), _ => x }
        };
        let mut inside: Vec<bool> = values.iter().map(|v| v.2).collect();
        let mut values: Vec<f64> = values.iter().map(near).collect();
        values.truncate(values.len() / 2 * 2);
        inside[..2].fill(true);
        let discretisation = match by_number {
            true => Discretisation::FixedBinNumber { bins: 32 },
            false => Discretisation::FixedBinSize { width, anchor },
        };
        let roi = region(&values, &inside);
        let kept = roi.values();
        let [low, high] = reduce::range(Isa::Scalar, &kept);
        let mut bins = Bins::new(&discretisation, low, high, None, KEYS).unwrap();
        if assignment == BinAssignment::Edges {
            bins = bins.with_edges(low, high).unwrap();
        }
        let expected: Vec<u16> = kept.iter().map(|&x| bins.level(x)).collect();
        for isa in Isa::available() {
            let levels = discretise(&roi, &discretisation, assignment, None, 1, isa).unwrap();
            let levels: Vec<u16> = levels.to_array().iter().copied().filter(|level| *level > 0).collect();
            prop_assert_eq!(levels, expected.clone());
        }
    }
}

fn levels(discretisation: &Discretisation, values: &[f64], lower_bound: Option<f64>) -> Vec<u16> {
    let [low, high] = reduce::range(Isa::Scalar, values);
    let bins = Bins::new(discretisation, low, high, lower_bound, KEYS).unwrap();
    values.iter().map(|&x| bins.level(x)).collect()
}

#[test]
fn fixed_bin_number_puts_the_maximum_into_the_last_bin() {
    let four = Discretisation::FixedBinNumber { bins: 4 };
    assert_eq!(levels(&four, &[0.0, 0.9, 1.0, 2.0, 3.9, 4.0], None), [1, 1, 2, 3, 4, 4]);
    assert_eq!(levels(&four, &[7.0, 7.0], None), [1, 1]);
}

#[test]
fn fixed_bin_size_begins_at_its_anchor() {
    let bins = |anchor| Discretisation::FixedBinSize { width: 25.0, anchor };
    let values = [-10.0, 0.0, 14.9, 15.0, 25.0];
    assert_eq!(levels(&bins(BinAnchor::LowerBound), &values, None), [1, 1, 1, 2, 2]);
    assert_eq!(levels(&bins(BinAnchor::LowerBound), &values, Some(-50.0)), [2, 3, 3, 3, 4]);
    assert_eq!(levels(&bins(BinAnchor::MultipleOfWidth), &values, Some(-50.0)), [1, 2, 2, 2, 3]);
}

#[test]
fn explicit_edges_hold_their_lower_end() {
    let edges = Discretisation::BinEdges { edges: vec![0.0, 1.0, 10.0, 100.0] };
    assert_eq!(levels(&edges, &[0.0, 0.5, 1.0, 9.9, 10.0, 100.0], None), [1, 1, 2, 2, 3, 3]);
    assert!(matches!(
        Bins::new(&edges, -1.0, 5.0, None, KEYS),
        Err(Error::OutsideBinEdges { value: -1.0, .. })
    ));
}

#[test]
fn a_tiny_bin_width_is_refused_with_the_number_of_levels() {
    let tiny = Discretisation::FixedBinSize { width: 1e-7, anchor: BinAnchor::LowerBound };
    let error = Bins::new(&tiny, 0.0, 798.0, None, KEYS).err();
    assert!(matches!(error, Some(Error::TooManyLevels { levels, .. }) if levels > 7e9));
    let message = Bins::new(&tiny, 0.0, 1e300, None, "ivh_").err().unwrap().to_string();
    assert!(message.contains(" grey levels from intensities 0 to 1e300, and 65535"), "{message}");
    assert!(message.ends_with("use a larger `ivh_bin_width` or a `ivh_bin_number`"), "{message}");
}

#[test]
fn ranges_near_the_end_of_the_type_are_binned_or_refused() {
    let many = Discretisation::FixedBinNumber { bins: 32 };
    let ramp: Vec<f64> = (0..24).map(f64::from).collect();
    // 23 of these times 32 are beyond all floats, but not a tenth of it.
    let scaled = |by: f64| ramp.iter().map(|x| x * by).collect::<Vec<f64>>();
    assert_eq!(levels(&many, &scaled(1e305), None), levels(&many, &scaled(1e300), None));
    let refused = |values: &[f64], discretisation: &Discretisation, edges: bool| {
        let [low, high] = reduce::range(Isa::Scalar, values);
        let bins = Bins::new(discretisation, low, high, None, KEYS);
        let bins = bins.and_then(|bins| if edges { bins.with_edges(low, high) } else { Ok(bins) });
        matches!(bins, Err(Error::RangeTooLarge { .. }))
    };
    assert!(refused(&scaled(7e306), &many, false));
    assert!(refused(&[-1.7e308, 1.7e308], &Discretisation::FixedBinNumber { bins: 1 }, false));
    for width in [9e307, 1e308, f64::MAX] {
        let wide = |anchor| Discretisation::FixedBinSize { width, anchor };
        assert_eq!(levels(&wide(BinAnchor::LowerBound), &[0.0, 1e3], None), [1, 1]);
        assert!(refused(&[0.0, 1e3], &wide(BinAnchor::MultipleOfWidth), true));
        assert!(refused(&[-1.7e308, 1.7e308], &wide(BinAnchor::MultipleOfWidth), false));
    }
}

#[test]
fn bins_that_are_none_are_refused() {
    let roi = region(&[1.0, 2.0], &[true; 2]);
    for bins in [
        Discretisation::FixedBinNumber { bins: 0 },
        Discretisation::FixedBinNumber { bins: 65_536 },
        Discretisation::FixedBinSize { width: -1.0, anchor: BinAnchor::LowerBound },
        Discretisation::BinEdges { edges: Vec::new() },
        Discretisation::BinEdges { edges: (0..65_537).map(f64::from).collect() },
    ] {
        let refused = discretise(&roi, &bins, BinAssignment::Formula, None, 1, Isa::best());
        assert!(matches!(refused, Err(Error::InvalidSetting { .. })), "{}", bins.name().len());
    }
}
