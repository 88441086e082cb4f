//! Reads NRRD files with an attached header: raw or gzip, little endian.

use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;
use radiomics_core::ndarray::Array3;

/// Spacing (z, y, x) in mm and voxels of a 3D file.
pub fn read(path: &Path) -> ([f64; 3], Array3<f64>) {
    let bytes = std::fs::read(path).expect("a readable file");
    let end = bytes.windows(2).position(|w| w == b"\n\n").expect("an empty line after the header");
    let header = String::from_utf8_lossy(&bytes[..end]);
    let field = |name: &str| {
        let line = header.lines().find_map(|l| l.strip_prefix(name)?.strip_prefix(": "));
        line.unwrap_or_else(|| panic!("{}: no {name}", path.display()))
    };
    let size: Vec<usize> = field("sizes").split_whitespace().map(|n| n.parse().unwrap()).collect();
    let spacing: Vec<f64> = field("space directions")
        .split(')')
        .filter_map(|v| v.trim().strip_prefix('('))
        .map(|v| v.split(',').map(|c| c.parse::<f64>().unwrap().powi(2)).sum::<f64>().sqrt())
        .collect();
    let mut data = Vec::new();
    match field("encoding") {
        "raw" => data.extend_from_slice(&bytes[end + 2..]),
        _ => drop(GzDecoder::new(&bytes[end + 2..]).read_to_end(&mut data).expect("gzip data")),
    }
    let voxels: Vec<f64> = match field("type") {
        "uchar" | "uint8" | "unsigned char" => data.iter().map(|&b| f64::from(b)).collect(),
        "short" | "int16" => numbers(&data, |b| i16::from_le_bytes(b).into()),
        "ushort" | "uint16" | "unsigned short" => numbers(&data, |b| u16::from_le_bytes(b).into()),
        "int" | "int32" => numbers(&data, |b| i32::from_le_bytes(b).into()),
        "float" => numbers(&data, |b| f32::from_le_bytes(b).into()),
        "double" => numbers(&data, f64::from_le_bytes),
        other => panic!("{}: type {other}", path.display()),
    };
    let shape = [size[2], size[1], size[0]];
    ([spacing[2], spacing[1], spacing[0]], Array3::from_shape_vec(shape, voxels).unwrap())
}

fn numbers<const N: usize>(data: &[u8], number: fn([u8; N]) -> f64) -> Vec<f64> {
    data.as_chunks::<N>().0.iter().map(|&b| number(b)).collect()
}
