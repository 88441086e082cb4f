//! The formulas of a fast way: a table of its own beside the family's.
//!
//! A row stands for a feature of the family's table, and its formula reads `M`, what the fast way sums
//! over a group of the aggregation's plan. A feature without a row takes the general way.

/// A row of a fast way's table.
pub(super) struct FastRow<M: 'static> {
    /// The place of the feature in the table of its family.
    pub place: usize,
    /// The formula of the feature.
    pub value: fn(&M) -> f64,
}

// Derived, these would ask for sums that can be copied.
impl<M> Copy for FastRow<M> {}
impl<M> Clone for FastRow<M> {
    fn clone(&self) -> Self {
        *self
    }
}

/// Whether a table has a formula for the feature at `place` in the family's table.
pub(super) fn knows<M>(table: &[FastRow<M>], place: usize) -> bool {
    table.iter().any(|row| row.place == place)
}

/// The formulas of the features that a part computes, in the order of its columns.
pub(super) struct Formulas<M: 'static>(Vec<fn(&M) -> f64>);

impl<M> Formulas<M> {
    /// Takes the formulas of `features`, places in the family's table, from the table of a fast way,
    /// which has all of them.
    pub fn new(table: &[FastRow<M>], features: &[usize]) -> Self {
        let of = |&place: &usize| {
            let row = table.iter().find(|row| row.place == place);
            row.unwrap_or_else(|| panic!("a fast way is asked for feature {place}, which it does not know"))
                .value
        };
        Self(features.iter().map(of).collect())
    }

    /// Forgets the sums of the window before.
    pub fn begin(&self, totals: &mut Totals) {
        totals.0.clear();
        totals.0.resize(self.0.len(), (0.0, 0));
    }

    /// Adds the values of a group. A group in which a feature is undefined does not count for that feature.
    #[inline(always)]
    pub fn add(&self, sums: &M, totals: &mut Totals) {
        for (total, formula) in totals.0.iter_mut().zip(&self.0) {
            let value = formula(sums);
            if value.is_finite() {
                *total = (total.0 + value, total.1 + 1);
            }
        }
    }
}

/// For each formula the sum of its values over groups, and the number of groups that have one.
#[derive(Default)]
pub(super) struct Totals(Vec<(f64, u32)>);

impl Totals {
    /// Appends the mean over groups of each formula to `out`; NaN if no group has a value.
    pub fn append_means(&self, out: &mut Vec<f64>) {
        // 0 / 0 is the NaN that says "undefined".
        out.extend(self.0.iter().map(|&(sum, n)| sum / f64::from(n)));
    }
}
