//! Which features take a fast way, and what becomes of one that a fast way lacks.

use std::ops::ControlFlow;

use super::formulas::FastRow;
use super::moving_window::MovingWindow;
use super::parts::{Buffers, Part, Placed, Way};
use super::region::Region;
use super::tiles::PreparedMaps;
use super::window::Window;
use super::{cooccurrence, dependences, runs, tones, zones};
use crate::catalogue::FAMILIES;
use crate::example::DigitalPhantom;
use crate::families::family::{Family, Maps};
use crate::names::Named;
use crate::runtime::{Pool, Runtime};
use crate::settings::Settings;
use crate::settings::profile::Profile;
use crate::table::Column;
use crate::texture::aggregation::Aggregation;

/// The file that has the formulas of a family's fast way, if it has a fast way.
fn file(family: &Family) -> Option<&'static str> {
    match family.maps {
        Maps::None | Maps::General => None,
        Maps::Cooccurrence => Some("cooccurrence.rs"),
        Maps::Tones => Some("tones.rs"),
        Maps::Runs | Maps::Zones | Maps::Dependences => Some("emphases.rs"),
    }
}

fn fast_families() -> impl Iterator<Item = &'static Family> {
    FAMILIES.iter().filter(|family| file(family).is_some())
}

/// Asks for every feature of the families that have a fast way, unasked ones included.
fn all_features(settings: Settings) -> Settings {
    let of = |family: &Family| {
        let name = family.name;
        (family.features)().into_iter().map(move |feature| format!("{name}.{}", feature.name))
    };
    Settings { families: None, features: Some(fast_families().flat_map(of).collect()), ..settings }
}

fn all_aggregations() -> Vec<Aggregation> {
    Aggregation::NAMES.iter().map(|&(_, aggregation)| aggregation).collect()
}

/// The maps of the digital phantom, prepared with the ways that `way` gives, and their values.
fn maps(settings: &Settings, way: impl Fn(&Family, &Region) -> Way) -> (PreparedMaps, Vec<f64>) {
    let phantom = DigitalPhantom::new();
    let pool = Pool::new(0).unwrap();
    let runtime = Runtime::new(&pool);
    let (image, mask) = (phantom.image(), phantom.mask());
    let window = MovingWindow::default();
    let maps = PreparedMaps::by(way, &image, &mask, 1, settings, &window, &runtime).unwrap();
    let mut values = Vec::new();
    let keep = |tile: &super::Tile| {
        values.extend_from_slice(tile.values);
        ControlFlow::Continue(())
    };
    assert!(maps.compute(&runtime, usize::MAX, keep).unwrap().is_continue());
    (maps, values)
}

/// The columns that the general way fills, part by part.
fn general(maps: &PreparedMaps) -> Vec<Vec<&Column>> {
    let is_general = |placed: &&Placed| matches!(placed.part, Part::General(_));
    let columns = |placed: &Placed| placed.columns.iter().map(|&n| &maps.layout().columns()[n]).collect();
    maps.parts.iter().filter(is_general).map(columns).collect()
}

#[test]
fn under_default_settings_every_feature_of_a_family_with_a_fast_way_takes_it() {
    for &(name, profile) in Profile::NAMES {
        let settings = all_features(profile.settings());
        let (maps, _) = maps(&settings, |family, region| Way::of(family, &settings, region));
        let mut missing = String::new();
        for column in general(&maps).concat() {
            let family = FAMILIES.iter().find(|family| family.name == column.family).unwrap();
            let (feature, file) = (column.feature.name, file(family).unwrap());
            missing +=
                &format!("\n{}.{feature}: add a row to radiomics-core/src/voxel_map/{file}", family.name);
        }
        assert!(missing.is_empty(), "{name}: maps of these features take the slow general way{missing}");
        let features = fast_families().map(|family| (family.features)().len()).sum::<usize>();
        assert_eq!(maps.layout().columns().len(), features);
    }
}

