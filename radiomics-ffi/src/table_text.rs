//! A table as text: for files and for other programs.

use std::ffi::c_char;
use std::slice::from_ref;

use radiomics_core::{FeatureRow, Grid, Image, Mask, Settings, Voxels, Warning, csv, csv_of_masks};
use serde_json::{Value, json};

use crate::entry::plain_entry;
use crate::pointers::{Out, borrowed};
use crate::status::{Failure, radiomics_status};
use crate::strings::c_text;
use crate::table::radiomics_table;
use crate::version::RADIOMICS_ABI_VERSION;

/// Where a table is from. The document is written when it is asked for: a small region takes less time than that.
pub(crate) struct Provenance {
    images: Vec<(String, Grid, &'static str)>,
    masks: Vec<(Grid, &'static str, Vec<i64>)>,
    settings: Settings,
}

impl Provenance {
    pub fn new(images: &[(&str, &Image)], masks: &[(Mask, Vec<i64>)], settings: &Settings) -> Self {
        let image = |(name, image): &(&str, &Image)| {
            ((*name).to_owned(), image.grid().clone(), type_name(image.voxels()))
        };
        let mask = |(mask, labels): &(Mask, Vec<i64>)| {
            (mask.grid().clone(), type_name(mask.voxels()), labels.clone())
        };
        Self {
            images: images.iter().map(image).collect(),
            masks: masks.iter().map(mask).collect(),
            settings: settings.clone(),
        }
    }

    /// Number of masks.
    pub fn masks(&self) -> usize {
        self.masks.len()
    }

    /// As one document.
    pub fn document(&self) -> Value {
        let image = |(name, grid, voxels): &(String, Grid, &str)| json!({"name": name, "grid": grid, "voxels": voxels});
        let mask = |(grid, voxels, labels): &(Grid, &str, Vec<i64>)| json!({"grid": grid, "voxels": voxels, "labels": labels});
        json!({
            "library": "radiomics-rs",
            "version": env!("CARGO_PKG_VERSION"),
            "abi_version": RADIOMICS_ABI_VERSION,
            "images": self.images.iter().map(image).collect::<Vec<_>>(),
            "masks": self.masks.iter().map(mask).collect::<Vec<_>>(),
            "settings": self.settings,
        })
    }
}

fn type_name(voxels: &Voxels) -> &'static str {
    match voxels {
        Voxels::U8(_) => "uint8",
        Voxels::I8(_) => "int8",
        Voxels::U16(_) => "uint16",
        Voxels::I16(_) => "int16",
        Voxels::U32(_) => "uint32",
        Voxels::I32(_) => "int32",
        Voxels::U64(_) => "uint64",
        Voxels::I64(_) => "int64",
        Voxels::F32(_) => "float32",
        Voxels::F64(_) => "float64",
        // The core may grow types before they have names here.
        _ => "other",
    }
}

/// Hands a text of the table out.
unsafe fn handed(
    table: *const radiomics_table,
    text: *mut *mut c_char,
    name: &str,
    write: impl FnOnce(&radiomics_table) -> Result<String, Failure>,
) -> radiomics_status {
    plain_entry(|| {
        // SAFETY: passed on to the caller.
        let (table, out) = unsafe { (borrowed(table, "table")?, Out::new(text, name)?) };
        out.set(c_text(&write(table)?).into_raw());
        Ok(())
    })
}

/// Writes where the values are from as a JSON document: the library's version, the grids of images and masks,
/// labels, and all settings. With it and the voxels they can be computed again. It is to be freed with
/// radiomics_string_free. Since RADIOMICS_ABI_VERSION 8.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_table_provenance(
    table: *const radiomics_table,
    json: *mut *mut c_char,
) -> radiomics_status {
    // SAFETY: by the rule of the header.
    unsafe { handed(table, json, "json", |table| Ok(format!("{:#}", table.provenance.document()))) }
}

/// Writes the table as a JSON document: `provenance`, as radiomics_table_provenance writes it, `rows` with all
/// that a row has, where an undefined value is null, and `warnings`. Rows and warnings say which `mask` they are
/// of, from 0. It is to be freed with radiomics_string_free. Since RADIOMICS_ABI_VERSION 8.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_table_to_json(
    table: *const radiomics_table,
    json: *mut *mut c_char,
) -> radiomics_status {
    let write = |table: &radiomics_table| {
        let row = |place: usize, (label, row): &(i64, FeatureRow)| {
            let mut fields = json!({"label": label, "mask": table.mask_of_row(place)});
            let Ok(Value::Object(of_row)) = serde_json::to_value(row) else {
                unreachable!("a row is a mapping of texts and numbers")
            };
            fields.as_object_mut().expect("a mapping").extend(of_row);
            fields
        };
        let rows = table.rows.iter().enumerate().map(|(place, of)| row(place, of)).collect::<Vec<_>>();
        let warning = |(mask, warning): &(usize, Warning)| {
            let mut fields = json!(warning);
            fields.as_object_mut().expect("a mapping").insert("mask".to_owned(), json!(mask));
            fields
        };
        let warnings = table.core_warnings.iter().map(warning).collect::<Vec<_>>();
        let document = json!({"provenance": table.provenance.document(), "rows": rows, "warnings": warnings});
        Ok(format!("{document:#}"))
    };
    // SAFETY: by the rule of the header.
    unsafe { handed(table, json, "json", write) }
}

/// Writes the table as the text of a CSV file, a row a value, with a line of names first: label, column, image,
/// family, feature, aggregation, discretisation, ibsi_id, value, status and reason. With several masks there is one
/// more behind the label, mask, from 0. An undefined value is an empty field. It is to be freed with radiomics_string_free. Since RADIOMICS_ABI_VERSION 8.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_table_to_csv(
    table: *const radiomics_table,
    csv: *mut *mut c_char,
) -> radiomics_status {
    let write = |table: &radiomics_table| {
        let rows = &table.rows;
        Ok(match table.provenance.masks() {
            1 => self::csv(rows.iter().map(|(label, row)| (*label, from_ref(row)))),
            _ => csv_of_masks(
                rows.iter()
                    .enumerate()
                    .map(|(at, (label, row))| (table.mask_of_row(at), *label, from_ref(row))),
            ),
        })
    };
    // SAFETY: by the rule of the header.
    unsafe { handed(table, csv, "csv", write) }
}
