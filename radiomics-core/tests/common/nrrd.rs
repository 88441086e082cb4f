//! Just enough of the NRRD format to read PyRadiomics' test images.

use std::io::Read;
use std::path::Path;

use radiomics_core::ndarray::Array3;
use radiomics_core::{Grid, Image, Mask, Voxels};

/// The voxels of a file, in the type it stores.
pub enum Stored {
    U8(Array3<u8>),
    U16(Array3<u16>),
    I16(Array3<i16>),
    I32(Array3<i32>),
    F32(Array3<f32>),
}

pub struct Nrrd {
    pub grid: Grid,
    pub voxels: Stored,
}

impl Nrrd {
    pub fn read(path: &Path) -> Self {
        let bytes = std::fs::read(path).expect("a readable file");
        let end = bytes.windows(2).position(|w| w == b"\n\n").expect("a header");
        let header = String::from_utf8_lossy(&bytes[..end]);
        let field = |name: &str| {
            let line = header.lines().find_map(|l| l.strip_prefix(name)?.strip_prefix(": "));
            line.map(|l| l.trim_end().to_owned())
        };
        let sizes: Vec<usize> =
            field("sizes").unwrap().split_whitespace().map(|n| n.parse().unwrap()).collect();
        let spacing: Vec<f64> = vectors(&field("space directions").unwrap())
            .iter()
            .map(|v| v.iter().map(|x| x * x).sum::<f64>().sqrt())
            .collect();
        let mut data = Vec::new();
        match field("encoding").as_deref() {
            Some("gzip" | "gz") => {
                flate2::read::MultiGzDecoder::new(&bytes[end + 2..]).read_to_end(&mut data).unwrap();
            }
            _ => data.extend_from_slice(&bytes[end + 2..]),
        }
        // A true 2D image is one slice.
        let at = |v: &[usize], a: usize| v.get(a).copied().unwrap_or(1);
        let shape = [at(&sizes, 2), at(&sizes, 1), at(&sizes, 0)];
        let spacing = [spacing.get(2).copied().unwrap_or(1.0), spacing[1], spacing[0]];
        let voxels = match field("type").as_deref() {
            Some("unsigned char" | "uint8" | "uchar") => Stored::U8(typed(&data, shape, |b: [u8; 1]| b[0])),
            Some("unsigned short" | "uint16" | "ushort") => {
                Stored::U16(typed(&data, shape, u16::from_le_bytes))
            }
            Some("short" | "int16" | "signed short") => Stored::I16(typed(&data, shape, i16::from_le_bytes)),
            Some("int" | "int32") => Stored::I32(typed(&data, shape, i32::from_le_bytes)),
            Some("float") => Stored::F32(typed(&data, shape, f32::from_le_bytes)),
            other => panic!("voxel type {other:?}"),
        };
        Self { grid: Grid::new(shape, spacing).unwrap(), voxels }
    }

    fn view(&self) -> Voxels<'_> {
        match &self.voxels {
            Stored::U8(v) => v.view().into(),
            Stored::U16(v) => v.view().into(),
            Stored::I16(v) => v.view().into(),
            Stored::I32(v) => v.view().into(),
            Stored::F32(v) => v.view().into(),
        }
    }

    pub fn image(&self) -> Image<'_> {
        Image::new(self.grid.clone(), self.view()).unwrap()
    }

    pub fn mask(&self) -> Mask<'_> {
        Mask::new(self.grid.clone(), self.view()).unwrap()
    }
}

/// Vectors written as `(1,0,0) (0,1,0)`.
fn vectors(text: &str) -> Vec<Vec<f64>> {
    text.split(')')
        .filter_map(|part| part.split_once('('))
        .map(|(_, inside)| inside.split(',').map(|x| x.trim().parse().unwrap()).collect())
        .collect()
}

fn typed<T: Clone, const N: usize>(data: &[u8], shape: [usize; 3], from: impl Fn([u8; N]) -> T) -> Array3<T> {
    let values = data.as_chunks::<N>().0.iter().map(|b| from(*b)).collect();
    Array3::from_shape_vec(shape, values).expect("as many voxels as the header says")
}
