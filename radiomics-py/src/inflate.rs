//! Compressed voxels of image files, decompressed and compared with their checksum in one pass.

use flate2::{Decompress, FlushDecompress, Status};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// What a compressed stream makes, if that is `length` bytes, and their checksum is right.
///
/// `data` is a gzip stream if `gzip`, else a zlib one; what follows it does not count. None if it is
/// damaged, ends early, or makes another number of bytes.
#[pyfunction]
pub fn inflate<'py>(
    py: Python<'py>,
    data: &[u8],
    length: usize,
    gzip: bool,
) -> PyResult<Option<Bound<'py, PyBytes>>> {
    let mut whole = false;
    let made = PyBytes::new_with(py, length, |voxels| {
        whole = py.detach(|| is_whole(data, voxels, gzip));
        Ok(())
    })?;
    Ok(whole.then_some(made))
}

/// Fills `voxels`, and says whether the stream ends there, with the checksum that it should have.
fn is_whole(data: &[u8], voxels: &mut [u8], gzip: bool) -> bool {
    /// The largest window that the formats have, as a power of two.
    const WINDOW: u8 = 15;
    let mut stream = if gzip { Decompress::new_gzip(WINDOW) } else { Decompress::new(true) };
    let status = stream.decompress(data, voxels, FlushDecompress::Finish);
    status.is_ok_and(|status| status == Status::StreamEnd) && stream.total_out() == voxels.len() as u64
}
