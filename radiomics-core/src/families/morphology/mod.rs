//! Morphological features (IBSI 1, HCUG): of the morphological mask, some with the intensities
//! in the intensity mask. What features share, such as the mesh or the convex hull, is computed
//! when the first formula reads it; what no formula reads is not computed.

mod axes;
mod bits;
mod cubes;
mod ellipsoid;
mod enclosing;
mod field;
mod hull;
mod line_ends;
mod mass;
mod mesh;
mod outline;
mod pairs;
mod planar;
pub(crate) mod slice;
mod spatial;
mod spectra;
mod surface;

use std::cell::OnceCell;
use std::f64::consts::PI;

use ndarray::ArrayView3;

use crate::families::family::{Compute, Family, Maps};
use crate::families::job::{Job, Value, features};
use crate::feature::{Reads, Row, row};
use crate::kernels::Isa;
use crate::kernels::elementary::{cbrt, pow};
use crate::settings::{AxesCovariance, FaceRule, SingleSlices};
use crate::table::Reason;
use crate::texture::aggregation::Scope;
use crate::volume::intensities::with_intensities;
use axes::Axes;
use bits::{Bits, PlaceSums};
use ellipsoid::enclosing_ellipsoid;
use enclosing::{box_area, box_volume, ellipsoid_area, ellipsoid_volume, oriented_box};
use field::PairSums;
use hull::Hull;
use mass::Mass;
pub use mesh::Mesh;
pub(crate) use pairs::KnownPairs;
pub use surface::{Surface, surface};

pub(crate) const FAMILY: Family = Family {
    name: "morphology",
    ibsi_id: "HCUG",
    pyradiomics: Some("shape"),
    scope: Scope::Region,
    features: || features(TABLE),
    compute: Compute::Shape(compute),
    matrix: None,
    steps: 20,
    maps: Maps::None,
};

#[rustfmt::skip]
static TABLE: &[Row<Shape>] = &[
    row("volume", "RNU0", "MeshVolume", "Volume V inside of the surface mesh, mm³", Shape::volume),
    row("volume_voxel_counting", "YEKZ", "VoxelVolume", "Number of voxels times the volume of one, mm³", Shape::voxel_volume),
    row("surface_area", "C0JK", "SurfaceArea", "Area A of the surface mesh, mm²", Shape::area),
    row("surface_to_volume_ratio", "2PR5", "SurfaceVolumeRatio", "A / V, mm⁻¹", |s| s.area() / s.volume()),
    row("compactness_1", "SKGS", "Compactness1", "V / (√π · A^(3/2))", |s: &Shape| s.volume() / (PI.sqrt() * pow(s.area(), 1.5))).only_by_name(),
    row("compactness_2", "BQWJ", "Compactness2", "36π · V² / A³", |s: &Shape| 36.0 * PI * s.volume().powi(2) / s.area().powi(3)).only_by_name(),
    row("spherical_disproportion", "KRCK", "SphericalDisproportion", "A / (36π · V²)^(1/3)", |s: &Shape| s.area() / s.equivalent_sphere_area()).only_by_name(),
    row("sphericity", "QCFX", "Sphericity", "(36π · V²)^(1/3) / A", |s| s.equivalent_sphere_area() / s.area()),
    row("asphericity", "25C7", "", "(A³ / (36π · V²))^(1/3) − 1", |s| s.area() / s.equivalent_sphere_area() - 1.0),
    row("centre_of_mass_shift", "KLMA", "", "Distance of the centre of the morphological mask from that of the intensities, mm; undefined if the intensities sum to 0", Shape::centre_of_mass_shift).reading(Reads::Mass),
    row("maximum_3d_diameter", "L0JK", "Maximum3DDiameter", "Largest distance between vertices of the mesh, mm", |s| s.with_hull(|hull| hull.diameter_mm(s.isa))),
    row("major_axis_length", "TDIC", "MajorAxisLength", "4 · √λ of the largest variance (n − 1) of voxel centres along an axis, mm", |s| Axes::length(s.axes().major)),
    row("minor_axis_length", "P9VJ", "MinorAxisLength", "4 · √λ of the second variance (n − 1) of voxel centres along an axis, mm; 0 for a line", |s| Axes::length(s.axes().minor)),
    row("least_axis_length", "7J51", "LeastAxisLength", "4 · √λ of the smallest variance (n − 1) of voxel centres along an axis, mm; 0 for a plane", |s| Axes::length(s.axes().least)),
    row("elongation", "Q3CK", "Elongation", "√(λ minor / λ major); undefined for a single voxel", |s| (s.axes().minor / s.axes().major).sqrt()),
    row("flatness", "N17B", "Flatness", "√(λ least / λ major); undefined for a single voxel", |s| (s.axes().least / s.axes().major).sqrt()),
    row("volume_density_aabb", "PBX1", "", "V over the volume of the axis-aligned bounding box of the mesh", |s| s.volume() / box_volume(s.aligned_box())),
    row("area_density_aabb", "R59B", "", "A over the area of the axis-aligned bounding box of the mesh", |s| s.area() / box_area(s.aligned_box())),
    row("volume_density_ombb", "ZH1A", "", "V over the volume of the oriented minimum bounding box: the smallest box with a side along a face of the convex hull or across an axis of the grid", |s| s.volume() / box_volume(s.oriented_box())),
    row("area_density_ombb", "IQYR", "", "A over the area of the oriented minimum bounding box", |s| s.area() / box_area(s.oriented_box())),
    row("volume_density_aee", "6BDE", "", "V over the volume of the approximate enclosing ellipsoid, with semi-axes of 2 · √λ; undefined for a line or plane of voxels, as that ellipsoid has no volume", |s| s.volume() / ellipsoid_volume(s.axes().semi_axes())),
    row("area_density_aee", "RDD2", "", "A over the area of the approximate enclosing ellipsoid, by a series of Legendre polynomials to ν = 20; undefined for a line of voxels, as that ellipsoid has no area", |s| s.area() / ellipsoid_area(s.axes().semi_axes())),
    row("volume_density_mvee", "SWZ1", "", "V over the volume of the minimum volume enclosing ellipsoid of the mesh", |s| s.volume() / ellipsoid_volume(s.enclosing_ellipsoid())),
    row("area_density_mvee", "BRI8", "", "A over the area of the minimum volume enclosing ellipsoid of the mesh, by a series of Legendre polynomials to ν = 20", |s| s.area() / ellipsoid_area(s.enclosing_ellipsoid())),
    row("volume_density_convex_hull", "R3ER", "", "V over the volume of the convex hull of the mesh", |s| s.volume() / s.with_hull(Hull::volume_mm3)),
    row("area_density_convex_hull", "7T7F", "", "A over the area of the convex hull of the mesh", |s| s.area() / s.with_hull(Hull::area_mm2)),
    row("integrated_intensity", "99N0", "", "Mean intensity times V", |s: &Shape| s.mean_intensity() * s.volume()).reading(Reads::Mass),
    row("morans_i", "N365", "", "Moran's I with weights of 1 / distance, over all pairs of voxels; undefined for a flat region", |s: &Shape| s.of_pairs(PairSums::moran)).reading(Reads::Pairs),
    row("gearys_c", "NPT7", "", "Geary's C with weights of 1 / distance, over all pairs of voxels; undefined for a flat region", |s: &Shape| s.of_pairs(PairSums::geary)).reading(Reads::Pairs),
    row("maximum_2d_diameter_slice", "", "Maximum2DDiameterSlice", "Largest distance between vertices of the mesh with the same z, mm", |s| s.planar_diameters()[0]),
    row("maximum_2d_diameter_column", "", "Maximum2DDiameterColumn", "Largest distance between vertices of the mesh with the same y, mm", |s| s.planar_diameters()[1]),
    row("maximum_2d_diameter_row", "", "Maximum2DDiameterRow", "Largest distance between vertices of the mesh with the same x, mm", |s| s.planar_diameters()[2]),
];

