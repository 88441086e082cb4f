//! The plan of the core: rooms in layers, imports that only run downwards, no circle between
//! files, and tests of four kinds. `docs/architecture.md` shows the same list.

#[path = "mechanics_layers/imports.rs"]
mod imports;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use imports::{Import, imports};

/// The rooms (folders, or loose files of the root) from the ground up. A file may use its own room
/// and those that stand before it here.
const LAYERS: &[&str] = &[
    "error",
    "names",
    "feature",
    "work",
    "kernels",
    "runtime",
    "stability",
    "volume",
    "masks",
    "region",
    "texture",
    "filters",
    "settings",
    "table",
    "preprocess",
    "perturb",
    "families",
    "catalogue",
    "extract",
    "matrices",
    "voxel_map",
    "document",
    "example",
    "verify",
    "lib",
];

fn source() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))
}

/// The room of a file, a path such as `families/glcm.rs` below the source folder.
fn room(file: &str) -> &str {
    file.split('/').next().unwrap_or(file).trim_end_matches(".rs")
}

fn layer(room: &str) -> Option<usize> {
    LAYERS.iter().position(|name| *name == room)
}

fn plan() -> String {
    let lines: Vec<String> = LAYERS.iter().map(|room| format!("    {room}")).collect();
    format!("the layers, from the ground up:\n{}", lines.join("\n"))
}

/// Imports from a room to one that stands higher.
fn upward(all: &[Import]) -> Vec<String> {
    let runs_up = |import: &&Import| layer(room(&import.to)) > layer(room(&import.from));
    let line = |i: &Import| format!("{}:{}: `{}` is in {}, which is higher", i.from, i.line, i.path, i.to);
    all.iter().filter(runs_up).map(line).collect()
}

/// Files that import each other in a circle, each with the import that leads on to the next.
fn circles(all: &[Import]) -> Vec<String> {
    let mut to: BTreeMap<&str, Vec<&Import>> = BTreeMap::new();
    all.iter().filter(|i| i.from != i.to).for_each(|i| to.entry(&i.from).or_default().push(i));
    let (mut done, mut circles) = (BTreeSet::new(), Vec::new());
    for &start in to.keys() {
        search(start, &to, &mut Vec::new(), &mut done, &mut circles);
    }
    circles
}

fn search<'a>(
    file: &'a str,
    to: &BTreeMap<&'a str, Vec<&'a Import>>,
    way: &mut Vec<&'a Import>,
    done: &mut BTreeSet<&'a str>,
    circles: &mut Vec<String>,
) {
    if let Some(first) = way.iter().position(|import| import.from == file) {
        let line = |i: &&Import| format!("    {}:{}: `{}` ({})", i.from, i.line, i.path, i.to);
        circles.push(format!("a circle:\n{}", way[first..].iter().map(line).collect::<Vec<_>>().join("\n")));
        return;
    }
    if done.contains(file) {
        return;
    }
    for import in to.get(file).into_iter().flatten() {
        way.push(import);
        search(&import.to, to, way, done, circles);
        way.pop();
    }
    done.insert(file);
}

#[test]
fn every_room_has_its_layer() {
    let mut rooms: Vec<String> = std::fs::read_dir(source())
        .unwrap()
        .map(|entry| room(&entry.unwrap().file_name().to_string_lossy()).to_owned())
        .collect();
    rooms.sort();
    let mut layers = LAYERS.to_vec();
    layers.sort_unstable();
    assert_eq!(rooms, layers, "{}", plan());
}

#[test]
fn no_import_runs_upwards() {
    let upward = upward(&imports(source()));
    assert!(upward.is_empty(), "imports that run upwards:\n{}\n{}", upward.join("\n"), plan());
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let circles = circles(&imports(source()));
    assert!(circles.is_empty(), "{}\n{}", circles.join("\n"), plan());
}

#[test]
fn few_files_lie_loose() {
    let loose = std::fs::read_dir(source()).unwrap().filter(|entry| entry.as_ref().unwrap().path().is_file());
    assert!(loose.count() <= 10, "the root of the core holds at most ten files; give new ones a room");
}

#[test]
fn every_file_of_tests_is_of_a_kind() {
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/tests");
    let of_c = concat!(env!("CARGO_MANIFEST_DIR"), "/../radiomics-ffi/tests");
    let entries = [own, of_c].into_iter().flat_map(|folder| std::fs::read_dir(folder).unwrap());
    let files = entries.map(|entry| entry.unwrap().file_name());
    let names: Vec<String> = files.map(|name| name.to_string_lossy().into_owned()).collect();
    let stems = names.iter().filter_map(|name| name.strip_suffix(".rs"));
    // What puts the others together is of all kinds.
    let without: Vec<&str> = stems.filter(|&stem| stem != "main" && !has_kind(stem)).collect();
    assert!(
        without.is_empty(),
        "neither `oracle_*`, `invariants*`, `bad_input` nor `mechanics_*`: {without:?}"
    );
}

/// Whether the name of a file of tests begins with what it proves.
fn has_kind(name: &str) -> bool {
    let of = |kind| name.strip_prefix(kind).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'));
    of("invariants") || of("bad_input") || name.starts_with("oracle_") || name.starts_with("mechanics_")
}

#[test]
fn names_without_a_kind_are_found() {
    assert!(["oracle_ibsi1", "invariants", "invariants_morphology", "bad_input"].into_iter().all(has_kind));
    assert!(!["runtime", "oracle", "invariantsmorphology", "more_bad_input"].into_iter().any(has_kind));
}

#[test]
fn the_map_shows_the_layers() {
    let map = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/architecture.md");
    let map = std::fs::read_to_string(map).unwrap();
    let room = |line: &str| line.strip_prefix("| `")?.split_once('`').map(|(room, _)| room.to_owned());
    let shown: Vec<String> = map.lines().filter_map(room).collect();
    assert_eq!(shown, LAYERS, "docs/architecture.md has a row for each layer, from the ground up");
}

/// An import of `from` in `to`, for the tests of the test.
fn import(from: &str, to: &str) -> Import {
    Import { from: from.to_owned(), to: to.to_owned(), line: 1, path: "x".to_owned() }
}

#[test]
fn what_runs_up_and_what_is_a_circle_is_found() {
    let up = import("kernels/lines.rs", "extract.rs");
    assert_eq!(upward(&[import("extract.rs", "kernels/lines.rs"), up.clone()]).len(), 1);
    let two = [import("texture/a.rs", "texture/b.rs"), import("texture/b.rs", "texture/a.rs")];
    assert_eq!(circles(&two).len(), 1);
    assert_eq!(circles(&two[..1]).len(), 0);
}
