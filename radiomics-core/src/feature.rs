//! What a feature is: a row of the table of its family.

/// What is known of a feature, apart from its formula.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Feature {
    /// Name within its family.
    pub name: &'static str,
    /// Four-character identifier of the IBSI reference manual; empty if IBSI has none.
    pub ibsi_id: &'static str,
    /// IBSI's identifier of the value that the feature's parameter has; empty for most features.
    pub ibsi_parameter_id: &'static str,
    /// PyRadiomics' name of the feature, if it has it.
    pub pyradiomics: Option<&'static str>,
    /// Whether PyRadiomics computes the feature only when it is named.
    pub only_by_name: bool,
    /// What the feature is, in a line.
    pub summary: &'static str,
    /// What the formula reads besides what the family computes in any case.
    pub(crate) reads: Reads,
}

/// What a formula reads that is computed only if such a formula is wanted. Features of the shape
/// that read anything depend on intensities as well, not on the mask alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reads {
    /// Nothing but what the family computes in any case.
    Nothing,
    /// Sum and centre of the intensities.
    Mass,
    /// Sums over pairs of voxels.
    Pairs,
}

/// A feature and its formula over `M`, what a family computes once for all its features.
pub struct Row<M: 'static> {
    /// What is known of the feature.
    pub feature: Feature,
    /// The formula of the feature.
    pub value: fn(&M) -> f64,
}

// Derived, these would ask for a matrix that can be copied.
impl<M> Copy for Row<M> {}
impl<M> Clone for Row<M> {
    fn clone(&self) -> Self {
        *self
    }
}

/// One row of a family's table. An empty `pyradiomics` means that PyRadiomics has no such feature.
pub const fn row<M>(
    name: &'static str,
    ibsi_id: &'static str,
    pyradiomics: &'static str,
    summary: &'static str,
    value: fn(&M) -> f64,
) -> Row<M> {
    Row {
        feature: Feature {
            name,
            ibsi_id,
            ibsi_parameter_id: "",
            pyradiomics: if pyradiomics.is_empty() { None } else { Some(pyradiomics) },
            only_by_name: false,
            summary,
            reads: Reads::Nothing,
        },
        value,
    }
}

impl<M> Row<M> {
    /// The same row, marked as one that PyRadiomics computes only when it is named.
    pub const fn only_by_name(mut self) -> Self {
        self.feature.only_by_name = true;
        self
    }

    /// The same row, with a formula that reads what is not computed in any case.
    pub(crate) const fn reading(mut self, reads: Reads) -> Self {
        self.feature.reads = reads;
        self
    }

    /// The same row with the IBSI identifier of its parameter's value.
    pub const fn at_parameter(mut self, ibsi_parameter_id: &'static str) -> Self {
        self.feature.ibsi_parameter_id = ibsi_parameter_id;
        self
    }
}

/// The place in `table` of the feature called `name`. It is meant for tables beside that of a family:
/// the compiler looks the name up, and a name that the family does not have ends the build.
pub(crate) const fn place<M>(table: &[Row<M>], name: &str) -> usize {
    let mut place = 0;
    while place < table.len() {
        if is_same(table[place].feature.name, name) {
            return place;
        }
        place += 1;
    }
    panic!("the family has no feature of this name")
}

/// Whether two texts are the same, for the compiler: it cannot compare them with `==` yet.
pub(crate) const fn is_same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut n = 0;
    while n < a.len() && n < b.len() && a[n] == b[n] {
        n += 1;
    }
    n == a.len() && n == b.len()
}
