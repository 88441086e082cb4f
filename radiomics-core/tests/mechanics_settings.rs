//! The pages of settings are those of the table of keys, and so are the words of the code.

use std::collections::HashMap;
use std::fmt::Write;
use std::path::Path;
use std::time::Instant;

use crate::common;
use radiomics_core::document::pyradiomics::SETTINGS;
use radiomics_core::document::{KEYS, Key, from_json, from_yaml};
use radiomics_core::{Named, Profile, Settings};
use serde_json::Value;

/// As many filters, or bins, as nobody needs are read in a time that grows as their number does: 16 times as many take
/// as long as a sixteenth of them 16 times, and would take 16 times that if each were compared with each.
#[test]
fn the_time_of_reading_grows_with_the_number_of_members() {
    let filters = |n: usize| {
        let sigmas: Vec<String> = (1..=n).map(|sigma| format!("{}", 1.0 + 1e-4 * sigma as f64)).collect();
        format!("{{\"filters\": [{{\"laplacian_of_gaussian\": {{\"sigma_mm\": [{}]}}}}]}}", sigmas.join(","))
    };
    let widths = |n: usize| {
        let widths: Vec<String> = (1..=n).map(|width| width.to_string()).collect();
        format!("{{\"bin_width\": [{}]}}", widths.join(","))
    };
    let time = |text: &str, times: usize| {
        let start = Instant::now();
        (0..times).for_each(|_| drop(from_json(text).unwrap()));
        start.elapsed()
    };
    for (of, text) in [("filters", &filters as &dyn Fn(usize) -> String), ("widths", &widths)] {
        let [few, many] = [1000, 16_000].map(text);
        // In turns, and of one length, so that what else the machine does slows both.
        let pairs: Vec<_> = (0..5).map(|_| [time(&few, 16), time(&many, 1)]).collect();
        let [few, many] = [0, 1].map(|which| pairs.iter().map(|pair| pair[which]).min().unwrap());
        assert!(many < 5 * few, "{of}: {few:?} and {many:?}");
    }
    for (twice, value) in
        [("filters: [square, gradient, square]", "square"), ("bin_edges: [[0, 1], [-0.0, 1]]", "[-0.0, 1.0]")]
    {
        let error = from_yaml(twice).unwrap_err().to_string();
        assert!(error.contains(value) && error.contains("given twice"), "{error}");
    }
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// The page without its table.
const INTRODUCTION: &str = "# Settings

Generated from the table of keys (`REGENERATE=1 cargo test`).

A setting has the same name and takes the same values in every language. What is not given is that of a profile: `ibsi`, unless
the key `profile` names another one.

| | how to give settings |
|---|---|
| YAML or JSON | `{profile: pyradiomics, bin_width: 10}`, a mapping; `radiomics-rs settings` prints one with all keys and their meaning to start from |
| Command line | `radiomics-rs extract … --settings FILE`, or `--profile pyradiomics --set bin_width=10` |
| Python | `Settings(profile=\"pyradiomics\", bin_width=10)`, `Settings.from_yaml(path)`, or a dict in place of settings; `settings.replace(bin_width=5)` makes others |
| C | `radiomics_settings_from_yaml(context, \"bin_width: 10\", &settings)`, `radiomics_settings_from_profile`, `radiomics_settings_update` |
| C++ | `context.settings_from_yaml(\"bin_width: 10\")`, `context.update(settings, \"bin_width: 5\")` |
| Rust | `document::from_yaml(\"bin_width: 10\")`, or the fields of `Settings` |
| From PyRadiomics | `Settings.from_pyradiomics(\"Params.yaml\")`, `radiomics_settings_from_pyradiomics`, `document::pyradiomics::from_yaml` |

Numbers are those of YAML 1.2, such as `5`, `-0.5`, `.5`, `1e3` and `0x1F`; `010`, `1_0` and `\"5\"` are refused.
A number or unit that means nothing by itself is refused without the setting that it belongs to (*only with*). Why a value is what
it is where the standard leaves a choice: [conventions](conventions.md). Filters and their parameters: [filters](filters.md).
Families, features and their aggregations: [features](features.md).

";

fn row(key: &Key, profiles: &[Settings]) -> String {
    let only_with = key.only_with().map_or(String::new(), |other| format!(" *Only with* {other}."));
    let theirs: Vec<String> =
        SETTINGS.iter().filter(|s| s.key == key.name).map(|s| format!("`{}`", s.name)).collect();
    let mut cells = vec![format!("`{}`", key.name), key.takes()];
    cells.extend(profiles.iter().map(|settings| match key.value(settings) {
        Value::String(text) => format!("`{text}`"),
        value => format!("`{value}`"),
    }));
    cells.extend([format!("{}.{only_with}", key.summary), key.ibsi.to_owned(), theirs.join(", ")]);
    let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
    format!("| {} |\n", cells.join(" | "))
}

#[test]
fn the_page_of_settings_is_up_to_date() {
    let profiles: Vec<Settings> = Profile::NAMES.iter().map(|(_, profile)| profile.settings()).collect();
    let names: Vec<String> = Profile::NAMES.iter().map(|(name, _)| format!("`{name}`")).collect();
    let mut page = String::from(INTRODUCTION);
    let _ = writeln!(
        page,
        "| setting | takes | {} | what it does | IBSI | PyRadiomics |\n|---|---|{}---|---|---|",
        names.join(" | "),
        "---|".repeat(names.len())
    );
    for key in KEYS {
        page += &row(key, &profiles);
    }
    common::compare_or_regenerate(&root().join("docs/settings.md"), &page);
}

/// The attributes of `Settings` in the stub of the Python module, between two comments.
#[test]
fn the_stub_of_python_has_the_attributes() {
    const BEGIN: &str = "    # Generated from the table of keys (`REGENERATE=1 cargo test`).\n";
    const END: &str = "    # End of what is generated.\n";
    let path = root().join("radiomics-py/python/radiomics_rs/_core.pyi");
    let text = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once(BEGIN).expect("the stub has the comment that begins the block");
    let (_, after) = rest.split_once(END).expect("the stub has the comment that ends the block");
    let attributes = KEYS.iter().map(|key| format!("    {}: {}\n", key.name, key.python_type()));
    let expected = [before, BEGIN, &attributes.collect::<String>(), END, after].concat();
    common::compare_or_regenerate(&path, &expected);
}

/// The documentation of the fields of a struct, without line breaks and backticks.
fn documented_fields(source: &str) -> HashMap<String, String> {
    let (mut fields, mut text) = (HashMap::new(), String::new());
    for line in source.lines().map(str::trim) {
        if let Some(words) = line.strip_prefix("/// ") {
            text += &format!("{words} ").replace('`', "");
        } else if let Some((name, _)) = line.strip_prefix("pub ").and_then(|field| field.split_once(": ")) {
            fields.insert(name.to_owned(), std::mem::take(&mut text));
        } else {
            text.clear();
        }
    }
    fields
}

#[test]
fn fields_and_keys_say_the_same_in_the_same_words() {
    let mut fields = documented_fields(include_str!("../src/settings/mod.rs"));
    let part_of_a_field =
        |name: &str| name == "normalise" || name.contains("normalise_") || name.contains("bin_");
    for key in KEYS.iter().filter(|key| !part_of_a_field(key.name) || key.name == "bin_assignment") {
        let documented = fields.remove(key.name).unwrap_or_else(|| panic!("`{}` is no field", key.name));
        let summary = key.summary.replace('`', "");
        assert!(documented.starts_with(&summary), "{}: {documented}\nis not: {summary}", key.name);
    }
}
