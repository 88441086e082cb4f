//! Where an error came up, and errors that many places make.

use super::Error;
use super::words::nearest;

impl Error {
    /// This error, saying with which of several discretisations it came up.
    pub(crate) fn of_discretisation(self, name: Option<String>) -> Self {
        match name {
            Some(discretisation) => Self::Discretisation { discretisation, error: Box::new(self) },
            None => self,
        }
    }

    /// Whether the error is about one region of a job, so that others can be computed without it: not
    /// about settings, which are validated before there is any region, about grids, or the machine.
    pub(crate) fn is_of_region(&self) -> bool {
        match self {
            Self::EmptyMask { .. }
            | Self::LabelNotPresent { .. }
            | Self::NonFiniteVoxels { .. }
            | Self::NonFiniteSurroundings { .. }
            | Self::NonFiniteResult { .. }
            | Self::RegionTooSmall { .. }
            | Self::TooManyLevels { .. }
            | Self::RangeTooLarge { .. }
            | Self::NotDiscretised { .. }
            | Self::OutsideBinEdges { .. }
            | Self::Filter { .. } => true,
            Self::Region { error, .. } | Self::Mask { error, .. } | Self::Discretisation { error, .. } => {
                error.is_of_region()
            }
            _ => false,
        }
    }

    /// How a job goes on without the region that failed, if it can.
    pub(super) fn going_on(&self) -> &'static str {
        if self.is_of_region() { "; with `OnError::Record` the others are computed" } else { "" }
    }

    /// This error, saying in which of several masks it came up; a cancelled job is no mask's fault.
    pub(crate) fn of_mask(self, mask: usize) -> Self {
        match self {
            cancelled @ Self::Cancelled { .. } => cancelled,
            error => Self::Mask { mask, error: Box::new(error) },
        }
    }

    /// This error of a name that does not exist, suggesting `name` if there is one.
    pub(crate) fn meaning(self, meant: Option<&str>) -> Self {
        match (self, meant) {
            (Self::UnknownName { kind, name, known, .. }, Some(meant)) => {
                Self::UnknownName { kind, name, known, suggestion: Some(meant.to_owned()) }
            }
            (other, _) => other,
        }
    }

    /// This error without the names that there are: what it is a part of has them.
    pub(crate) fn without_choices(self) -> Self {
        match self {
            Self::UnknownName { kind, name, suggestion, .. } => {
                Self::UnknownName { kind, name, known: Vec::new(), suggestion }
            }
            other => other,
        }
    }

    /// This error, saying in which region it came up; a cancelled job is no region's fault.
    pub(crate) fn of_region(self, image: &str, label: i64) -> Self {
        match self {
            cancelled @ Self::Cancelled { .. } => cancelled,
            error => Self::Region { image: image.to_owned(), label, error: Box::new(error) },
        }
    }
}

/// The error of an argument whose value is out of range.
pub(crate) fn argument(name: &'static str, value: impl ToString, remedy: impl Into<String>) -> Error {
    Error::InvalidArgument { name, value: value.to_string(), remedy: remedy.into() }
}

/// The error of a name that is none of `known`. Of names that are no texts for people, the empty ones, nothing is said.
pub(crate) fn unknown_name<'a>(
    kind: &'static str,
    name: &str,
    known: impl Iterator<Item = &'a str> + Clone,
) -> Error {
    let known = known.filter(|name| !name.is_empty());
    let suggestion = nearest(name, known.clone());
    Error::UnknownName { kind, name: name.to_owned(), known: known.map(str::to_owned).collect(), suggestion }
}

/// The error of a setting whose value is of the wrong kind or out of range.
pub(crate) fn invalid(name: &'static str, value: impl ToString, remedy: impl Into<String>) -> Error {
    Error::InvalidSetting { name, value: value.to_string(), remedy: remedy.into() }
}
