//! The 88 texture matrices that IBSI 1 prints for its digital phantom, cell by cell. The data
//! come from the IBSI reference manual (CC BY 4.0); see the note in the file.

use std::collections::BTreeMap;

use radiomics_core::aggregation::Span;
use radiomics_core::matrices::{Matrix, matrices};
use radiomics_core::{Execution, Settings, example};
use serde_json::Value;

#[test]
fn all_matrices_of_the_digital_phantom() {
    let phantom = example::DigitalPhantom::new();
    let settings = Settings::ibsi_configuration("digital_phantom").unwrap();
    let ours = matrices(&phantom.image(), &phantom.mask(), 1, &settings, &Execution::default()).unwrap();

    let text = include_str!("data/ibsi1_texture_matrices.json");
    let published: Value = serde_json::from_str(text).unwrap();
    let published = published["matrices"].as_array().unwrap();
    assert_eq!(published.len(), 88);
    for theirs in published {
        let family = theirs["matrix"].as_str().unwrap().to_lowercase();
        let span = match theirs["slice_z"].as_u64() {
            Some(k) => Span::Slice(k as usize),
            None => Span::Volume,
        };
        let direction = theirs["direction_xyz"].as_array().map(|d| {
            let [x, y, z] = [0, 1, 2].map(|a| d[a].as_i64().unwrap() as i32);
            [z, y, x]
        });
        // Which of two opposite directions stands for both is a matter of taste.
        let same = |offset: Option<[i32; 3]>| {
            direction.is_none() || offset == direction || offset.map(|o| o.map(|c| -c)) == direction
        };
        let meant: Vec<&Matrix> =
            ours.iter().filter(|m| m.family == family && m.span == span && same(m.offset)).collect();
        let directions = if span == Span::Volume { 13 } else { 4 };
        let merged = theirs["merged_directions"] == true;
        assert_eq!(meant.len(), if merged { directions } else { 1 });
        assert_equal(&family, theirs, &meant);
    }
}

fn assert_equal(family: &str, theirs: &Value, ours: &[&Matrix]) {
    let mut sum = BTreeMap::new();
    for cell in ours.iter().flat_map(|m| &m.cells) {
        *sum.entry((u64::from(cell.level), cell.column)).or_insert(0.0) += cell.value;
    }
    let rows = theirs["rows"].as_array().unwrap();
    assert_eq!(rows.len(), sum.len(), "{theirs} {sum:?}");
    for row in rows {
        // NGTDM rows are (i, s_i, n_i), all others (i, j, count).
        let (column, value, tolerance) = if family == "ngtdm" { (2, 1, 1e-6) } else { (1, 2, 0.0) };
        let key = (row[0].as_u64().unwrap(), row[column].as_u64().unwrap());
        let difference = sum.get(&key).map(|ours| (ours - row[value].as_f64().unwrap()).abs());
        assert!(difference.is_some_and(|d| d <= tolerance), "{row} of {theirs}: {sum:?}");
    }
}
