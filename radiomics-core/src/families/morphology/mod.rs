//! Morphological features (IBSI 1, HCUG): of the morphological mask, some with the intensities
//! in the intensity mask. What features share, such as the mesh or the convex hull, is computed
//! when the first formula reads it; what no formula reads is not computed.

mod axes;
mod cubes;
mod enclosing;
mod hull;
mod mesh;
mod planar;
pub(crate) mod slice;
mod spatial;

use std::cell::OnceCell;
use std::f64::consts::PI;

use ndarray::Array3;

use super::{Compute, Job, features};
use crate::aggregation::{Aggregation, Scope};
use crate::catalogue::{Family, Row, row};
use crate::roi::Roi;
use crate::settings::{AxesCovariance, FaceRule};
use crate::table::FeatureRow;
use axes::Axes;
use enclosing::{box_area, box_volume, ellipsoid_area, ellipsoid_volume, enclosing_ellipsoid, oriented_box};
use hull::Hull;
pub use mesh::Mesh;
use spatial::PairSums;

pub(crate) const FAMILY: Family = Family {
    name: "morphology",
    ibsi_id: "HCUG",
    scope: Scope::Region,
    features: || features(TABLE),
    compute: Compute::Shape(compute),
};

#[rustfmt::skip]
static TABLE: &[Row<Shape>] = &[
    row("volume", "RNU0", "MeshVolume", "Volume V inside of the surface mesh, mm³", Shape::volume),
    row("volume_voxel_counting", "YEKZ", "VoxelVolume", "Number of voxels times the volume of one, mm³", Shape::voxel_volume),
    row("surface_area", "C0JK", "SurfaceArea", "Area A of the surface mesh, mm²", Shape::area),
    row("surface_to_volume_ratio", "2PR5", "SurfaceVolumeRatio", "A / V, mm⁻¹", |s| s.area() / s.volume()),
    row("compactness_1", "SKGS", "Compactness1", "V / (√π · A^(3/2))", |s: &Shape| s.volume() / (PI.sqrt() * s.area().powf(1.5))).only_by_name(),
    row("compactness_2", "BQWJ", "Compactness2", "36π · V² / A³", |s: &Shape| 36.0 * PI * s.volume().powi(2) / s.area().powi(3)).only_by_name(),
    row("spherical_disproportion", "KRCK", "SphericalDisproportion", "A / (36π · V²)^(1/3)", |s: &Shape| s.area() / s.equivalent_sphere_area()).only_by_name(),
    row("sphericity", "QCFX", "Sphericity", "(36π · V²)^(1/3) / A", |s| s.equivalent_sphere_area() / s.area()),
    row("asphericity", "25C7", "", "(A³ / (36π · V²))^(1/3) − 1", |s| s.area() / s.equivalent_sphere_area() - 1.0),
    row("centre_of_mass_shift", "KLMA", "", "Distance of the centre of the morphological mask from that of the intensities, mm; undefined if the intensities sum to 0", Shape::centre_of_mass_shift),
    row("maximum_3d_diameter", "L0JK", "Maximum3DDiameter", "Largest distance between vertices of the mesh, mm", |s| s.with_hull(Hull::diameter_mm)),
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
    row("integrated_intensity", "99N0", "", "Mean intensity times V", |s| s.mean_intensity() * s.volume()),
    row("morans_i", "N365", "", "Moran's I with weights of 1 / distance, over all pairs of voxels; undefined for a flat region", |s| s.pairs().moran()),
    row("gearys_c", "NPT7", "", "Geary's C with weights of 1 / distance, over all pairs of voxels; undefined for a flat region", |s| s.pairs().geary()),
    row("maximum_2d_diameter_slice", "", "Maximum2DDiameterSlice", "Largest distance between vertices of the mesh with the same z, mm", |s| s.mesh().planar_diameters_mm()[0]),
    row("maximum_2d_diameter_column", "", "Maximum2DDiameterColumn", "Largest distance between vertices of the mesh with the same y, mm", |s| s.mesh().planar_diameters_mm()[1]),
    row("maximum_2d_diameter_row", "", "Maximum2DDiameterRow", "Largest distance between vertices of the mesh with the same x, mm", |s| s.mesh().planar_diameters_mm()[2]),
];

/// The region's bounding box, and what has been computed of it.
struct Shape {
    spacing_mm: [f64; 3],
    mesh_faces: FaceRule,
    axes_covariance: AxesCovariance,
    intensities: Array3<f64>,
    morphological: Array3<bool>,
    intensity: Array3<bool>,
    mesh: OnceCell<Mesh>,
    hull: OnceCell<Option<Hull>>,
    axes: OnceCell<Axes>,
    oriented_box: OnceCell<[f64; 3]>,
    enclosing_ellipsoid: OnceCell<[f64; 3]>,
    pairs: OnceCell<PairSums>,
}

