//! A feature of one's own: the entropy of the differences of neighbouring grey levels, of the library's co-occurrence matrices.
//! `cargo run --example own_feature`.

use std::collections::BTreeMap;

use radiomics_core::aggregation::Span;
use radiomics_core::matrices::{Matrix, matrices_on};
use radiomics_core::{Pool, Runtime, Settings, example};

/// Entropy in bits of |i - j| over the pairs of all directions.
fn entropy_of_differences(matrices: &[Matrix]) -> f64 {
    let mut counts: BTreeMap<u64, f64> = BTreeMap::new();
    for cell in matrices.iter().filter(|matrix| matrix.span == Span::Volume).flat_map(|matrix| &matrix.cells)
    {
        *counts.entry(u64::from(cell.level).abs_diff(cell.column)).or_default() += cell.value;
    }
    let all: f64 = counts.values().sum();
    -counts.values().map(|count| count / all * (count / all).log2()).sum::<f64>()
}

fn main() -> radiomics_core::Result<()> {
    let phantom = example::DigitalPhantom::new();
    let settings = Settings {
        families: Some(vec!["glcm".to_owned()]),
        ..Settings::ibsi_configuration("digital_phantom")?
    };
    let pool = Pool::new(0)?;
    let matrices = matrices_on(&phantom.image(), &phantom.mask(), 1, &settings, &Runtime::new(&pool))?;
    println!("{:.4} bits", entropy_of_differences(&matrices));
    Ok(())
}
