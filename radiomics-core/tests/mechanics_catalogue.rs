//! The catalogue is consistent, and its page is up to date.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use crate::common;
use radiomics_core::Named;
use radiomics_core::catalogue::FAMILIES;
use radiomics_core::verify::references;

#[test]
fn names_and_identifiers_are_unique_and_those_of_the_standard() {
    let mut names = BTreeSet::new();
    let mut identifiers = BTreeSet::new();
    for family in FAMILIES {
        for feature in (family.features)() {
            assert!(names.insert((family.name, feature.name)), "{}.{} twice", family.name, feature.name);
            let id = (feature.ibsi_id, feature.ibsi_parameter_id);
            assert!(feature.ibsi_id.is_empty() || identifiers.insert(id), "{id:?} twice");
            assert!(!feature.summary.is_empty(), "{} has no summary", feature.name);
        }
    }
    for reference in references() {
        let id = (reference.ibsi_id, reference.ibsi_parameter_id);
        assert!(identifiers.contains(&id), "{} {id:?} is missing", reference.feature);
    }
}

#[test]
fn as_many_features_as_the_standard_has() {
    let numbers: Vec<(&str, usize)> = FAMILIES
        .iter()
        .map(|f| (f.name, (f.features)().iter().filter(|x| !x.ibsi_id.is_empty()).count()))
        .filter(|(_, n)| *n > 0)
        .collect();
    let expected = [
        ("morphology", 29),
        ("local_intensity", 2),
        ("intensity_statistics", 18),
        ("intensity_histogram", 23),
        ("intensity_volume_histogram", 7),
        ("glcm", 25),
        ("glrlm", 16),
        ("glszm", 16),
        ("gldzm", 16),
        ("ngtdm", 5),
        ("ngldm", 17),
    ];
    assert_eq!(numbers, expected);
}

/// PyRadiomics computes 107 features of a region in 3D by default.
/// What is named is computed, or said to be left out: a table without it looks like one that is complete.
#[test]
fn a_family_that_knows_none_of_the_aggregations_is_refused() {
    let selected = |text: &str| {
        let settings = radiomics_core::document::from_yaml(text)?;
        radiomics_core::catalogue::columns(&settings, &["original"]).map(|columns| columns.len())
    };
    for text in [
        "{families: [intensity_statistics, glcm], aggregations: [3D]}",
        "{features: [glszm.zone_size_entropy, glcm.contrast], aggregations: [3D]}",
        "{families: [ngtdm], features: [glrlm.run_percentage], aggregations: [3D_avg]}",
    ] {
        let told = selected(text).unwrap_err().to_string();
        assert!(told.contains("would not be computed, as it knows none of these"), "{text}: {told}");
    }
    assert_eq!(selected("{families: [intensity_statistics, glcm], aggregations: [3D_avg, 3D]}"), Ok(18 + 25));
    assert!(selected("aggregations: [3D]").is_ok(), "all that there is of one aggregation");
}

#[test]
fn as_many_features_as_pyradiomics_has() {
    let by_default = FAMILIES.iter().filter(|f| !f.ibsi_id.is_empty()).flat_map(|f| (f.features)());
    let by_default = by_default.filter(|f| f.pyradiomics.is_some() && !f.only_by_name);
    assert_eq!(by_default.count(), 107);
}

#[test]
fn the_page_of_features_is_up_to_date() {
    let mut page = String::from(
        "# Features\n\nGenerated from the catalogue (`REGENERATE=1 cargo test`). Features without an IBSI \
         identifier are computed when they are named, or with `feature_set: pyradiomics`.\n",
    );
    for family in FAMILIES {
        let aggregations = family.scope.aggregations().iter();
        let aggregations: Vec<String> =
            aggregations.map(|(a, id)| format!("{} ({id})", a.name()).trim().to_owned()).collect();
        let _ = writeln!(
            page,
            "\n## {} {}\n\nAggregations: {}.\n",
            family.name,
            family.ibsi_id,
            aggregations.join(", ")
        );
        page += "| feature | IBSI | PyRadiomics | definition |\n|---|---|---|---|\n";
        for feature in (family.features)() {
            let ids = [feature.ibsi_id, feature.ibsi_parameter_id].join(" ");
            let summary = feature.summary.replace('|', "\\|");
            let pyradiomics = feature.pyradiomics.unwrap_or("");
            let _ = writeln!(page, "| {} | {} | {pyradiomics} | {summary} |", feature.name, ids.trim());
        }
    }
    common::compare_or_regenerate(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/features.md"), &page);
}
