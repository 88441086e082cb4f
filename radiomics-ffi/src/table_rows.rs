//! Rows of a table as C sees them.

use radiomics_core::{FeatureRow, Named, Status};

use crate::columns::radiomics_column;
use crate::strings::Texts;
use crate::table::{radiomics_row, radiomics_table, radiomics_value_status};

/// Rows, and what they point to.
pub(crate) struct RowsForC {
    rows: Vec<radiomics_row>,
    _texts: Texts,
}

impl RowsForC {
    pub fn new(table: &radiomics_table) -> Self {
        let (mut texts, mut rows) = (Texts::default(), Vec::with_capacity(table.rows.len()));
        // All labels have the same columns, so their texts are looked up once.
        let of_each = table.rows_of_each();
        let first = table.rows[..of_each].iter();
        let columns: Vec<_> = first.map(|(_, row)| radiomics_column::new(&row.column, &mut texts)).collect();
        for part in &table.parts {
            for ((_, row), column) in table.rows[part.first..][..of_each].iter().zip(&columns) {
                rows.push(row_for_c(part.mask, part.label, row, column, &mut texts));
            }
        }
        Self { rows, _texts: texts }
    }

    pub fn rows(&self) -> &[radiomics_row] {
        &self.rows
    }
}

fn row_for_c(
    mask: usize,
    label: i64,
    row: &FeatureRow,
    column: &radiomics_column,
    texts: &mut Texts,
) -> radiomics_row {
    let status = match row.status() {
        Status::Ok => radiomics_value_status::Ok,
        Status::Undefined => radiomics_value_status::Undefined,
        Status::Failed => radiomics_value_status::Failed,
    };
    radiomics_row {
        struct_size: size_of::<radiomics_row>(),
        label,
        value: row.value,
        status: status as i32,
        reserved: 0,
        column: column.column,
        image: column.image,
        family: column.family,
        feature: column.feature,
        aggregation: column.aggregation,
        ibsi_id: column.ibsi_id,
        ibsi_parameter_id: column.ibsi_parameter_id,
        pyradiomics: column.pyradiomics,
        discretisation: column.discretisation,
        reason: texts.keep(row.reason.map_or("", Named::name)),
        mask,
    }
}
