//! Which row of a table is meant, and what is said where it has none.

use radiomics_core::nearest;

use crate::status::{Failure, radiomics_status};
use crate::table::radiomics_table;

impl radiomics_table {
    /// The row of a column for a label: of the given mask, or of the first one that has the label.
    pub(crate) fn find(&self, mask: Option<usize>, label: i64, column: &str) -> Result<usize, Failure> {
        let part = match mask {
            Some(mask) => self.by_label.get(&(mask, label)).copied(),
            None => self.parts.iter().position(|part| part.label == label),
        };
        let of_each = self.rows_of_each();
        let places = self.places.get_or_init(|| {
            let names = self.rows[..of_each].iter().enumerate();
            names.map(|(place, (_, row))| (row.column.name(), place)).collect()
        });
        let part = part.ok_or_else(|| self.no_label(mask, label))?;
        let place = places.get(column).ok_or_else(|| self.no_column(column))?;
        Ok(self.parts[part].first + place)
    }

    /// What is said of a label that the table, or a mask of it, has not.
    fn no_label(&self, mask: Option<usize>, label: i64) -> Failure {
        let masks = self.provenance.masks();
        if let Some(mask) = mask.filter(|&mask| mask >= masks) {
            let remedy = if masks == 1 { "give 0".to_owned() } else { format!("give 0 to {}", masks - 1) };
            return unknown(format!(
                "`mask` is {mask}, and the number of the table's masks is {masks}: {remedy}"
            ));
        }
        let parts = self.parts.iter().filter(|part| mask.is_none_or(|mask| part.mask == mask));
        let mut labels: Vec<i64> = parts.map(|part| part.label).collect();
        labels.sort_unstable();
        labels.dedup();
        let of = mask.map_or_else(String::new, |mask| format!(" of mask {mask}"));
        unknown(match labels[..] {
            [] => format!("the table has no label {label}{of}: it has no labels{of}"),
            _ => format!("the table has no label {label}{of}: choose {}", shortened(&labels)),
        })
    }

    /// What is said of a column that the table has not.
    fn no_column(&self, column: &str) -> Failure {
        let names: Vec<String> =
            self.rows[..self.rows_of_each()].iter().map(|(_, row)| row.column.name()).collect();
        let near = nearest(column, names.iter().map(String::as_str));
        let meant = match near {
            Some(name) => format!("; did you mean `{name}`?"),
            None => format!(": choose {}", shortened(&names)),
        };
        unknown(format!("the table has no column `{column}`{meant}"))
    }
}

fn unknown(text: String) -> Failure {
    Failure { status: radiomics_status::UnknownName, text }
}

/// The first members of a list that may be long, and how many it has.
fn shortened(members: &[impl ToString]) -> String {
    const SHOWN: usize = 8;
    let shown: Vec<String> = members.iter().take(SHOWN).map(ToString::to_string).collect();
    match members.len() {
        count if count > SHOWN => format!("{} ... ({count} in all)", shown.join(", ")),
        _ => shown.join(", "),
    }
}
