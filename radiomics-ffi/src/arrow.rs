//! Export through the Arrow C Data Interface
//! (<https://arrow.apache.org/docs/format/CDataInterface.html>).

use std::ffi::{CString, c_char, c_void};
use std::ptr::{null, null_mut};

use radiomics_core::{FeatureRow, Named, Status};

use crate::columns::discretisation_name;
use crate::status::Failure;
use crate::strings::c_text;
use crate::table::radiomics_table;

/// What an array holds, as the interface lays it down.
#[repr(C)]
pub struct ArrowSchema {
    /// Type of the values.
    pub format: *const c_char,
    /// Name of the column.
    pub name: *const c_char,
    /// Key-value pairs about the column; NULL for none.
    pub metadata: *const c_char,
    /// Flags of the column, such as ARROW_FLAG_NULLABLE.
    pub flags: i64,
    /// Number of children.
    pub n_children: i64,
    /// Pointers to the children, the columns of a struct.
    pub children: *mut *mut ArrowSchema,
    /// Description of the dictionary of encoded values, which are not used here.
    pub dictionary: *mut ArrowSchema,
    /// Frees what the struct owns; NULL once that is done.
    pub release: Option<unsafe extern "C" fn(*mut ArrowSchema)>,
    /// What the struct owns.
    pub private_data: *mut c_void,
}

/// An array, as the interface lays it down.
#[repr(C)]
pub struct ArrowArray {
    /// Number of values.
    pub length: i64,
    /// Number of values that are missing.
    pub null_count: i64,
    /// Number of values to skip at the beginning.
    pub offset: i64,
    /// Number of buffers.
    pub n_buffers: i64,
    /// Number of children.
    pub n_children: i64,
    /// Pointers to the buffers.
    pub buffers: *mut *const c_void,
    /// Pointers to the children, the columns of a struct.
    pub children: *mut *mut ArrowArray,
    /// Dictionary of encoded values, which are not used here.
    pub dictionary: *mut ArrowArray,
    /// Frees what the struct owns; NULL once that is done.
    pub release: Option<unsafe extern "C" fn(*mut ArrowArray)>,
    /// What the struct owns.
    pub private_data: *mut c_void,
}

/// The values of a column.
enum Values {
    Text(Vec<i32>, Vec<u8>),
    Whole(Vec<i64>),
    Real(Vec<f64>),
    // A bit each.
    Flags(Vec<u8>),
}

impl Values {
    fn format(&self) -> &'static std::ffi::CStr {
        match self {
            Self::Text(..) => c"u",
            Self::Whole(_) => c"l",
            Self::Real(_) => c"g",
            Self::Flags(_) => c"b",
        }
    }

    /// Pointers to the buffers, the first of which would say which values are missing.
    fn buffers(&self) -> Vec<*const c_void> {
        match self {
            Self::Text(ends, bytes) => vec![null(), ends.as_ptr().cast(), bytes.as_ptr().cast()],
            Self::Whole(values) => vec![null(), values.as_ptr().cast()],
            Self::Real(values) => vec![null(), values.as_ptr().cast()],
            Self::Flags(bits) => vec![null(), bits.as_ptr().cast()],
        }
    }
}

/// What an exported array owns.
struct OwnedArray {
    _values: Option<Values>,
    buffers: Vec<*const c_void>,
    children: Vec<*mut ArrowArray>,
}

/// What an exported schema owns.
struct OwnedSchema {
    name: CString,
    children: Vec<*mut ArrowSchema>,
}

/// A table as a struct array and its description.
pub(crate) fn export(table: &radiomics_table) -> Result<(ArrowArray, ArrowSchema), Failure> {
    let length = table.rows.len() as i64;
    let columns = columns(table)?;
    let (mut arrays, mut schemas) = (Vec::new(), Vec::new());
    for (name, values) in columns {
        schemas.push(Box::into_raw(Box::new(schema(values.format(), name, Vec::new()))));
        let buffers = values.buffers();
        arrays.push(Box::into_raw(Box::new(array(length, Some(values), buffers, Vec::new()))));
    }
    Ok((array(length, None, vec![null()], arrays), schema(c"+s", "", schemas)))
}

