//! Points on a sphere, and spherical harmonics at them.

use crate::kernels::elementary::{acos, atan2, cos, sin};
use std::collections::BTreeMap;
use std::f64::consts::PI;

/// Coordinates of a vertex. PyRadiomics takes the first one along z, the last one along x.
pub(crate) type Point = [f64; 3];

/// The vertices of an icosahedron whose faces were divided by four `subdivisions` times, with
/// the new vertices moved to the sphere each time. Two vertices of the icosahedron have the
/// first, two the second and two the third coordinate 0, as in trimesh.
pub(crate) fn icosphere(subdivisions: usize, radius: f64) -> Vec<Point> {
    let golden = (1.0 + 5f64.sqrt()) / 2.0;
    let scale = (2.0 + golden).sqrt();
    let mut vertices: Vec<Point> = Vec::new();
    for zero in 0..3 {
        for (a, b) in [(-1.0, golden), (1.0, golden), (-1.0, -golden), (1.0, -golden)] {
            let mut vertex = [0.0; 3];
            // (±1, ±φ, 0) and its cyclic permutations.
            vertex[(zero + 1) % 3] = a / scale;
            vertex[(zero + 2) % 3] = b / scale;
            vertices.push(vertex);
        }
    }
    let mut faces = icosahedron_faces(&vertices);
    if subdivisions == 0 {
        vertices.iter_mut().for_each(|v| *v = to_radius(*v, radius));
    }
    for _ in 0..subdivisions {
        let mut middles: BTreeMap<[usize; 2], usize> = BTreeMap::new();
        let mut divided = Vec::with_capacity(4 * faces.len());
        for [a, b, c] in faces {
            let mut middle = |a: usize, b: usize| {
                *middles.entry([a.min(b), a.max(b)]).or_insert_with(|| {
                    let (p, q) = (vertices[a], vertices[b]);
                    vertices.push([0, 1, 2].map(|i| (p[i] + q[i]) / 2.0));
                    vertices.len() - 1
                })
            };
            let (ab, bc, ca) = (middle(a, b), middle(b, c), middle(c, a));
            divided.extend([[a, ab, ca], [b, bc, ab], [c, ca, bc], [ab, bc, ca]]);
        }
        faces = divided;
        vertices.iter_mut().for_each(|v| *v = to_radius(*v, radius));
    }
    vertices
}

/// The faces of an icosahedron: three vertices each, any two of which are neighbours.
fn icosahedron_faces(vertices: &[Point]) -> Vec<[usize; 3]> {
    let distance = |a: usize, b: usize| -> f64 {
        vertices[a].iter().zip(vertices[b]).map(|(x, y)| (x - y) * (x - y)).sum()
    };
    // The edge of an icosahedron of radius 1 is 1.05, the next longer distance 1.70.
    let near = |a, b| distance(a, b) < 1.5;
    let n = vertices.len();
    let mut faces = Vec::new();
    for a in 0..n {
        for b in a + 1..n {
            faces.extend((b + 1..n).filter(|&c| near(a, b) && near(b, c) && near(a, c)).map(|c| [a, b, c]));
        }
    }
    faces
}

fn to_radius(point: Point, radius: f64) -> Point {
    let length = point.iter().map(|x| x * x).sum::<f64>().sqrt();
    point.map(|x| x + x / length * (radius - length))
}

/// Spherical harmonics of a degree as real functions of the points: Y_0, then √2 Re Y_m and then
/// √2 Im Y_m for m = 1 to the degree. As in PyRadiomics the angle from the third axis is taken
/// for the azimuth and the one round it for the polar angle.
pub(crate) fn harmonics(points: &[Point], degree: usize) -> Vec<Vec<f64>> {
    let radius = |p: &Point| p.iter().map(|x| x * x).sum::<f64>().sqrt();
    let angles: Vec<(f64, f64)> =
        points.iter().map(|p| (acos((p[2] / radius(p)).clamp(-1.0, 1.0)), atan2(p[1], p[0]))).collect();
    let function = |m: usize, part: fn(f64) -> f64| -> Vec<f64> {
        let scale = normalisation(degree, m) * if m > 0 { std::f64::consts::SQRT_2 } else { 1.0 };
        let value = |&(azimuth, polar): &(f64, f64)| {
            scale * legendre(degree, m, cos(polar)) * part(m as f64 * azimuth)
        };
        angles.iter().map(value).collect()
    };
    let real = (0..=degree).map(|m| function(m, cos));
    real.chain((1..=degree).map(|m| function(m, sin))).collect()
}

