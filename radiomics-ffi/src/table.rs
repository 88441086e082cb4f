//! The result: rows by index, and all values in one array.

use std::collections::HashMap;
use std::ffi::c_char;
use std::ptr::null;
use std::sync::OnceLock;

use radiomics_core::{FeatureRow, FeatureTable, Named, Warning};

use crate::arrow::{ArrowArray, ArrowSchema, export};
use crate::entry::{free, plain_entry, value_or};
use crate::outcome::{outcomes, radiomics_outcome};
use crate::pointers::{Out, OutStruct, Versioned, borrowed, end_of, member, text};
use crate::status::radiomics_status;
use crate::strings::Texts;
use crate::table_rows::RowsForC;
use crate::table_text::Provenance;

/// Feature values, a row each. A table is never changed, so any number of threads may read it.
pub struct radiomics_table {
    pub(crate) rows: Vec<(i64, FeatureRow)>,
    values: Vec<f64>,
    /// Made when a row is asked for: whoever takes the values alone is spared the texts.
    for_c: OnceLock<RowsForC>,
    warnings: Vec<radiomics_warning>,
    /// With the mask that each is of.
    pub(crate) core_warnings: Vec<(usize, Warning)>,
    pub(crate) outcomes: Vec<radiomics_outcome>,
    pub(crate) provenance: Provenance,
    pub(crate) parts: Vec<Part>,
    /// The place of each column among the rows of a label, which all labels have the same of.
    pub(crate) places: OnceLock<HashMap<String, usize>>,
    /// The part of a mask and label.
    pub(crate) by_label: HashMap<(usize, i64), usize>,
    // Owns what the rows and warnings for C point to.
    _texts: Texts,
}

/// The rows of a label of a mask.
pub(crate) struct Part {
    pub mask: usize,
    pub label: i64,
    pub first: usize,
}

/// What came out for a label of a mask.
pub(crate) struct OfLabel {
    pub mask: usize,
    pub label: i64,
    pub table: FeatureTable,
}

// SAFETY: the pointers are to texts that the table owns; what is made later is behind locks.
unsafe impl Send for radiomics_table {}
// SAFETY: as above.
unsafe impl Sync for radiomics_table {}

/// Whether a value is defined.
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum radiomics_value_status {
    /// The value is defined.
    Ok = 0,
    /// The feature is not defined for this region; the value is NaN.
    Undefined = 1,
    /// Nothing of the region could be computed, as a warning of the code "failed" says; the value is NaN. Since
    /// RADIOMICS_ABI_VERSION 7.
    Failed = 2,
}

/// One value and what it is of. The texts are UTF-8 and live as long as the table.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct radiomics_row {
    /// sizeof(radiomics_row), to be set by the caller.
    pub struct_size: usize,
    /// Label of the region.
    pub label: i64,
    /// The value; NaN where the feature is undefined.
    pub value: f64,
    /// Whether the value is defined, a radiomics_value_status.
    pub status: i32,
    /// Reserved for later versions: 0.
    pub reserved: i32,
    /// A name unique among the rows of a label: image_family_feature, _aggregation for texture, and
    /// the discretisation where there are several.
    pub column: *const c_char,
    /// Name of the image: "original", or as the job says.
    pub image: *const c_char,
    /// Name of the family, such as "glcm".
    pub family: *const c_char,
    /// Name of the feature within its family.
    pub feature: *const c_char,
    /// What the feature is aggregated over, such as "3D_avg"; empty for the region as a whole.
    pub aggregation: *const c_char,
    /// IBSI identifier of the feature; empty if IBSI has none.
    pub ibsi_id: *const c_char,
    /// IBSI identifier of the value that the feature's parameter has; empty for most features.
    pub ibsi_parameter_id: *const c_char,
    /// PyRadiomics' name of the feature; NULL if it has none.
    pub pyradiomics: *const c_char,
    /// Which one of several discretisations the value is of, such as "bin_width_25" or "bin_number_32";
    /// empty if the settings have one alone, or if the feature does not depend on it. Since
    /// RADIOMICS_ABI_VERSION 3.
    pub discretisation: *const c_char,
    /// Why the value is undefined: "nothing_counted" if the region has nothing of what the matrix
    /// counts, "not_defined" if the formula has no value for it, "single_slice" or "several_slices" if the
    /// feature is one of a volume or of a slice and the region is not, "failed" if nothing of the region could
    /// be computed; empty if it is defined. Since RADIOMICS_ABI_VERSION 4.
    pub reason: *const c_char,
    /// Which of the masks of the job the label is of, from 0. Since RADIOMICS_ABI_VERSION 8.
    pub mask: usize,
}