fn compute(job: &Job) -> Vec<FeatureRow> {
    let mut shape = Shape::of_roi(job.roi);
    shape.mesh_faces = job.settings.mesh_faces;
    shape.axes_covariance = job.settings.axes_covariance;
    job.rows(FAMILY.name, TABLE, Aggregation::Region, &[shape])
}

impl Shape {
    fn of_roi(roi: &Roi) -> Self {
        let ([k, j, i], [ke, je, ie]) = (roi.region.start, roi.region.end());
        let region = ndarray::s![k..ke, j..je, i..ie];
        Self::new(
            roi.grid.spacing_mm,
            roi.intensities.slice(region).to_owned(),
            roi.morphological.slice(region).to_owned(),
            roi.intensity.slice(region).to_owned(),
        )
    }

    fn new(
        spacing_mm: [f64; 3],
        intensities: Array3<f64>,
        morphological: Array3<bool>,
        intensity: Array3<bool>,
    ) -> Self {
        Self {
            spacing_mm,
            mesh_faces: FaceRule::InsideApart,
            axes_covariance: AxesCovariance::Sample,
            intensities,
            morphological,
            intensity,
            mesh: OnceCell::new(),
            hull: OnceCell::new(),
            axes: OnceCell::new(),
            oriented_box: OnceCell::new(),
            enclosing_ellipsoid: OnceCell::new(),
            pairs: OnceCell::new(),
        }
    }

    fn mesh(&self) -> &Mesh {
        let mask = self.morphological.view();
        self.mesh.get_or_init(|| Mesh::new(mask, self.spacing_mm, self.mesh_faces))
    }

    /// A value of the convex hull; NaN without a voxel.
    fn with_hull<T: Undefined>(&self, value: impl FnOnce(&Hull) -> T) -> T {
        self.hull.get_or_init(|| Hull::of_mesh(self.mesh())).as_ref().map_or(T::UNDEFINED, value)
    }

    fn axes(&self) -> &Axes {
        self.axes.get_or_init(|| Axes::of_mask(&self.morphological, self.spacing_mm, self.axes_covariance))
    }

    fn pairs(&self) -> &PairSums {
        self.pairs.get_or_init(|| PairSums::new(&self.intensities, &self.intensity, self.spacing_mm))
    }

    fn oriented_box(&self) -> [f64; 3] {
        *self.oriented_box.get_or_init(|| self.with_hull(oriented_box))
    }

    fn enclosing_ellipsoid(&self) -> [f64; 3] {
        *self.enclosing_ellipsoid.get_or_init(|| self.with_hull(enclosing_ellipsoid))
    }

    fn volume(&self) -> f64 {
        self.mesh().volume_mm3()
    }

    fn area(&self) -> f64 {
        self.mesh().area_mm2()
    }

    /// Area of the sphere that has the mesh's volume.
    fn equivalent_sphere_area(&self) -> f64 {
        (36.0 * PI * self.volume().powi(2)).cbrt()
    }

    fn voxel_volume(&self) -> f64 {
        let voxels = self.morphological.iter().filter(|&&m| m).count();
        voxels as f64 * self.spacing_mm.iter().product::<f64>()
    }

    /// Sides of the mesh's bounding box. The mesh reaches half a voxel beyond the outermost
    /// voxel centres, so it is the box of whole voxels.
    fn aligned_box(&self) -> [f64; 3] {
        let shape: [usize; 3] = self.morphological.dim().into();
        std::array::from_fn(|a| shape[a] as f64 * self.spacing_mm[a])
    }

    fn inside(&self) -> impl Iterator<Item = ([usize; 3], f64)> {
        let voxels = self.intensities.indexed_iter().zip(&self.intensity);
        voxels.filter(|(_, m)| **m).map(|(((k, j, i), &x), _)| ([k, j, i], x))
    }

    fn mean_intensity(&self) -> f64 {
        let (sum, n) = self.inside().fold((0.0, 0.0), |(sum, n), (_, x)| (sum + x, n + 1.0));
        sum / n
    }

    fn centre_of_mass_shift(&self) -> f64 {
        let mut shape = Centre::default();
        for ((k, j, i), _) in self.morphological.indexed_iter().filter(|(_, m)| **m) {
            shape.add([k, j, i], 1.0);
        }
        let mut mass = Centre::default();
        for (place, x) in self.inside() {
            mass.add(place, x);
        }
        (0..3).map(|a| ((shape.at(a) - mass.at(a)) * self.spacing_mm[a]).powi(2)).sum::<f64>().sqrt()
    }
}

/// A centre of mass in the making.
#[derive(Default)]
struct Centre {
    mass: f64,
    moment: [f64; 3],
}

impl Centre {
    fn add(&mut self, place: [usize; 3], mass: f64) {
        self.mass += mass;
        for (moment, at) in self.moment.iter_mut().zip(place) {
            *moment += mass * at as f64;
        }
    }

    fn at(&self, axis: usize) -> f64 {
        self.moment[axis] / self.mass
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
