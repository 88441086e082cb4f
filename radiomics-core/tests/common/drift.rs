//! The cases of the drift guard: images by whole-numbered code that every language can repeat.
//!
//! `radiomics-py/tests/drift.py` is the same in Python, and goes through C.

use std::path::PathBuf;

use radiomics_core::document::{from_json, to_json};
use radiomics_core::example::DigitalPhantom;
use radiomics_core::ndarray::Array3;
use radiomics_core::{FeatureTable, Grid, Image, Mask, Pool, Runtime, Settings, extract_many};
use serde_json::Value;

use super::common::noise::Noise;

/// A row of the table of values; a value is its text, which holds all of its digits.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub case: String,
    pub label: i64,
    pub column: String,
    pub compare: String,
    pub value: String,
}

impl Row {
    pub fn number(&self) -> f64 {
        self.value.parse().expect("a number as Rust writes it")
    }
}

pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/drift")
}

/// Each case with its recipe.
pub fn recipes() -> Vec<(String, Value)> {
    let text = std::fs::read_to_string(folder().join("cases.json")).expect("a readable file");
    let Value::Object(recipes) = serde_json::from_str(&text).expect("JSON") else { panic!("no mapping") };
    recipes.into_iter().collect()
}

pub fn settings(recipe: &Value) -> Settings {
    let settings = from_json(&recipe["settings"].to_string()).expect("valid settings");
    // What is written is read again as the same settings, or other languages would not get them.
    assert_eq!(from_json(&to_json(&settings)).as_ref(), Ok(&settings));
    settings
}

/// The values of a case as they are now.
pub fn computed(name: &str, recipe: &Value, threads: usize) -> Vec<Row> {
    let labels: Vec<i64> = match &recipe["labels"] {
        Value::Null => vec![1],
        labels => serde_json::from_value(labels.clone()).expect("labels"),
    };
    let tables = tables(recipe, &labels, threads);
    let close: Vec<String> = match &recipe["transformed"] {
        Value::Null => Vec::new(),
        parts => serde_json::from_value(parts.clone()).expect("parts of names"),
    };
    let row = |label: i64, row: &radiomics_core::FeatureRow| {
        let column = row.column.name();
        let compare = if close.iter().any(|part| column.contains(part)) { "1e-12" } else { "bits" };
        let value = format!("{:e}", row.value);
        Row { case: name.to_owned(), label, column, compare: compare.to_owned(), value }
    };
    labels
        .iter()
        .zip(&tables)
        .flat_map(|(&l, table)| table.rows().iter().map(move |r| (l, r)))
        .map(|(label, one)| row(label, one))
        .collect()
}

fn tables(recipe: &Value, labels: &[i64], threads: usize) -> Vec<FeatureTable> {
    let settings = settings(recipe);
    let pool = Pool::new(threads).expect("a pool");
    let runtime = Runtime::new(&pool);
    let run = |image: &Image, mask: &Mask| {
        extract_many(&[("original", image)], mask, labels, &settings, &runtime).expect("a valid case")
    };
    if recipe["image"] == "digital phantom" {
        let phantom = DigitalPhantom::new();
        return run(&phantom.image(), &phantom.mask());
    }
    let image = &recipe["image"];
    let shape: [usize; 3] = serde_json::from_value(image["shape"].clone()).expect("a shape");
    let spacing_mm = serde_json::from_value(image["spacing_mm"].clone()).expect("a spacing");
    let grid = Grid::new(shape, spacing_mm).expect("a valid grid");
    let labels = mask(recipe["mask"].as_str().expect("a kind"), shape, whole(&image["seed"]) as u64);
    let mask = Mask::new(grid.clone(), labels.view()).expect("the same grid");
    let voxels = voxels(image, shape);
    if image["eighths"] == true {
        let voxels = voxels.mapv(|v| v as f64 / 8.0);
        return run(&Image::new(grid, voxels.view()).expect("the same grid"), &mask);
    }
    let voxels = voxels.mapv(|v| i16::try_from(v).expect("16 bits"));
    run(&Image::new(grid, voxels.view()).expect("the same grid"), &mask)
}

fn whole(value: &Value) -> i64 {
    value.as_i64().expect("a whole number")
}

fn voxels(recipe: &Value, shape: [usize; 3]) -> Array3<i64> {
    let slopes: [i64; 3] = serde_json::from_value(recipe["slopes"].clone()).expect("slopes");
    let (bits, offset) = (whole(&recipe["bits"]) as u32, whole(&recipe["offset"]));
    let mut noise = Noise::new(whole(&recipe["seed"]) as u64);
    // In the order of memory, which is that of the noise.
    Array3::from_shape_fn(shape, |(k, j, i)| {
        let slope: i64 = slopes.iter().zip([k, j, i]).map(|(s, at)| s * at as i64).sum();
        noise.bits(bits) as i64 + slope + offset
    })
}

fn mask(kind: &str, shape: [usize; 3], seed: u64) -> Array3<u8> {
    if kind == "scattered" {
        let mut noise = Noise::new(seed + 1000);
        return Array3::from_shape_fn(shape, |_| u8::from(noise.bits(3) == 0));
    }
    let product: i64 = shape.iter().product::<usize>() as i64;
    Array3::from_shape_fn(shape, |(k, j, i)| {
        // Distances from the middle in half voxels, all as parts of the product of the sides.
        let far = |(n, at): (usize, usize)| ((2 * at + 1) as i64 - n as i64) * (product / n as i64);
        let far: i64 = shape.into_iter().zip([k, j, i]).map(far).map(|d| d * d).sum();
        match kind {
            _ if 8 * far > 7 * product * product => 0,
            "ellipsoid" => 1,
            "thirds" => [1, 3, 7][3 * i / shape[2]],
            other => panic!("no mask is called {other}"),
        }
    })
}
