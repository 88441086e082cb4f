//! Morphology of a region that is a single slice. IBSI has no 2D shape; these are PyRadiomics'
//! `shape2D` features.

use std::f64::consts::PI;

use ndarray::{ArrayView2, Axis};

use super::axes::Axes;
use super::bits::Bits;
use super::planar;
use crate::families::family::{Compute, Family, Maps};
use crate::families::job::{Job, Value, features};
use crate::feature::{Row, row};
use crate::kernels::elementary::hypot;
use crate::table::Reason;
use crate::texture::aggregation::Scope;

pub(crate) const FAMILY: Family = Family {
    name: "morphology_2d",
    ibsi_id: "",
    pyradiomics: Some("shape2D"),
    scope: Scope::Region,
    features: || features(TABLE),
    compute: Compute::Shape(compute),
    matrix: None,
    steps: 1,
    maps: Maps::None,
};

/// The features of this family, all of them undefined for a region of more than one slice across
/// `slice_axis`.
#[rustfmt::skip]
static TABLE: &[Row<Outline>] = &[
    shape("mesh_surface", "MeshSurface", "Area A inside of the outline, mm²", |s| s.area),
    shape("pixel_surface", "PixelSurface", "Number of pixels times the area of one, mm²", |s| s.pixels),
    shape("perimeter", "Perimeter", "Length P of the outline, mm", |s| s.perimeter),
    shape("perimeter_surface_ratio", "PerimeterSurfaceRatio", "P / A, mm⁻¹", |s| s.perimeter / s.area),
    shape("sphericity", "Sphericity", "2·√(π·A) / P", |s| s.equivalent_perimeter() / s.perimeter),
    shape("spherical_disproportion", "SphericalDisproportion", "P / (2·√(π·A))", |s| s.perimeter / s.equivalent_perimeter()).only_by_name(),
    shape("maximum_diameter", "MaximumDiameter", "Largest distance between corners of the outline, mm", |s| s.diameter),
    shape("major_axis_length", "MajorAxisLength", "4·√λ of the larger variance of pixel centres, mm", |s| Axes::length(s.axes.major)),
    shape("minor_axis_length", "MinorAxisLength", "4·√λ of the smaller variance of pixel centres, mm; 0 for a line", |s| Axes::length(s.axes.minor)),
    shape("elongation", "Elongation", "√(λ minor / λ major)", |s| (s.axes.minor / s.axes.major).sqrt()),
];

/// A row of the table of `shape2D` features.
const fn shape(
    name: &'static str,
    pyradiomics: &'static str,
    summary: &'static str,
    value: fn(&Outline) -> f64,
) -> Row<Outline> {
    row(name, "", pyradiomics, summary, value)
}

/// The outline of a slice: lines between the middles of the edges that join a pixel inside with
/// one outside. Of two pixels that touch at a corner, each has its own outline.
struct Outline {
    area: f64,
    perimeter: f64,
    pixels: f64,
    diameter: f64,
    axes: Axes,
}

fn compute(job: &Job) -> Vec<Value> {
    let roi = job.roi.sliced_along(job.settings.slice_axis);
    let ([k, j, i], [ke, je, ie]) = (roi.region.start, roi.region.end());
    let region = roi.morphological.slice(ndarray::s![k..ke, j..je, i..ie]);
    let [_, sy, sx] = roi.grid.spacing_mm;
    let outline = (region.len_of(Axis(0)) == 1).then(|| Outline {
        axes: Axes::of_sums(
            Bits::new(region).place_sums(),
            roi.grid.spacing_mm,
            job.settings.axes_covariance,
        ),
        ..Outline::new(region.index_axis(Axis(0), 0), [sy, sx])
    });
    match outline {
        Some(outline) => job.values(TABLE, &outline),
        None => vec![Value::undefined(Reason::SeveralSlices); job.features.len()],
    }
}

impl Outline {
    /// The outline of a mask (y, x), without its principal axes.
    fn new(mask: ArrayView2<bool>, [sy, sx]: [f64; 2]) -> Self {
        let (ny, nx) = mask.dim();
        let inside =
            |y: usize, x: usize| (1..=ny).contains(&y) && (1..=nx).contains(&x) && mask[[y - 1, x - 1]];
        let slant = 0.5 * hypot(sy, sx);
        let (mut area, mut perimeter) = (0.0, 0.0);
        let mut corners = Vec::new();
        // Squares between four pixel centres, from the ones before the first to the ones after
        // the last pixel.
        for (y, x) in ndarray::indices((ny + 1, nx + 1)) {
            let [a, b, c, d] = [inside(y, x), inside(y, x + 1), inside(y + 1, x), inside(y + 1, x + 1)];
            let n = [a, b, c, d].into_iter().filter(|&v| v).count();
            let (share, length) = match n {
                0 => (0.0, 0.0),
                1 => (0.125, slant),
                2 if a == b => (0.5, sx),
                2 if a == c => (0.5, sy),
                2 => (0.25, 2.0 * slant),
                3 => (0.875, slant),
                _ => (1.0, 0.0),
            };
            area += share;
            perimeter += length;
            // In half pixels.
            let place = |dy: i64, dx: i64| [2 * y as i64 + dy, 2 * x as i64 + dx];
            corners.extend((a != b).then(|| place(0, 1)));
            corners.extend((a != c).then(|| place(1, 0)));
        }
        Self {
            area: area * sy * sx,
            perimeter,
            pixels: mask.iter().filter(|&&m| m).count() as f64 * sy * sx,
            diameter: planar::diameter(corners, [sy / 2.0, sx / 2.0]),
            axes: Axes { major: f64::NAN, minor: f64::NAN, least: f64::NAN },
        }
    }

    /// Perimeter of the circle that has the outline's area.
    fn equivalent_perimeter(&self) -> f64 {
        2.0 * (PI * self.area).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;
    use ndarray::arr2;

    #[test]
    fn a_pixel_is_a_diamond() {
        // ·◇·   Half the area of the pixel, a side of ½·√2.
        let o = Outline::new(arr2(&[[true]]).view(), [1.0, 1.0]);
        assert_eq!((o.area, o.pixels, o.diameter), (0.5, 1.0, 1.0));
        assert_relative_eq!(o.perimeter, 2.0 * 2f64.sqrt());
    }

    #[test]
    fn pixels_that_touch_at_a_corner_are_apart() {
        // ■·
        // ·■
        let o = Outline::new(arr2(&[[true, false], [false, true]]).view(), [2.0, 1.0]);
        assert_relative_eq!(o.area, 2.0);
        assert_relative_eq!(o.perimeter, 2.0 * 4.0 * 0.5 * 5f64.sqrt());
    }

    #[test]
    fn a_bar_has_straight_sides() {
        // ■■■   Two sides of 2 pixels, and four slants.
        let o = Outline::new(arr2(&[[true, true, true]]).view(), [2.0, 1.0]);
        assert_relative_eq!(o.perimeter, 2.0 * 2.0 + 4.0 * 0.5 * 5f64.sqrt());
        assert_relative_eq!(o.area, 2.0 * 2.0 + 1.0);
        assert_relative_eq!(o.diameter, 3.0);
    }
}
