//! Status codes, and what stands behind one that is not OK.

use std::ffi::{CStr, c_char};

use radiomics_core::{Error, Interface};

/// What became of a call. Numbers never change their meaning; later versions may add some.
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum radiomics_status {
    /// The call did what it should, and outputs are written.
    Ok = 0,

    /// An argument cannot be used: a NULL or misaligned pointer, a struct_size that is not that of the
    /// struct, an unknown code, a flag that is neither 0 nor 1, a list without members, text that is not
    /// UTF-8, an index that is too large, a label or a name of an image given twice.
    InvalidArgument = 1,
    /// A mistake of this library: please report it. The context can still be used.
    Internal = 2,
    /// The progress callback or radiomics_context_cancel stopped the call.
    Cancelled = 3,
    /// The system refuses threads, or they were more than 1024.
    Threads = 4,
    /// Computed values deviate from the published ones (radiomics_verify).
    NotVerified = 5,
    /// An error that has no code of its own yet; the text says what it is.
    Other = 6,
    /// The call needs more memory than there is, or than it may take; the text says how much, and what
    /// to change. The context can still be used. Since RADIOMICS_ABI_VERSION 6.
    OutOfMemory = 7,

    /// The image has an axis without voxels.
    EmptyImage = 20,
    /// Spacing, origin or direction cannot be used.
    InvalidGeometry = 21,
    /// Image and mask have different shapes.
    ShapeMismatch = 22,
    /// Image and mask lie on different grids, or two masks do, whether their shapes are the same or not.
    GeometryMismatch = 23,
    /// The mask is 0 everywhere.
    EmptyMask = 24,
    /// The label is not in the mask, or is 0, the background.
    LabelNotPresent = 25,
    /// The mask holds fractions.
    FractionalMask = 26,
    /// The image is NaN or infinite where the region is, or where a step of the settings looks.
    NonFiniteVoxels = 27,
    /// Too few voxels are left.
    RegionTooSmall = 28,

    /// There is no setting of this name.
    UnknownSetting = 40,
    /// A setting, a filter, or a number such as a distance, a margin or a radius has a value that it cannot
    /// take.
    InvalidSetting = 41,
    /// The text is no YAML or JSON mapping.
    InvalidDocument = 42,
    /// A profile, family, feature, column, distance ... of this name does not exist.
    UnknownName = 43,
    /// PyRadiomics parameters that are not available here.
    Unavailable = 44,
    /// The settings do not suit the intensities: grey levels are too many or cannot be made.
    UnsuitableDiscretisation = 45,
    /// Interpolation would make too many voxels.
    GridTooLarge = 46,
}

use radiomics_status as Status;

/// What a code means, in a line: static text that the caller must not free. The text for an
/// unknown code says so.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub extern "C" fn radiomics_status_text(status: i32) -> *const c_char {
    TEXTS.iter().find(|(code, _)| *code as i32 == status).map_or(c"unknown status", |(_, text)| text).as_ptr()
}

static TEXTS: [(Status, &CStr); 24] = [
    (Status::Ok, c"done"),
    (Status::InvalidArgument, c"an argument is NULL, of the wrong size or out of range"),
    (Status::Internal, c"a mistake of the library"),
    (Status::Cancelled, c"cancelled"),
    (Status::Threads, c"the threads cannot be started"),
    (Status::NotVerified, c"values deviate from the published ones"),
    (Status::Other, c"an error without a code of its own"),
    (Status::OutOfMemory, c"there is not enough memory"),
    (Status::EmptyImage, c"the image has no voxels"),
    (Status::InvalidGeometry, c"spacing, origin or direction cannot be used"),
    (Status::ShapeMismatch, c"image and mask have different shapes"),
    (Status::GeometryMismatch, c"image and mask, or two masks, lie on different grids"),
    (Status::EmptyMask, c"the mask is empty"),
    (Status::LabelNotPresent, c"the label is not in the mask"),
    (Status::FractionalMask, c"the mask holds fractions"),
    (Status::NonFiniteVoxels, c"the image is not finite in the region"),
    (Status::RegionTooSmall, c"the region has too few voxels"),
    (Status::UnknownSetting, c"there is no such setting"),
    (Status::InvalidSetting, c"a setting or a number has an impossible value"),
    (Status::InvalidDocument, c"the text is not a mapping in YAML or JSON"),
    (Status::UnknownName, c"there is no such name"),
    (Status::Unavailable, c"these PyRadiomics parameters are not available"),
    (Status::UnsuitableDiscretisation, c"the discretisation does not suit the intensities"),
    (Status::GridTooLarge, c"interpolation would make too many voxels"),
];