/// Something about a region that makes its values doubtful, though each of them is what it says. The
/// texts are UTF-8 and live as long as the table. Since RADIOMICS_ABI_VERSION 5.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct radiomics_warning {
    /// sizeof(radiomics_warning), to be set by the caller.
    pub struct_size: usize,
    /// Label of the region.
    pub label: i64,
    /// Kind of the warning, for programs: "mask_like_image", "region_at_border", "single_slice",
    /// "volume_changed", "narrow_range", "small_region", "single_level", "few_levels", "many_levels", or
    /// "failed" for a region that could not be computed; later versions may have others.
    pub code: *const c_char,
    /// The image whose values are doubtful, as the `image` of its rows.
    pub image: *const c_char,
    /// What was found, and what can be done about it, for people.
    pub message: *const c_char,
    /// Which of the masks of the job the label is of, from 0. Since RADIOMICS_ABI_VERSION 8.
    pub mask: usize,
}

// SAFETY: repr(C), begins with its size, and consists of numbers and pointers.
unsafe impl Versioned for radiomics_warning {
    const NAME: &'static str = "radiomics_warning";
    const FIRST_SIZE: usize = end_of!(Self, message);
}

// SAFETY: repr(C), begins with its size, and consists of numbers and pointers.
unsafe impl Versioned for radiomics_row {
    const NAME: &'static str = "radiomics_row";
    const FIRST_SIZE: usize = end_of!(Self, pyradiomics);
}

impl radiomics_table {
    pub(crate) fn new(labels: Vec<OfLabel>, images: &[&str], provenance: Provenance) -> Self {
        let mut texts = Texts::default();
        let (mut rows, mut warnings) = (Vec::new(), Vec::new());
        let (mut core_warnings, mut of_images, mut parts) = (Vec::new(), Vec::new(), Vec::new());
        for OfLabel { mask, label, table } in labels {
            let first = rows.len();
            for warning in table.warnings() {
                warnings.push(warning_for_c(mask, warning, &mut texts));
                core_warnings.push((mask, warning.clone()));
            }
            let count = table.rows().len();
            of_images.extend(outcomes((mask, label), images, (first, count), table.failures(), &mut texts));
            rows.extend(table.into_rows().into_iter().map(|row| (label, row)));
            parts.push(Part { mask, label, first });
        }
        let by_label = parts.iter().enumerate().map(|(n, part)| ((part.mask, part.label), n)).collect();
        let values = rows.iter().map(|(_, row)| row.value).collect();
        let (outcomes, places) = (of_images, OnceLock::new());
        Self {
            rows,
            values,
            for_c: OnceLock::new(),
            warnings,
            core_warnings,
            outcomes,
            provenance,
            parts,
            places,
            by_label,
            _texts: texts,
        }
    }

    /// Which mask a row is of.
    pub(crate) fn mask_of_row(&self, row: usize) -> usize {
        self.rows_for_c()[row].mask
    }

    fn rows_for_c(&self) -> &[radiomics_row] {
        self.for_c.get_or_init(|| RowsForC::new(self)).rows()
    }

    /// How many rows each label has: all have the same columns.
    pub(crate) fn rows_of_each(&self) -> usize {
        let of_each = self.rows.len() / self.parts.len().max(1);
        assert_eq!(of_each * self.parts.len(), self.rows.len(), "labels of a table have different columns");
        of_each
    }
}

fn warning_for_c(mask: usize, warning: &Warning, texts: &mut Texts) -> radiomics_warning {
    radiomics_warning {
        struct_size: size_of::<radiomics_warning>(),
        label: warning.label,
        code: texts.keep(warning.code.name()),
        image: texts.keep(&warning.image),
        message: texts.keep(&warning.message),
        mask,
    }
}

/// The number of rows; 0 for NULL.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_table_length(table: *const radiomics_table) -> usize {
    // SAFETY: by the rule of the header.
    value_or(0, || unsafe { table.as_ref() }.map_or(0, |table| table.rows.len()))
}

