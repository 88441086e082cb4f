//! The one error type: every message names the values at fault and the remedy.

mod interface;
mod places;
mod words;
pub use interface::Interface;
pub(crate) use places::{argument, invalid, unknown_name};
pub use words::nearest;
use words::{
    bytes, choose, fixed, known_or_meant, list, need, of_limit, point_of, remedy, voxels_are, what_labels_are,
};
pub(crate) use words::{ends, number, one_of, shown};

/// Result of a fallible call of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// What can go wrong, grouped by who can mend it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    // ---- image or mask -------------------------------------------------------------------
    /// An image or a mask without voxels.
    #[error("the {of} has shape (z, y, x) {shape:?}: every axis needs at least one voxel")]
    EmptyImage {
        /// What has no voxels: `image`, `mask` or `grid`.
        of: String,
        /// Shape (z, y, x).
        shape: [usize; 3],
    },
    /// A voxel spacing that is zero, negative or not finite.
    #[error(
        "the voxel spacing (z, y, x) of the {of} is {spacing_mm:?} mm: every spacing must be a finite number above 0, from 1e-30 to 1e30"
    )]
    InvalidSpacing {
        /// What has the spacing: `image`, `mask` or `grid`.
        of: String,
        /// Spacing (z, y, x) in millimetres.
        spacing_mm: [f64; 3],
    },
    /// An origin or direction that is no geometry.
    #[error("the {field} (z, y, x) of the {of} is {value}: {reason}")]
    InvalidGeometry {
        /// What has the origin or direction: `image`, `mask` or `grid`.
        of: String,
        /// `origin` or `direction`.
        field: &'static str,
        /// The value given.
        value: String,
        /// What is wrong with the value, and the remedy.
        reason: String,
    },
    /// Voxels of another shape than the grid on which they lie.
    #[error("the {of} has {voxels:?} voxels (z, y, x), and its grid {grid:?}: both must have the same shape")]
    VoxelsMismatch {
        /// What has the voxels: `image` or `mask`.
        of: String,
        /// Shape of the grid.
        grid: [usize; 3],
        /// Shape of the array of voxels.
        voxels: [usize; 3],
    },
    /// Image and mask have different numbers of voxels.
    #[error(
        "the image has shape (z, y, x) {image:?} and the mask {mask:?}: resample the mask to the grid of the image first"
    )]
    ShapeMismatch {
        /// Shape of the image.
        image: [usize; 3],
        /// Shape of the mask.
        mask: [usize; 3],
    },
    /// Image and mask lie on different grids.
    #[error(
        "image and mask differ in {field} (z, y, x): image {image:?}, mask {mask:?}, largest difference {} {unit} (tolerance {}): resample the mask to the grid of the image, or raise `geometry_tolerance` if the difference is only rounding",
        fixed(.difference),
        number(.tolerance)
    )]
    GeometryMismatch {
        /// `spacing`, `origin` or `direction`.
        field: &'static str,
        /// Unit of the difference.
        unit: &'static str,
        /// The image's values.
        image: Vec<f64>,
        /// The mask's values.
        mask: Vec<f64>,
        /// Largest difference between the two.
        difference: f64,
        /// Difference that would have been accepted.
        tolerance: f64,
    },
    /// Two masks lie on different grids.
    #[error("the {field} (z, y, x) of the {of} is {value}: {reason}")]
    GridsDiffer {
        /// What lies elsewhere.
        of: String,
        /// `shape`, `spacing`, `origin` or `direction`.
        field: &'static str,
        /// The value given.
        value: String,
        /// What the value should be, and the remedy.
        reason: String,
    },
    /// The mask is zero everywhere.
    #[error("the mask is empty: all of its {voxels} voxels are 0")]
    EmptyMask {
        /// Number of voxels in the mask.
        voxels: usize,
    },
    /// The mask has labels, but not the one asked for.
    #[error("label {label} is not in the mask; it holds {}", list(.present))]
    LabelNotPresent {
        /// Label asked for.
        label: i64,
        /// Labels in the mask, in ascending order.
        present: Vec<i64>,
    },
    /// Label 0 is the background.
    #[error("label 0 is the background of a mask: choose the label of the region")]
    BackgroundLabel,
    /// A label that is asked for twice.
    #[error("label {label} is given twice: give each label once")]
    LabelTwice {
        /// Label that is given twice.
        label: i64,
    },
    /// A name of an image with which columns would have no name, or the same one twice.
    #[error("the image name `{name}` cannot be used: {reason}")]
    ImageName {
        /// Name of the image.
        name: String,
        /// What is wrong with the name, and the remedy.
        reason: String,
    },
    /// A mask of fractions, of numbers beyond 64 bits, or with voxels that are no number.
    #[error(
        "the mask holds the value {} at (z, y, x) {index:?}: {}",
        number(.value),
        what_labels_are(.value)
    )]
    FractionalMask {
        /// The first value that is no label.
        value: f64,
        /// Index (z, y, x) of the first voxel that holds no label.
        index: [usize; 3],
    },
    /// A point of a contour that is nowhere.
    #[error("{} lies at (z, y, x) {place_mm:?} mm: give finite coordinates, at most 1e7", point_of(.point, .contour))]
    InvalidContour {
        /// Position of the contour among those given.
        contour: usize,
        /// Position of the point in the contour.
        point: usize,
        /// Coordinates (z, y, x) in millimetres.
        place_mm: [f64; 3],
    },
    /// The image has NaN or infinite voxels where the region is.
    #[error(
        "{} NaN or infinite, the first one at (z, y, x) {index:?} ({value}): replace them or take them out of the mask",
        voxels_are(.count, "of the image in the region")
    )]
    NonFiniteVoxels {
        /// Number of voxels that are NaN or infinite.
        count: usize,
        /// Index (z, y, x) of the first voxel that is NaN or infinite.
        index: [usize; 3],
        /// Value of the first voxel that is NaN or infinite.
        value: f64,
    },
    /// A step reads voxels outside of the region that are NaN or infinite.
    #[error(
        "{step} reads {} NaN or infinite, the first one at (z, y, x) {index:?} ({value}): replace them",
        voxels_are(.count, "outside of the region that")
    )]
    NonFiniteSurroundings {
        /// The step: `normalise`, interpolation or a filter.
        step: String,
        /// Number of voxels that are NaN or infinite.
        count: usize,
        /// Index (z, y, x) in the image of the first voxel that is NaN or infinite.
        index: [usize; 3],
        /// Value of the first voxel that is NaN or infinite.
        value: f64,
    },
    /// A step makes of finite intensities what is no number.
    #[error(
        "{step} makes {count} voxels of the region NaN or infinite, although the image is finite there; the first one is at (z, y, x) {index:?}: {remedy}"
    )]
    NonFiniteResult {
        /// The step: `normalise`, interpolation or a filter.
        step: String,
        /// Number of voxels of the region that become NaN or infinite.
        count: usize,
        /// Index (z, y, x) of the first such voxel, on the grid of the region.
        index: [usize; 3],
        /// What to change so that all are finite.
        remedy: &'static str,
    },
    /// Too few voxels are left to compute anything from.
    #[error("the region has {voxels} voxel(s) after {stage}, and at least {minimum} are needed{}", remedy(.stage))]
    RegionTooSmall {
        /// Number of voxels that are left.
        voxels: usize,
        /// Number of voxels that are needed.
        minimum: usize,
        /// The step that left so few: `masking`, `interpolation` or `resegmentation`.
        stage: &'static str,
    },
    /// A table of repeated measurements that cannot be used: what is wrong, with the value at fault, and the remedy.
    #[error("{0}")]
    InvalidTable(String),

    // ---- settings ------------------------------------------------------------------------
    /// A setting that does not exist.
    #[error("there is no setting `{name}`{}", choose(.known, .suggestion))]
    UnknownSetting {
        /// The name given.
        name: String,
        /// All names that there are.
        known: Vec<String>,
        /// The nearest name that exists.
        suggestion: Option<String>,
    },
    /// A setting whose value is of the wrong kind or out of range.
    #[error("setting `{name}` is {}: {remedy}", shown(.value))]
    InvalidSetting {
        /// Name of the setting.
        name: &'static str,
        /// The value given.
        value: String,
        /// What the value must be.
        remedy: String,
    },
    /// An argument of a function that is out of range, or does not suit the image.
    #[error("`{name}` is {}: {remedy}", shown(.value))]
    InvalidArgument {
        /// Name of the argument.
        name: &'static str,
        /// The value given.
        value: String,
        /// What the value must be.
        remedy: String,
    },
    /// A filter's parameter that is out of range, or does not suit the image.
    #[error("filter `{filter}`: `{parameter}` is {}: {remedy}", shown(.value))]
    Filter {
        /// Name of the filter.
        filter: &'static str,
        /// Name of the parameter.
        parameter: &'static str,
        /// The value given.
        value: String,
        /// What the value must be.
        remedy: String,
    },
    /// A parameter that a filter does not have.
    #[error("filter `{filter}` has no parameter `{parameter}`{}", known_or_meant(.known, .suggestion))]
    UnknownParameter {
        /// Name of the filter.
        filter: &'static str,
        /// The name given.
        parameter: String,
        /// The parameters that the filter has.
        known: Vec<&'static str>,
        /// The nearest name among the parameters that the filter has.
        suggestion: Option<String>,
    },
    /// Something that is no filter.
    #[error("{} is no filter: {reason}", shown(.given))]
    InvalidFilter {
        /// What was given.
        given: String,
        /// What is wrong with what was given.
        reason: String,
    },
    /// Something that a PyRadiomics parameter file asks for and that is not available.
    #[error("`{name}` of the PyRadiomics parameters is {}, which is not available: {remedy}", shown(.value))]
    Unavailable {
        /// Name of the parameter.
        name: &'static str,
        /// The value given.
        value: String,
        /// What to do instead.
        remedy: String,
    },
    /// A settings document that is no mapping, or no YAML or JSON at all.
    #[error("the settings cannot be read as {format}: {reason}")]
    InvalidDocument {
        /// `YAML` or `JSON`.
        format: &'static str,
        /// What the reader said.
        reason: String,
    },
    /// PyRadiomics' parameters in the place of settings.
    #[error(
        "these are parameters of PyRadiomics, as they hold `{section}`: read them with `document::pyradiomics::from_yaml`"
    )]
    PyRadiomicsDocument {
        /// The section that tells.
        section: &'static str,
    },
    /// A name (family, feature, aggregation, configuration ...) that does not exist.
    #[error("there is no {kind} `{name}`{}", choose(.known, .suggestion))]
    UnknownName {
        /// What the name stands for, such as `feature`.
        kind: &'static str,
        /// The name given.
        name: String,
        /// The names that there are; none where the message that this one is a part of has them.
        known: Vec<String>,
        /// The nearest name that exists.
        suggestion: Option<String>,
    },
    /// Discretisation that would make more grey levels than can be counted.
    #[error(
        "discretisation makes {} grey levels from intensities {} to {}, and {limit} are the limit: use a larger `{keys}bin_width` or a `{keys}bin_number`",
        number(.levels),
        number(.minimum),
        number(.maximum)
    )]
    TooManyLevels {
        /// What the keys of the settings begin with: `ivh_`, or nothing.
        keys: &'static str,
        /// Number of levels, as computed.
        levels: f64,
        /// Lowest intensity.
        minimum: f64,
        /// Highest intensity.
        maximum: f64,
        /// The largest number of levels.
        limit: usize,
    },
    /// Intensities too far apart to say by how many bins.
    #[error(
        "the intensities {} to {} are too far apart, or `{keys}bin_width` is too large, or too small beside them, for bins in 64-bit floats: divide the image by a power of ten",
        number(.minimum),
        number(.maximum)
    )]
    RangeTooLarge {
        /// What the keys of the settings begin with: `ivh_`, or nothing.
        keys: &'static str,
        /// Lowest intensity.
        minimum: f64,
        /// Highest intensity.
        maximum: f64,
    },
    /// Intensities that are no grey levels, with no discretisation set.
    #[error(
        "without discretisation the intensities must be whole numbers from 1 to {limit}, but the region holds {}: set `bin_width`, `bin_number` or `bin_edges`",
        number(.value)
    )]
    NotDiscretised {
        /// The first offending intensity.
        value: f64,
        /// Highest level.
        limit: usize,
    },
    /// Intensities that lie outside of the explicit bin edges.
    #[error(
        "the region holds intensity {}, outside of `{keys}bin_edges` {} to {}: widen the edges or set `resegment_range`",
        number(.value),
        number(.low),
        number(.high)
    )]
    OutsideBinEdges {
        /// What the keys of the settings begin with: `ivh_`, or nothing.
        keys: &'static str,
        /// The offending intensity.
        value: f64,
        /// First edge.
        low: f64,
        /// Last edge.
        high: f64,
    },
    /// The grid after interpolation is too large.
    #[error(
        "interpolation to {spacing_mm:?} mm would make {voxels:.3e} voxels: choose a larger `resample_spacing_mm`"
    )]
    GridTooLarge {
        /// Spacing asked for, (z, y, x).
        spacing_mm: [f64; 3],
        /// Number of voxels that the grid would have.
        voxels: f64,
    },
    // ---- machine, several regions, long jobs ---------------------------------------------
    /// More threads than the system gives, or than make sense.
    #[error("cannot start {threads} threads: {reason}")]
    Threads {
        /// Number of threads asked for.
        threads: usize,
        /// What the system said, or the limit.
        reason: String,
    },
    /// A job needs more memory than it may take.
    #[error("{what} {} {} of memory, and {} are left{}: {remedy}", need(.what), bytes(.needed), bytes(.available), of_limit(.limit))]
    OutOfMemory {
        /// What the memory is for.
        what: &'static str,
        /// Bytes that it needs.
        needed: u64,
        /// Bytes that are left: of the limit that was set, or of what the machine has free.
        available: u64,
        /// Bytes that the job may take, if its caller said so.
        limit: Option<u64>,
        /// What to change.
        remedy: &'static str,
    },
    /// What went wrong with one of several regions.
    #[error("image `{image}`, label {label}: {error}{}", error.going_on())]
    Region {
        /// Name of the image.
        image: String,
        /// Label of the region.
        label: i64,
        /// What went wrong.
        error: Box<Error>,
    },
    /// What went wrong with one of several masks, round an [`Error::Region`] if image and label must be told.
    #[error("mask {mask} (from 0): {error}")]
    Mask {
        /// Number of the mask among those given, from 0.
        mask: usize,
        /// What went wrong.
        error: Box<Error>,
    },
    /// What went wrong with one of several discretisations.
    #[error("{discretisation}: {error}")]
    Discretisation {
        /// Name of the discretisation, such as `bin_width_25`.
        discretisation: String,
        /// What went wrong.
        error: Box<Error>,
    },
    /// Whoever is told of progress stopped the job.
    #[error("cancelled after {done} of {total} steps")]
    Cancelled {
        /// Steps that were done.
        done: usize,
        /// Steps of the job.
        total: usize,
    },
}
