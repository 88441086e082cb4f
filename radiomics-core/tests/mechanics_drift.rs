//! No number moves unless the changelog names it.
//!
//! `tests/data/drift/values.csv` holds every digit of 12 small cases, and `radiomics-py/tests/test_drift.py`
//! compares Python and C with the same table. When a number moves on purpose, `REGENERATE=1` writes the
//! table, and the line that says what moved, by how much and why goes into the changelog with the table's
//! digest, without which the test goes on failing.

mod common;
#[path = "common/drift.rs"]
mod drift;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use drift::Row;
use radiomics_core::catalogue::FAMILIES;
use radiomics_core::filters::FILTERS;
use radiomics_core::{Aggregation, Named, Profile};

/// Largest share of itself by which a value of transforms may differ: their order of additions is chosen by
/// instruction set.
const CLOSE: f64 = 1e-12;

const WAY_OUT: &str = "If they are meant to: `REGENERATE=1 cargo test -p radiomics-core --test mechanics_drift` writes \
                       the table and prints a line for the changelog.";

#[test]
fn no_value_has_moved() {
    let path = drift::folder().join("values.csv");
    let expected = read(&path);
    let mut found: Vec<Row> = all(2);
    // With `--nocapture`, what docs/trust.md says of this machine.
    println!("`{}`: {}", digest(&written(&found)), other_digits(&expected, &found));
    let moved = compare(&expected, &mut found);
    if std::env::var_os("REGENERATE").is_some() {
        let text = written(&found);
        std::fs::write(&path, &text).expect("a writable file");
        println!("for CHANGELOG.md, under Numbers:\n- `{}`: {}", digest(&text), summary(&moved, found.len()));
        return;
    }
    let shown: String = moved.iter().take(40).fold(String::new(), |mut text, (line, _)| {
        writeln!(text, "  {line}").expect("a string takes all");
        text
    });
    assert!(moved.is_empty(), "{} values moved, of {}:\n{shown}{WAY_OUT}", moved.len(), found.len());
}

#[test]
fn the_changelog_names_the_table() {
    let folder = drift::folder();
    let table = std::fs::read_to_string(folder.join("values.csv")).expect("a readable file");
    let changelog = Path::new(env!("CARGO_MANIFEST_DIR")).join("../CHANGELOG.md");
    let changelog = std::fs::read_to_string(changelog).expect("a readable file");
    let name = format!("`{}`", digest(&table));
    assert!(
        changelog.contains(&name),
        "the values of {} have changed, and CHANGELOG.md does not name them. Under \"Numbers\" it takes a line that \
         begins with {name} and says which features moved, by how much and why.",
        folder.display(),
    );
}

/// What has no case could move without a word.
#[test]
fn every_family_aggregation_filter_and_profile_has_a_case() {
    let recipes = drift::recipes();
    assert_eq!(recipes.len(), 12);
    let documents: String = recipes.iter().map(|(_, recipe)| recipe["settings"].to_string()).collect();
    for &(name, _) in Profile::NAMES {
        assert!(documents.contains(&format!("\"profile\":\"{name}\"")), "no case has the profile {name}");
    }
    let mut filters = BTreeSet::new();
    for (_, recipe) in &recipes {
        filters.extend(drift::settings(recipe).filters.iter().map(|filter| filter.kind()));
    }
    for filter in FILTERS {
        assert!(filters.contains(filter.name), "no case has the filter {}", filter.name);
    }
    let rows: Vec<Row> = all(1);
    for family in FAMILIES {
        for feature in (family.features)().iter().filter(|feature| !feature.only_by_name) {
            let part = format!("_{}_{}", family.name, feature.name);
            assert!(rows.iter().any(|row| row.column.contains(&part)), "no case has {part}");
        }
    }
    for (name, _) in Aggregation::NAMES {
        assert!(rows.iter().any(|row| row.column.ends_with(name)), "no case has {name}");
    }
    // Thread counts are no part of the settings, and change no digit.
    assert!(rows == all(3));
}

fn all(threads: usize) -> Vec<Row> {
    drift::recipes().iter().flat_map(|(name, recipe)| drift::computed(name, recipe, threads)).collect()
}

/// What moved, a line each with the share by which it did. Found values that the table's are close enough to
/// become the table's, so that writing it elsewhere changes nothing.
fn compare(expected: &[Row], found: &mut [Row]) -> Vec<(String, f64)> {
    let mut moved = Vec::new();
    let mut rest: BTreeSet<_> = expected.iter().map(|row| (&row.case, row.label, &row.column)).collect();
    let place = |row: &Row| format!("{}, label {}, {}", row.case, row.label, row.column);
    for row in found {
        let old =
            expected.iter().find(|o| (&o.case, o.label, &o.column) == (&row.case, row.label, &row.column));
        let Some(old) = old else {
            moved.push((format!("{}: {} is new", place(row), row.value), 0.0));
            continue;
        };
        rest.remove(&(&old.case, old.label, &old.column));
        let (was, is) = (old.number(), row.number());
        let share = (is - was).abs() / was.abs();
        if old.value == row.value || (row.compare != "bits" && share <= CLOSE) {
            row.value.clone_from(&old.value);
        } else {
            moved
                .push((format!("{}: {} became {}, by {share:.1e}", place(row), old.value, row.value), share));
        }
    }
    moved.extend(
        rest.into_iter().map(|(case, label, column)| (format!("{case}, label {label}, {column}: gone"), 0.0)),
    );
    moved
}

fn other_digits(expected: &[Row], found: &[Row]) -> String {
    let pairs = expected.iter().zip(found).filter(|(was, is)| was.value != is.value);
    let shares: Vec<f64> = pairs.map(|(was, is)| (is.number() / was.number() - 1.0).abs()).collect();
    let worst = shares.iter().copied().fold(0.0, f64::max);
    format!("{} of {} values have other digits, by {worst:.1e} of theirs at most", shares.len(), found.len())
}

fn summary(moved: &[(String, f64)], count: usize) -> String {
    let worst = moved.iter().map(|(_, share)| *share).fold(0.0, f64::max);
    format!("{} of {count} values moved, by {worst:.1e} of theirs at most, because …", moved.len())
}

fn read(path: &Path) -> Vec<Row> {
    let Ok(mut reader) = csv::Reader::from_path(path) else { return Vec::new() };
    let text = |record: &csv::StringRecord, at: usize| record.get(at).expect("five columns").to_owned();
    let rows = reader.records().map(|record| {
        let record = record.expect("a row");
        let label = record.get(1).and_then(|label| label.parse().ok()).expect("a label");
        let [case, column, compare, value] = [0, 2, 3, 4].map(|at| text(&record, at));
        Row { case, label, column, compare, value }
    });
    rows.collect()
}

fn written(rows: &[Row]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["case", "label", "column", "compare", "value"]).expect("memory takes all");
    for row in rows {
        let label = row.label.to_string();
        writer
            .write_record([&row.case, &label, &row.column, &row.compare, &row.value])
            .expect("memory takes all");
    }
    String::from_utf8(writer.into_inner().expect("memory takes all")).expect("names and numbers")
}

/// FNV-1a of 64 bits: short enough for a changelog, and nobody has an interest in forging it.
fn digest(text: &str) -> String {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    format!("{:016x}", text.bytes().fold(0xcbf2_9ce4_8422_2325, step))
}
