//! NumPy arrays as the core's borrowed voxels.

use numpy::{PyArrayDescrMethods, PyReadonlyArray3, PyUntypedArray, PyUntypedArrayMethods, ToPyArray};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use radiomics_core::Voxels;

/// Stamps out one arm for each voxel type that the core and NumPy share.
macro_rules! shared_types {
    ($($variant:ident: $t:ty),*) => {
        /// A three-dimensional array, borrowed for reading.
        pub enum Borrowed<'py> {
            $(#[doc = stringify!($t)] $variant(PyReadonlyArray3<'py, $t>)),*
        }

        impl<'py> Borrowed<'py> {
            fn of(array: &Bound<'py, PyAny>) -> Option<Self> {
                $(if let Ok(array) = array.extract() {
                    return Some(Self::$variant(array));
                })*
                None
            }

            /// The core's view of the voxels.
            pub fn voxels(&self) -> Voxels<'_> {
                match self {
                    $(Self::$variant(array) => array.as_array().into()),*
                }
            }
        }

        /// A copy of the core's voxels as a NumPy array.
        pub fn to_array<'py>(py: Python<'py>, voxels: &Voxels) -> PyResult<Bound<'py, PyAny>> {
            match voxels {
                $(Voxels::$variant(view) => Ok(view.to_pyarray(py).into_any()),)*
                _ => Err(PyTypeError::new_err("these voxels have no NumPy type")),
            }
        }
    };
}
shared_types!(U8: u8, I8: i8, U16: u16, I16: i16, U32: u32, I32: i32, U64: u64, I64: i64, F32: f32, F64: f64);

impl<'py> Borrowed<'py> {
    /// Borrows `object`; `role` is `image` or `mask`, for messages.
    pub fn new(role: &str, object: &Bound<'py, PyAny>) -> PyResult<Self> {
        let Ok(array) = object.cast::<PyUntypedArray>() else {
            let kind = object.get_type().name()?;
            return Err(PyTypeError::new_err(format!(
                "the {role} is of type {kind}: give a file path, a SimpleITK image or a NumPy array of numbers"
            )));
        };
        let dtype = array.dtype();
        if let Some(reason) = unsupported(&dtype)? {
            return Err(PyTypeError::new_err(format!("the {role} has dtype {dtype}: {reason}")));
        }
        if array.ndim() != 3 {
            return Err(crate::guard::ReadError::new_err(format!(
                "the {role} has {} dimensions, shape {:?}: give an array (z, y, x), or (y, x) for a single slice",
                array.ndim(),
                array.shape()
            )));
        }
        let mut array = array.clone().into_any();
        if !is_borrowable(&array)? {
            array = array.call_method0("copy")?;
        }
        if dtype.kind() == b'b' {
            // NumPy stores booleans as the bytes 0 and 1.
            array = array.call_method1("view", ("uint8",))?;
        }
        Self::of(&array).ok_or_else(|| {
            PyTypeError::new_err(format!("the {role} has dtype {dtype}, which cannot be read"))
        })
    }
}

/// Why voxels of this type are refused, and what to do; `None` for the types that are read.
fn unsupported(dtype: &Bound<'_, numpy::PyArrayDescr>) -> PyResult<Option<String>> {
    let size = dtype.itemsize();
    let reason = match dtype.kind() {
        b'b' | b'i' | b'u' | b'f' if dtype.is_native_byteorder() == Some(false) => {
            let native = dtype.call_method1("newbyteorder", ("=",))?.getattr("name")?;
            format!("its byte order is not this machine's; convert it with `.astype(\"{native}\")`")
        }
        b'b' | b'i' | b'u' => return Ok(None),
        b'f' if size == 4 || size == 8 => return Ok(None),
        b'f' if size == 2 => "convert it with `.astype(\"float32\")`".to_owned(),
        b'f' => "convert it with `.astype(\"float64\")`".to_owned(),
        b'c' => "complex numbers have no order; take the magnitude or the real part".to_owned(),
        _ => "give an array of integers, floats or booleans".to_owned(),
    };
    Ok(Some(reason))
}

/// Whether every voxel lies at a whole number of voxels from the first one, suitably aligned. The voxels
/// of a field of a structured array, for one, need not.
fn is_borrowable(array: &Bound<'_, PyAny>) -> PyResult<bool> {
    let untyped = array.cast::<PyUntypedArray>()?;
    let size = untyped.dtype().itemsize() as isize;
    let are_whole = untyped.strides().iter().all(|stride| stride % size == 0);
    Ok(are_whole && array.getattr("flags")?.getattr("aligned")?.extract()?)
}
