//! The table of filters is consistent, and their page is up to date.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use crate::common;
use radiomics_core::document::pyradiomics;
use radiomics_core::filters::{FILTERS, FilterKind, Parameter};
use serde_json::Value;

#[test]
fn names_and_identifiers_are_unique_and_nothing_is_without_a_summary() {
    let (mut names, mut identifiers) = (BTreeSet::new(), BTreeSet::new());
    for kind in FILTERS {
        assert!(names.insert(kind.name), "{} twice", kind.name);
        assert!(kind.ibsi_id.is_empty() || identifiers.insert(kind.ibsi_id), "{} twice", kind.ibsi_id);
        assert!(kind.summary.ends_with('.'), "{}: {}", kind.name, kind.summary);
        let mut parameters = BTreeSet::new();
        for parameter in kind.parameters {
            assert!(parameters.insert(parameter.name), "{}.{} twice", kind.name, parameter.name);
            assert!(parameter.summary.ends_with('.'), "{}.{}", kind.name, parameter.name);
        }
    }
}

#[test]
fn image_types_of_pyradiomics_are_the_filters_that_name_them() {
    for kind in FILTERS {
        let Some(image_type) = kind.pyradiomics else { continue };
        let file = format!("imageType: {{{image_type}: {{}}}}\nsetting: {{sigma: [3]}}\n");
        let file = pyradiomics::from_yaml(&file).unwrap_or_else(|error| panic!("{image_type}: {error}"));
        assert!(!file.settings.filters.is_empty());
        for filter in &file.settings.filters {
            assert_eq!(filter.kind(), kind.name, "{image_type}");
        }
    }
}

/// Where the generated part of the page begins and ends.
const BEGIN: &str = "<!-- Generated from the table of filters (`REGENERATE=1 cargo test`). -->\n";
const END: &str = "<!-- End of the generated part. -->\n";

#[test]
fn the_page_of_filters_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/filters.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(BEGIN).expect("the beginning of the generated part");
    let (_, after) = rest.split_once(END).expect("the end of the generated part");
    common::compare_or_regenerate(&path, &format!("{before}{BEGIN}{}{END}{after}", tables()));
}

fn tables() -> String {
    let mut text = String::from("\n| filter | IBSI 2 | PyRadiomics | response |\n|---|---|---|---|\n");
    for FilterKind { name, ibsi_id, pyradiomics, summary, .. } in FILTERS {
        let _ = writeln!(text, "| `{name}` | {ibsi_id} | {} | {summary} |", pyradiomics.unwrap_or(""));
    }
    for kind in FILTERS.iter().filter(|kind| !kind.parameters.is_empty()) {
        let _ = writeln!(text, "\n### `{}`\n", kind.name);
        text += "| parameter | takes | default | effect |\n|---|---|---|---|\n";
        kind.parameters.iter().for_each(|parameter| text += &row(parameter));
    }
    text + "\n"
}

fn row(parameter: &Parameter) -> String {
    let default = parameter.default().map_or("must be given".to_owned(), |value| shown(&value));
    let cells = [&parameter.takes(), &default, parameter.summary].map(|cell| cell.replace('|', "\\|"));
    format!("| `{}` | {} |\n", parameter.name, cells.join(" | "))
}

/// A default as one would write it.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => format!("`{text}`"),
        Value::Number(number) => number.as_f64().map_or(number.to_string(), |number| number.to_string()),
        other => other.to_string(),
    }
}
