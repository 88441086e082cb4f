//! Memory of the caller that values of a job are written to as they come.

use std::sync::atomic::{AtomicI32, Ordering};

use radiomics_core::FeatureTable;

use crate::extract::radiomics_job;
use crate::pointers::Out;
use crate::status::{Failure, radiomics_status};

/// Where the values and the states of regions go.
pub(crate) struct Results {
    doubles: *mut f64,
    floats: *mut f32,
    states: *mut i32,
    columns: usize,
}

// SAFETY: the memory is the caller's for the call, by the rule of the header, and one thread at a time writes
// to it.
unsafe impl Send for Results {}

impl Results {
    /// Checks the memory of a job with so many labels in all, each of which has so many columns: these are counted if
    /// values are wanted.
    pub unsafe fn new(
        job: &radiomics_job,
        labels: usize,
        columns: impl FnOnce() -> Result<usize, Failure>,
    ) -> Result<Self, Failure> {
        if !job.values.is_null() && !job.float_values.is_null() {
            return Err(Failure::argument("`values` and `float_values` are both given: give one of them"));
        }
        let wanted = !job.values.is_null() || !job.float_values.is_null();
        let columns = if wanted { columns()? } else { 0 };
        let values = labels.saturating_mul(columns);
        if wanted && job.value_count < values {
            return Err(Failure::argument(format!(
                "`value_count` is {}: {labels} labels with {columns} columns each need room for {values}",
                job.value_count
            )));
        }
        if !job.states.is_null() && job.state_count < labels {
            return Err(Failure::argument(format!(
                "`state_count` is {}: there are {labels} labels",
                job.state_count
            )));
        }
        // SAFETY: passed on to the caller; NULL and misaligned pointers are told apart here.
        unsafe {
            Out::optional(job.values, "values")?;
            Out::optional(job.float_values, "float_values")?;
            Out::optional(job.states, "states")?;
        }
        Ok(Self { doubles: job.values, floats: job.float_values, states: job.states, columns })
    }

    /// Writes what came out for label `number`, counted over all masks.
    pub fn write(&mut self, number: usize, table: &FeatureTable) {
        let rows = if self.columns > 0 { table.rows() } else { &[] };
        assert_eq!(rows.len(), self.columns, "rows and columns of a label");
        for (place, row) in (number * self.columns..).zip(rows) {
            // SAFETY: `new` checked that there is room for all labels, and that pointers that are not NULL are
            // aligned; the memory is valid for writing by the rule of the header.
            unsafe {
                if !self.doubles.is_null() {
                    self.doubles.add(place).write(row.value);
                }
                if !self.floats.is_null() {
                    self.floats.add(place).write(row.value as f32);
                }
            }
        }
        if !self.states.is_null() {
            let failure = table.failures().first().map(|failure| Failure::from(failure.error.clone()).status);
            let state = failure.unwrap_or(radiomics_status::Ok) as i32;
            // SAFETY: as above. Whoever sees the state, on whatever thread, sees the values before it.
            unsafe { AtomicI32::from_ptr(self.states.add(number)) }.store(state, Ordering::Release);
        }
    }
}