/// The shape of a region, and what has been computed of it.
struct Shape {
    isa: Isa,
    spacing_mm: [f64; 3],
    mesh_faces: FaceRule,
    axes_covariance: AxesCovariance,
    bits: Bits,
    places: OnceCell<PlaceSums>,
    mesh: OnceCell<Mesh>,
    hull: OnceCell<Option<Hull>>,
    axes: OnceCell<Axes>,
    oriented_box: OnceCell<[f64; 3]>,
    enclosing_ellipsoid: OnceCell<[f64; 3]>,
    planar_diameters: OnceCell<[f64; 3]>,
    /// Sum and centre of the intensities, if a feature that reads them is asked for: formulas get to see
    /// the shape, but not the voxels.
    mass: Option<Mass>,
    /// Sums over pairs of voxels, if a feature that reads them is asked for.
    pairs: Option<PairSums>,
}

/// The features of [`TABLE`] that a single slice has: distances between voxel centres. All others are of a
/// body that has a thickness.
const OF_ANY_REGION: [&str; 3] = ["centre_of_mass_shift", "morans_i", "gearys_c"];

fn compute(job: &Job) -> Vec<Value> {
    if job.settings.single_slices == SingleSlices::Volume || !job.roi.is_flat() {
        return compute_all(job);
    }
    let is_defined = |row: &usize| OF_ANY_REGION.contains(&TABLE[*row].feature.name);
    let defined: Vec<usize> = job.features.iter().copied().filter(is_defined).collect();
    let mut values = compute_all(&Job { features: &defined, ..*job }).into_iter();
    let value = |row| match is_defined(row) {
        true => values.next().expect("a value for each feature"),
        false => Value::undefined(Reason::SingleSlice),
    };
    job.features.iter().map(value).collect()
}