/// The factor √((2n + 1)/4π · (n − m)!/(n + m)!) of a spherical harmonic.
fn normalisation(n: usize, m: usize) -> f64 {
    let ratio: f64 = (n - m + 1..=n + m).map(|k| k as f64).product();
    ((2 * n + 1) as f64 / (4.0 * PI) / ratio).sqrt()
}

/// Associated Legendre function P_n^m(x) with the phase (−1)^m, by its recursion in n.
fn legendre(n: usize, m: usize, x: f64) -> f64 {
    let sine = (1.0 - x * x).max(0.0).sqrt();
    let mut current: f64 = (0..m).map(|k| -((2 * k + 1) as f64) * sine).product();
    let mut before = 0.0;
    for l in m + 1..=n {
        let next = ((2 * l - 1) as f64 * x * current - (l + m - 1) as f64 * before) / (l - m) as f64;
        (before, current) = (current, next);
    }
    current
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn icospheres_have_their_vertices_on_the_sphere() {
        for (subdivisions, count) in [(0, 12), (1, 42), (2, 162), (3, 642)] {
            let vertices = icosphere(subdivisions, 2.5);
            assert_eq!(vertices.len(), count);
            for v in &vertices {
                let length: f64 = v.iter().map(|x| x * x).sum();
                assert!((length.sqrt() - 2.5).abs() < 1e-14);
            }
            // The centre of mass, and the same second moment along each axis.
            for a in 0..3 {
                assert!(vertices.iter().map(|v| v[a]).sum::<f64>().abs() < 1e-11);
                let second = vertices.iter().map(|v| v[a] * v[a]).sum::<f64>();
                assert!((second / (count as f64 * 2.5 * 2.5 / 3.0) - 1.0).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn the_icosahedron_lies_as_in_trimesh() {
        let (short, long) = (0.525_731_112_119_133_6, 0.850_650_808_352_039_9);
        for expected in [[-short, long, 0.0], [0.0, -short, long], [long, 0.0, -short]] {
            let near = |v: &&Point| v.iter().zip(expected).all(|(a, b)| (*a - b).abs() < 1e-15);
            assert_eq!(icosphere(0, 1.0).iter().filter(near).count(), 1);
        }
        // Six of the vertices that dividing adds lie exactly on the axes.
        let on_axis = |v: &&Point| v.iter().filter(|x| **x == 0.0).count() == 2;
        assert_eq!(icosphere(1, 1.0).iter().filter(on_axis).count(), 6);
    }

    #[test]
    fn harmonics_are_the_closed_forms() {
        let points = icosphere(1, 3.0);
        let [zero, one, two] = [0, 1, 2].map(|degree| harmonics(&points, degree));
        for (v, p) in points.iter().enumerate() {
            let (azimuth, polar) = ((p[2] / 3.0).acos(), p[1].atan2(p[0]));
            let sine = polar.sin().abs();
            assert!((zero[0][v] - 0.5 / PI.sqrt()).abs() < 1e-14);
            assert!((one[0][v] - (0.75 / PI).sqrt() * polar.cos()).abs() < 1e-14);
            assert!((one[1][v] + (0.75 / PI).sqrt() * sine * azimuth.cos()).abs() < 1e-14);
            assert!((one[2][v] + (0.75 / PI).sqrt() * sine * azimuth.sin()).abs() < 1e-14);
            let square = polar.cos() * polar.cos();
            assert!((two[0][v] - (5.0 / (16.0 * PI)).sqrt() * (3.0 * square - 1.0)).abs() < 1e-14);
            let double = (15.0 / (16.0 * PI)).sqrt() * sine * sine;
            assert!((two[2][v] - double * (2.0 * azimuth).cos()).abs() < 1e-14);
        }
    }
}