fn columns(table: &radiomics_table) -> Result<Vec<(&'static str, Values)>, Failure> {
    let rows = || table.rows.iter().map(|(_, row)| row);
    let defined = |row: &FeatureRow| row.status() == Status::Ok;
    let mut bits = vec![0_u8; table.rows.len().div_ceil(8)];
    for (index, _) in rows().enumerate().filter(|(_, row)| defined(row)) {
        bits[index / 8] |= 1 << (index % 8);
    }
    let mut columns = vec![
        ("label", Values::Whole(table.rows.iter().map(|(label, _)| *label).collect())),
        ("column", texts(rows().map(|row| row.column.name()))?),
        ("image", texts(rows().map(|row| row.column.image.clone()))?),
        ("family", texts(rows().map(|row| row.column.family.to_owned()))?),
        ("feature", texts(rows().map(|row| row.column.feature.name.to_owned()))?),
        ("aggregation", texts(rows().map(|row| row.column.aggregation.name().to_owned()))?),
        ("ibsi_id", texts(rows().map(|row| row.column.feature.ibsi_id.to_owned()))?),
        ("value", Values::Real(rows().map(|row| row.value).collect())),
        ("defined", Values::Flags(bits)),
    ];
    if table.provenance.masks() > 1 {
        let masks = (0..table.rows.len()).map(|row| table.mask_of_row(row) as i64);
        columns.insert(1, ("mask", Values::Whole(masks.collect())));
    }
    if rows().any(|row| row.column.discretisation.is_some()) {
        columns.push(("discretisation", texts(rows().map(|row| discretisation_name(&row.column)))?));
    }
    Ok(columns)
}

fn texts(values: impl Iterator<Item = String>) -> Result<Values, Failure> {
    let (mut ends, mut bytes) = (vec![0], Vec::new());
    for value in values {
        bytes.extend_from_slice(value.as_bytes());
        let end = i32::try_from(bytes.len());
        ends.push(end.map_err(|_| Failure::argument("the table's texts are more than 2 GiB"))?);
    }
    Ok(Values::Text(ends, bytes))
}

fn array(
    length: i64,
    values: Option<Values>,
    buffers: Vec<*const c_void>,
    children: Vec<*mut ArrowArray>,
) -> ArrowArray {
    let mut owned = Box::new(OwnedArray { _values: values, buffers, children });
    ArrowArray {
        length,
        null_count: 0,
        offset: 0,
        n_buffers: owned.buffers.len() as i64,
        n_children: owned.children.len() as i64,
        buffers: owned.buffers.as_mut_ptr(),
        children: owned.children.as_mut_ptr(),
        dictionary: null_mut(),
        release: Some(release_array),
        private_data: Box::into_raw(owned).cast(),
    }
}

fn schema(format: &'static std::ffi::CStr, name: &str, children: Vec<*mut ArrowSchema>) -> ArrowSchema {
    let mut owned = Box::new(OwnedSchema { name: c_text(name), children });
    ArrowSchema {
        format: format.as_ptr(),
        name: owned.name.as_ptr(),
        metadata: null(),
        flags: 0,
        n_children: owned.children.len() as i64,
        children: owned.children.as_mut_ptr(),
        dictionary: null_mut(),
        release: Some(release_schema),
        private_data: Box::into_raw(owned).cast(),
    }
}

/// Stamps out the two release callbacks. A consumer may have moved children out of their parent,
/// which it says by their `release` being NULL; the boxes they were in are still ours.
macro_rules! release {
    ($name:ident, $exported:ty, $owned:ty) => {
        unsafe extern "C" fn $name(exported: *mut $exported) {
            crate::entry::value_or((), || {
                // SAFETY: the interface calls this once, with a struct that `export` made.
                let exported = unsafe { &mut *exported };
                // SAFETY: `private_data` came from `Box::into_raw` of this type.
                let owned = unsafe { Box::from_raw(exported.private_data.cast::<$owned>()) };
                for &child in &owned.children {
                    // SAFETY: each child came from `Box::into_raw`, and only its parent frees it.
                    let mut child = unsafe { Box::from_raw(child) };
                    if let Some(release) = child.release {
                        // SAFETY: not released yet, as `release` says.
                        unsafe { release(&mut *child) };
                    }
                }
                exported.release = None;
            });
        }
    };
}
release!(release_array, ArrowArray, OwnedArray);
release!(release_schema, ArrowSchema, OwnedSchema);