fn compute_all(job: &Job) -> Vec<Value> {
    let roi = job.roi;
    let ([k, j, i], [ke, je, ie]) = (roi.region.start, roi.region.end());
    let region = ndarray::s![k..ke, j..je, i..ie];
    let mut shape = Shape::new(roi.morphological.slice(region), roi.grid.spacing_mm);
    shape.isa = job.isa;
    shape.mesh_faces = job.settings.mesh_faces;
    shape.axes_covariance = job.settings.axes_covariance;
    let wants = |reads| job.features.iter().any(|&row| TABLE[row].feature.reads == reads);
    let mask = roi.intensity().slice(region);
    shape.mass = wants(Reads::Mass)
        .then(|| with_intensities!(&roi.intensities, x => Mass::new(job.isa, x.slice(region), mask)));
    shape.pairs = wants(Reads::Pairs).then(|| {
        let intensities = roi.intensities.to_f64();
        PairSums::new(job.isa, intensities.slice(region), mask, roi.grid.spacing_mm, job.pairs)
    });
    job.values(TABLE, &shape)
}

impl Shape {
    /// The shape of a mask that is cropped to its bounding box, without intensities.
    fn new(mask: ArrayView3<bool>, spacing_mm: [f64; 3]) -> Self {
        Self {
            isa: Isa::Scalar,
            spacing_mm,
            mesh_faces: FaceRule::InsideApart,
            axes_covariance: AxesCovariance::Sample,
            bits: Bits::new(mask),
            places: OnceCell::new(),
            mesh: OnceCell::new(),
            hull: OnceCell::new(),
            axes: OnceCell::new(),
            oriented_box: OnceCell::new(),
            enclosing_ellipsoid: OnceCell::new(),
            planar_diameters: OnceCell::new(),
            mass: None,
            pairs: None,
        }
    }

    fn mesh(&self) -> &Mesh {
        self.mesh.get_or_init(|| Mesh::of_bits(self.bits.clone(), self.spacing_mm, self.mesh_faces))
    }

    /// A value of the convex hull; NaN without a voxel.
    fn with_hull<T: Undefined>(&self, value: impl FnOnce(&Hull) -> T) -> T {
        self.hull.get_or_init(|| Hull::of_mesh(self.mesh())).as_ref().map_or(T::UNDEFINED, value)
    }

    fn places(&self) -> &PlaceSums {
        self.places.get_or_init(|| self.bits.place_sums())
    }

    fn axes(&self) -> &Axes {
        self.axes.get_or_init(|| Axes::of_sums(*self.places(), self.spacing_mm, self.axes_covariance))
    }

    /// A value of the sums over pairs of voxels.
    fn of_pairs(&self, value: impl FnOnce(&PairSums) -> f64) -> f64 {
        value(self.pairs.as_ref().expect("a row that reads pairs says so by `Reads::Pairs`"))
    }

    fn mass(&self) -> &Mass {
        self.mass.as_ref().expect("a row that reads intensities says so by `Reads::Mass`")
    }

    fn oriented_box(&self) -> [f64; 3] {
        *self.oriented_box.get_or_init(|| self.with_hull(|hull| oriented_box(self.isa, hull)))
    }

    fn enclosing_ellipsoid(&self) -> [f64; 3] {
        *self.enclosing_ellipsoid.get_or_init(|| self.with_hull(enclosing_ellipsoid))
    }

    fn planar_diameters(&self) -> &[f64; 3] {
        self.planar_diameters.get_or_init(|| self.mesh().planar_diameters_mm())
    }

    fn volume(&self) -> f64 {
        self.mesh().volume_mm3()
    }

    fn area(&self) -> f64 {
        self.mesh().area_mm2()
    }

    /// Area of the sphere that has the mesh's volume.
    fn equivalent_sphere_area(&self) -> f64 {
        cbrt(36.0 * PI * self.volume().powi(2))
    }

    fn voxel_volume(&self) -> f64 {
        self.places().n as f64 * self.spacing_mm.iter().product::<f64>()
    }

    /// Sides of the mesh's bounding box in mm. The mesh reaches half a voxel beyond the outermost voxel
    /// centres, so it is the box of whole voxels.
    fn aligned_box(&self) -> [f64; 3] {
        std::array::from_fn(|a| (self.bits.shape[a] - 2) as f64 * self.spacing_mm[a])
    }

    fn mean_intensity(&self) -> f64 {
        self.mass().mean()
    }

    fn centre_of_mass_shift(&self) -> f64 {
        let PlaceSums { n, sum, .. } = *self.places();
        let mass = self.mass().centre();
        // Places of the mask count from the background before it.
        let shift = |a: usize| (sum[a] - n) as f64 / n as f64 - mass[a];
        (0..3).map(|a| (shift(a) * self.spacing_mm[a]).powi(2)).sum::<f64>().sqrt()
    }
}

/// What stands for a value that a region without hull does not have.
trait Undefined {
    const UNDEFINED: Self;
}

impl Undefined for f64 {
    const UNDEFINED: f64 = f64::NAN;
}

impl Undefined for [f64; 3] {
    const UNDEFINED: [f64; 3] = [f64::NAN; 3];
}

#[cfg(test)]
mod tests;