/// Why a call failed: a code for programs and a text for people.
#[derive(Debug)]
pub(crate) struct Failure {
    pub status: Status,
    pub text: String,
}

impl Failure {
    /// A mistake in the arguments of the call.
    pub fn argument(text: impl Into<String>) -> Self {
        Self { status: Status::InvalidArgument, text: text.into() }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { status: status_of(&error), text: error.message(Interface::C) }
    }
}

fn status_of(error: &Error) -> Status {
    match error {
        Error::EmptyImage { .. } => Status::EmptyImage,
        Error::InvalidSpacing { .. } | Error::InvalidGeometry { .. } => Status::InvalidGeometry,
        Error::ShapeMismatch { .. } | Error::VoxelsMismatch { .. } => Status::ShapeMismatch,
        Error::LabelTwice { .. } | Error::ImageName { .. } | Error::InvalidTable(_) => {
            Status::InvalidArgument
        }
        Error::GeometryMismatch { .. } | Error::GridsDiffer { .. } => Status::GeometryMismatch,
        Error::EmptyMask { .. } => Status::EmptyMask,
        Error::LabelNotPresent { .. } | Error::BackgroundLabel => Status::LabelNotPresent,
        Error::FractionalMask { .. } => Status::FractionalMask,
        Error::NonFiniteVoxels { .. } | Error::NonFiniteSurroundings { .. } => Status::NonFiniteVoxels,
        Error::RegionTooSmall { .. } => Status::RegionTooSmall,
        Error::UnknownSetting { .. } => Status::UnknownSetting,
        Error::InvalidSetting { .. }
        | Error::InvalidArgument { .. }
        | Error::NonFiniteResult { .. }
        | Error::Filter { .. }
        | Error::UnknownParameter { .. }
        | Error::InvalidFilter { .. } => Status::InvalidSetting,
        Error::InvalidDocument { .. } | Error::PyRadiomicsDocument { .. } => Status::InvalidDocument,
        Error::UnknownName { .. } => Status::UnknownName,
        Error::Unavailable { .. } => Status::Unavailable,
        Error::TooManyLevels { .. }
        | Error::RangeTooLarge { .. }
        | Error::NotDiscretised { .. }
        | Error::OutsideBinEdges { .. } => Status::UnsuitableDiscretisation,
        Error::GridTooLarge { .. } => Status::GridTooLarge,
        Error::Threads { .. } => Status::Threads,
        Error::Cancelled { .. } => Status::Cancelled,
        Error::OutOfMemory { .. } => Status::OutOfMemory,
        Error::Region { error, .. } | Error::Mask { error, .. } | Error::Discretisation { error, .. } => {
            status_of(error)
        }
        // The core may grow errors before they are given codes here.
        _ => Status::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_never_renumbered() {
        let codes: Vec<i32> = TEXTS.iter().map(|(status, _)| *status as i32).collect();
        let published: Vec<i32> = (0..=7).chain(20..=28).chain(40..=46).collect();
        assert_eq!(codes, published);
        for (status, text) in &TEXTS {
            // SAFETY: the function returns static text.
            let shown = unsafe { CStr::from_ptr(radiomics_status_text(*status as i32)) };
            assert_eq!(shown, *text);
        }
        // SAFETY: as above.
        let unknown = unsafe { CStr::from_ptr(radiomics_status_text(-7)) };
        assert_eq!(unknown, c"unknown status");
    }
}