/// A way with a table that lacks its first row, or its last one.
fn shortened(way: Way, lacks_first: bool) -> Way {
    fn rest<M>(table: &'static [FastRow<M>], lacks_first: bool) -> &'static [FastRow<M>] {
        if lacks_first { &table[1..] } else { &table[..table.len() - 1] }
    }
    match way {
        Way::General => Way::General,
        Way::Cooccurrence(table) => Way::Cooccurrence(rest(table, lacks_first)),
        Way::Runs(table) => Way::Runs(rest(table, lacks_first)),
        Way::Zones(table) => Way::Zones(rest(table, lacks_first)),
        Way::Tones(table) => Way::Tones(rest(table, lacks_first)),
        Way::Dependences(table) => Way::Dependences(rest(table, lacks_first)),
    }
}

/// A fast way that lacks the first or the last feature of the family's table leaves it to the general
/// way. Tables are in the order of the family's.
#[test]
fn a_feature_without_a_fast_formula_takes_the_general_way_alone() {
    let settings = all_features(Settings { aggregations: all_aggregations(), ..Profile::Ibsi.settings() });
    let way = |family: &Family, region: &Region| Way::of(family, &settings, region);
    let (fast_maps, fast) = maps(&settings, way);
    let columns = fast_maps.layout().columns();
    assert!(general(&fast_maps).is_empty());
    let (_, slow) = maps(&settings, |_, _| Way::General);
    for lacks_first in [true, false] {
        let is_lacking = |column: &Column| {
            let all = fast_families().find(|family| family.name == column.family).map(|f| (f.features)());
            let all = all.unwrap();
            column.feature == if lacks_first { all[0] } else { all[all.len() - 1] }
        };
        let (mixed_maps, mixed) =
            maps(&settings, |family, region| shortened(way(family, region), lacks_first));
        // One part for all aggregations of a family.
        assert_eq!(general(&mixed_maps).len(), fast_families().count());
        let by_general = general(&mixed_maps).concat();
        assert!(by_general.iter().all(|column| is_lacking(column)));
        assert_eq!(by_general.len(), columns.iter().filter(|column| is_lacking(column)).count());
        for (n, value) in mixed.iter().enumerate() {
            let column = &columns[n % columns.len()];
            let expected = if is_lacking(column) { slow[n] } else { fast[n] };
            assert_eq!(value.to_bits(), expected.to_bits(), "{}: {value} and {expected}", column.name());
            let close = (slow[n] - fast[n]).abs() <= 1e-7 || slow[n].is_nan() && fast[n].is_nan();
            assert!(close, "{}: {} and {}", column.name(), slow[n], fast[n]);
        }
    }
}

#[test]
fn settings_that_no_fast_way_knows_send_the_whole_family_the_general_way() {
    let settings =
        Settings { glcm_symmetric: false, aggregations: all_aggregations(), ..Settings::default() };
    let settings = all_features(settings);
    let (maps, _) = maps(&settings, |family, region| Way::of(family, &settings, region));
    let by_general = general(&maps);
    assert_eq!(by_general.len(), 1);
    let of_glcm = maps.layout().columns().iter().filter(|column| column.family == "glcm");
    assert!(of_glcm.eq(by_general[0].iter().copied()));
}

#[test]
fn no_feature_has_two_formulas() {
    fn check<M>(table: &[FastRow<M>]) {
        // Ascending, as in the family's table.
        assert!(table.is_sorted_by(|a, b| a.place < b.place));
    }
    check(cooccurrence::TABLE);
    check(runs::TABLE);
    check(zones::TABLE);
    check(tones::TABLE);
    check(dependences::TABLE);
}

#[test]
#[should_panic(expected = "a part of maps computes a value for each of its columns")]
fn a_part_with_too_few_values_is_a_bug_that_says_so() {
    let settings = all_features(Settings::default());
    let (maps, _) = maps(&settings, |family, region| Way::of(family, &settings, region));
    let mut row = vec![0.0; maps.layout().columns().len() + 1];
    let part = maps.parts.into_iter().find(|placed| matches!(placed.part, Part::Tones(_))).unwrap();
    let columns = (0..part.columns.len() + 1).collect();
    let window = Window::drawn(&[1; 27]);
    Placed { columns, ..part }.fill(&window, &mut Buffers::default(), &mut Vec::new(), &mut row);
}