/// Writes row `index`, from 0: label by label, image by image, and there in the order of the catalogue. A
/// family that depends on the discretisation has its rows once for each of several. Set
/// `row->struct_size` first.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_table_row(
    table: *const radiomics_table,
    index: usize,
    row: *mut radiomics_row,
) -> radiomics_status {
    plain_entry(|| {
        // SAFETY: by the rule of the header.
        let (table, out) = unsafe { (borrowed(table, "table")?, OutStruct::new(row, "row")?) };
        out.set(*member(table.rows_for_c(), index, "rows")?);
        Ok(())
    })
}

/// The number of warnings, which say what makes values doubtful; 0 for NULL. Since RADIOMICS_ABI_VERSION 5.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_table_warning_count(table: *const radiomics_table) -> usize {
    // SAFETY: by the rule of the header.
    value_or(0, || unsafe { table.as_ref() }.map_or(0, |table| table.warnings.len()))
}

/// Writes warning `index`, from 0: label by label, in the order in which they were found. Set
/// `warning->struct_size` first. Since RADIOMICS_ABI_VERSION 5.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_table_warning(
    table: *const radiomics_table,
    index: usize,
    warning: *mut radiomics_warning,
) -> radiomics_status {
    plain_entry(|| {
        // SAFETY: by the rule of the header.
        let (table, out) = unsafe { (borrowed(table, "table")?, OutStruct::new(warning, "warning")?) };
        out.set(*member(&table.warnings, index, "warnings")?);
        Ok(())
    })
}

/// Finds the row of a label that has this column name; with several masks, of the first one that has the label.
/// The status is RADIOMICS_STATUS_UNKNOWN_NAME if there is none, and radiomics_last_error(NULL) says whether it is
/// the mask, the label or the column that the table has not.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_table_find(
    table: *const radiomics_table,
    label: i64,
    column: *const c_char,
    index: *mut usize,
) -> radiomics_status {
    // SAFETY: by the rule of the header.
    unsafe { found(table, None, label, column, index) }
}

/// The same of a label of mask `mask`, from 0. Since RADIOMICS_ABI_VERSION 8.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_table_find_in(
    table: *const radiomics_table,
    mask: usize,
    label: i64,
    column: *const c_char,
    index: *mut usize,
) -> radiomics_status {
    // SAFETY: by the rule of the header.
    unsafe { found(table, Some(mask), label, column, index) }
}

unsafe fn found(
    table: *const radiomics_table,
    mask: Option<usize>,
    label: i64,
    column: *const c_char,
    index: *mut usize,
) -> radiomics_status {
    plain_entry(|| {
        // SAFETY: passed on to the caller.
        let (table, column, out) =
            unsafe { (borrowed(table, "table")?, text(column, "column")?, Out::new(index, "index")?) };
        out.set(table.find(mask, label, column)?);
        Ok(())
    })
}

/// The values of all rows, radiomics_table_length of them one after the other, which live as long as the
/// table; NULL for NULL or an empty table.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_table_values(table: *const radiomics_table) -> *const f64 {
    value_or(null(), || {
        // SAFETY: by the rule of the header.
        let table = unsafe { table.as_ref() }.filter(|table| !table.values.is_empty());
        table.map_or(null(), |table| table.values.as_ptr())
    })
}

/// Exports the table through the Arrow C Data Interface: a struct array with the columns label,
/// column, image, family, feature, aggregation, ibsi_id, value and defined; with several masks there is
/// one more behind the label, mask, and with several discretisations one more at the end,
/// discretisation. Both structs are overwritten and own what they point
/// to, so the table may be freed before they are released.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_table_to_arrow(
    table: *const radiomics_table,
    array: *mut ArrowArray,
    schema: *mut ArrowSchema,
) -> radiomics_status {
    plain_entry(|| {
        // SAFETY: by the rule of the header.
        let (table, array, schema) =
            unsafe { (borrowed(table, "table")?, Out::new(array, "array")?, Out::new(schema, "schema")?) };
        let (exported, description) = export(table)?;
        array.set(exported);
        schema.set(description);
        Ok(())
    })
}

/// Frees a table; NULL is fine.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_table_free(table: *mut radiomics_table) {
    // SAFETY: by the rule of the header.
    unsafe { free(table) };
}
