//! The convex hull of mesh vertices, in whole numbers of half voxels: exact, however many
//! points lie in one plane (Barber, Dobkin and Huhdanpaa 1996, "Quickhull").

use super::cubes::{Point, cross, minus};
use super::mesh::{Mesh, length_mm2};
use super::outline;
use crate::kernels::Isa;
use crate::kernels::directions::{self, Vectors};

/// A convex hull, its faces split into triangles.
#[derive(Clone, Debug)]
pub(super) struct Hull {
    /// Corners (z, y, x) in half voxels. Some may lie within an edge or a face.
    pub corners: Vec<Point>,
    /// Twice the area vectors of the triangles, pointing outwards.
    pub normals: Vec<Point>,
    /// Each pair of triangles that share an edge, and the corners at its ends.
    pub edges: Vec<Edge>,
    /// Six times the volume in half voxels.
    determinant: i128,
    spacing_mm: [f64; 3],
}

/// An edge of a hull.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    /// The triangles on either side of the edge.
    pub faces: [u32; 2],
    /// The corners at the ends of the edge.
    pub corners: [u32; 2],
}

/// A triangle of the hull while it grows.
struct Face {
    corners: [usize; 3],
    normal: Point,
    /// The neighbours of the face, by edge: entry i lies across the edge from corner i to corner i + 1.
    neighbours: [usize; 3],
    /// The first and the last of the points that are outside of this face and not yet in the hull.
    outside: Option<[usize; 2]>,
    is_alive: bool,
}

impl Mesh {
    /// Largest distance between vertices in mm; 0 for a mesh without triangles.
    pub fn diameter_mm(&self) -> f64 {
        Hull::of_mesh(self).map_or(0.0, |hull| hull.diameter_mm(Isa::best()))
    }
}

impl Hull {
    /// The hull of a mesh; `None` for one without triangles.
    pub fn of_mesh(mesh: &Mesh) -> Option<Self> {
        Self::new(&outline::candidates(mesh.along_x()), mesh.spacing_mm())
    }

    /// The hull of points in half voxels; `None` when all lie in one plane.
    pub(super) fn new(points: &[Point], spacing_mm: [f64; 3]) -> Option<Self> {
        let faces = Builder::start(points)?.finish();
        let mut used: Vec<usize> = faces.iter().flat_map(|f| f.corners).collect();
        used.sort_unstable();
        used.dedup();
        let mut place = vec![0; points.len()];
        used.iter().enumerate().for_each(|(n, &point)| place[point] = n as u32);
        let origin = points[faces[0].corners[0]];
        let determinant = faces.iter().map(|f| dot(f.normal, minus(points[f.corners[0]], origin))).sum();
        let edges = faces.iter().enumerate().flat_map(|(n, face)| {
            let ends = |edge: usize| [face.corners[edge], face.corners[(edge + 1) % 3]].map(|c| place[c]);
            let once = (0..3).filter(move |&edge| n < face.neighbours[edge]);
            once.map(move |edge| Edge {
                faces: [n, face.neighbours[edge]].map(|f| f as u32),
                corners: ends(edge),
            })
        });
        Some(Self {
            edges: edges.collect(),
            corners: used.iter().map(|&i| points[i]).collect(),
            normals: faces.iter().map(|f| f.normal).collect(),
            determinant,
            spacing_mm,
        })
    }

    /// Volume of the hull in mm³.
    pub fn volume_mm3(&self) -> f64 {
        self.determinant as f64 / 48.0 * self.spacing_mm.iter().product::<f64>()
    }

    /// Surface area of the hull in mm².
    pub fn area_mm2(&self) -> f64 {
        self.normals.iter().map(|&n| length_mm2(n, self.spacing_mm)).sum::<f64>() / 8.0
    }

    /// Corners (z, y, x) of the hull in mm.
    pub fn corners_mm(&self) -> Vec<[f64; 3]> {
        (0..self.corners.len()).map(|corner| self.corner_mm(corner)).collect()
    }

    /// A corner (z, y, x) of the hull in mm.
    pub fn corner_mm(&self, corner: usize) -> [f64; 3] {
        std::array::from_fn(|a| self.corners[corner][a] as f64 / 2.0 * self.spacing_mm[a])
    }

    /// Area vectors of the triangles in mm², pointing outwards.
    pub fn face_vectors_mm2(&self) -> impl Iterator<Item = [f64; 3]> {
        let volume: f64 = self.spacing_mm.iter().product();
        self.normals
            .iter()
            .map(move |n| std::array::from_fn(|a| n[a] as f64 / 8.0 * volume / self.spacing_mm[a]))
    }

    /// The area vectors in mm² of the two triangles beside each edge.
    pub fn faces_beside_edges_mm2(&self) -> [Vec<[f64; 3]>; 2] {
        let faces: Vec<[f64; 3]> = self.face_vectors_mm2().collect();
        [0, 1].map(|side| self.edges.iter().map(|edge| faces[edge.faces[side] as usize]).collect())
    }

    /// Largest distance between corners in mm, which is that between any two points of the hull.
    pub fn diameter_mm(&self, isa: Isa) -> f64 {
        directions::diameter(isa, &Vectors::new(self.corners_mm().into_iter()))
    }

    /// The directions at right angles to faces, in mm, each once, and the vector of all faces that
    /// have it or the opposite one: along it, as long as their area in mm².
    pub fn face_directions(&self) -> Vec<([f64; 3], [f64; 3])> {
        let mut directions: Vec<(Point, i64)> = self.normals.iter().map(|&n| primitive(n)).collect();
        directions.sort_unstable();
        let volume: f64 = self.spacing_mm.iter().product();
        let same = directions.chunk_by(|a, b| a.0 == b.0);
        let both = same.map(|same| {
            let way = std::array::from_fn(|a| same[0].0[a] as f64 / self.spacing_mm[a]);
            let length = same.iter().map(|(_, length)| *length as f64).sum::<f64>();
            (way, way.map(|w| w * length / 8.0 * volume))
        });
        both.collect()
    }
}

/// The shortest whole-number vector along `n` or against it, and how many times as long `n` is.
fn primitive(n: Point) -> (Point, i64) {
    let gcd = |mut a: i64, mut b: i64| {
        while b != 0 {
            (a, b) = (b, a % b);
        }
        a
    };
    let divisor = n.into_iter().fold(0, |d, v| gcd(d, v).abs());
    let first = n.into_iter().find(|&v| v != 0).expect("a triangle of the hull has an area");
    (n.map(|v| v / (divisor * first.signum())), divisor)
}

/// The scalar product of a vector product and a vector. Vector products fit 64 bits for axes of up to 2²⁸
/// voxels; the product with a third vector may not.
fn dot(a: Point, b: Point) -> i128 {
    (0..3).map(|i| i128::from(a[i]) * i128::from(b[i])).sum()
}

/// Coordinates from 0 to below this bound keep products of three vectors within 64 bits: 3·2·(2²⁰)³ is
/// less than 2⁶³.
const NARROW: i64 = 1 << 20;

struct Builder<'a> {
    points: &'a [Point],
    faces: Vec<Face>,
    is_narrow: bool,
    /// For each point on the rim of a hole, the new face whose edge on the rim begins there, and the one
    /// whose edge ends there.
    rim_faces: Vec<[usize; 2]>,
    /// For each point that is outside of a face, the next one in the list of that face.
    next_outside: Vec<Option<usize>>,
    /// What is reused for each point that is added to the hull.
    lists: Lists,
}

/// What a hull goes through to take in a point.
#[derive(Default)]
struct Lists {
    /// The points that were outside of faces that are gone.
    orphans: Vec<usize>,
    /// The edges of the hole: their corners, and the face beyond.
    rim: Vec<[usize; 3]>,
    /// Faces that are gone, whose neighbours have not been looked at.
    stack: Vec<usize>,
}

impl<'a> Builder<'a> {
    /// A hull to start from: a tetrahedron of points far apart.
    fn start(points: &'a [Point]) -> Option<Self> {
        let all = || 0..points.len();
        let a = all().min_by_key(|&i| points[i])?;
        let b = all().max_by_key(|&i| points[i])?;
        let along = minus(points[b], points[a]);
        let c = all().max_by_key(|&i| {
            let side = cross(along, minus(points[i], points[a]));
            dot(side, side)
        })?;
        let normal = cross(along, minus(points[c], points[a]));
        let height = |i: usize| dot(normal, minus(points[i], points[a]));
        let d = all().max_by_key(|&i| height(i).abs())?;
        let [a, b, c, d] = match height(d) {
            0 => return None,
            // Seen from d, the base turns clockwise.
            h if h > 0 => [a, c, b, d],
            _ => [a, b, c, d],
        };
        let is_narrow = points.iter().flatten().all(|v| (0..NARROW).contains(v));
        let rim_faces = vec![[0; 2]; points.len()];
        let next_outside = vec![None; points.len()];
        let (faces, lists) = (Vec::new(), Lists::default());
        let mut builder = Self { points, faces, is_narrow, rim_faces, next_outside, lists };
        builder.add([a, b, c], [1, 2, 3]);
        builder.add([b, a, d], [0, 3, 2]);
        builder.add([c, b, d], [0, 1, 3]);
        builder.add([a, c, d], [0, 2, 1]);
        builder.share(all(), 0);
        Some(builder)
    }

    fn add(&mut self, corners: [usize; 3], neighbours: [usize; 3]) {
        let [a, b, c] = corners.map(|i| self.points[i]);
        let normal = cross(minus(b, a), minus(c, a));
        self.faces.push(Face { corners, normal, neighbours, outside: None, is_alive: true });
    }

    /// How far a point is outside of a face: below 0 is inside, 0 in its plane.
    fn height(&self, face: usize, point: usize) -> i128 {
        let face = &self.faces[face];
        let to = minus(self.points[point], self.points[face.corners[0]]);
        if self.is_narrow {
            return i128::from((0..3).map(|i| face.normal[i] * to[i]).sum::<i64>());
        }
        dot(face.normal, to)
    }

    /// The points that are in the list of a face.
    fn outside(&self, face: usize) -> impl Iterator<Item = usize> {
        let first = self.faces[face].outside.map(|[first, _]| first);
        std::iter::successors(first, |&point| self.next_outside[point])
    }

    /// Gives each point to one of the faces from `first` on that it is outside of.
    fn share(&mut self, points: impl Iterator<Item = usize>, first: usize) {
        for point in points {
            if let Some(face) = (first..self.faces.len()).find(|&f| self.height(f, point) > 0) {
                self.next_outside[point] = None;
                self.faces[face].outside = Some(match self.faces[face].outside {
                    Some([first, last]) => {
                        self.next_outside[last] = Some(point);
                        [first, point]
                    }
                    None => [point; 2],
                });
            }
        }
    }

    fn finish(mut self) -> Vec<Face> {
        let mut next = 0;
        // Faces made on the way are appended, so one pass meets all of them.
        while next < self.faces.len() {
            let farthest = self.outside(next).max_by_key(|&p| self.height(next, p));
            match farthest {
                Some(point) if self.faces[next].is_alive => self.extend_to(point, next),
                _ => next += 1,
            }
        }
        // Neighbours are numbered anew without the faces that are gone.
        let mut alive = 0;
        let renumbered: Vec<usize> = self
            .faces
            .iter()
            .map(|f| {
                alive += usize::from(f.is_alive);
                alive.wrapping_sub(1)
            })
            .collect();
        self.faces.retain(|f| f.is_alive);
        for face in &mut self.faces {
            face.neighbours = face.neighbours.map(|n| renumbered[n]);
        }
        self.faces
    }

    /// Replaces the faces that `point` is strictly outside of by faces from their rim to it. The faces
    /// replaced form a disc also when the point lies in the plane of others: those would be hidden from a
    /// point a little nearer to the hull.
    fn extend_to(&mut self, point: usize, seen_from: usize) {
        let Lists { mut orphans, mut rim, mut stack } = std::mem::take(&mut self.lists);
        stack.push(seen_from);
        self.faces[seen_from].is_alive = false;
        while let Some(face) = stack.pop() {
            orphans.extend(self.outside(face).filter(|&other| other != point));
            for edge in 0..3 {
                let neighbour = self.faces[face].neighbours[edge];
                if !self.faces[neighbour].is_alive {
                    // Seen already, within the disc.
                } else if self.height(neighbour, point) > 0 {
                    self.faces[neighbour].is_alive = false;
                    stack.push(neighbour);
                } else {
                    let corners = self.faces[face].corners;
                    rim.push([corners[edge], corners[(edge + 1) % 3], neighbour]);
                }
            }
        }
        let first = self.faces.len();
        // The rim is one loop: the corner where a new face begins is where another one ends.
        for (n, &[a, b, _]) in rim.iter().enumerate() {
            self.rim_faces[a][0] = first + n;
            self.rim_faces[b][1] = first + n;
        }
        for &[a, b, neighbour] in &rim {
            let this = self.faces.len();
            self.add([a, b, point], [neighbour, self.rim_faces[b][0], self.rim_faces[a][1]]);
            let outer = &mut self.faces[neighbour];
            // Across the rim the edge runs from b to a.
            let edge = outer.corners.iter().position(|&c| c == b);
            outer.neighbours[edge.expect("the face across the rim has both ends of the edge")] = this;
        }
        self.share(orphans.drain(..), first);
        rim.clear();
        self.lists = Lists { orphans, rim, stack };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;
    use proptest::prelude::*;

    #[test]
    fn a_lattice_cube() {
        // 5 × 5 × 5 points: most lie within faces or edges, and none of them matters.
        let points: Vec<Point> = (0..125).map(|n| [n / 25, n / 5 % 5, n % 5]).collect();
        let hull = Hull::new(&points, [2.0, 2.0, 4.0]).unwrap();
        assert_relative_eq!(hull.volume_mm3(), 4.0 * 4.0 * 8.0);
        assert_relative_eq!(hull.area_mm2(), 2.0 * 16.0 + 4.0 * 32.0);
        assert_eq!(hull.face_directions().len(), 3);
        assert_relative_eq!(hull.diameter_mm(Isa::best()), 96f64.sqrt());
    }

    #[test]
    fn a_plane_has_no_hull() {
        let points: Vec<Point> = (0..25).map(|n| [n / 5, n % 5, n / 5 + n % 5]).collect();
        assert!(Hull::new(&points, [1.0; 3]).is_none());
        assert!(Hull::new(&[], [1.0; 3]).is_none());
        assert!(Hull::new(&[[1, 2, 3]; 5], [1.0; 3]).is_none());
    }

    proptest! {
        /// No point is outside of a face, every edge joins two faces, and the hull of the
        /// corners is the hull.
        #[test]
        fn hulls_hold_all_points(points in prop::collection::vec([0..6i64, 0..6i64, 0..6i64], 4..80)) {
            if let Some(builder) = Builder::start(&points) {
                let faces = builder.finish();
                let mut edges: Vec<[usize; 2]> = Vec::new();
                for face in &faces {
                    let [a, b, c] = face.corners;
                    edges.extend([[a, b], [b, c], [c, a]]);
                    for &p in &points {
                        prop_assert!(dot(face.normal, minus(p, points[a])) <= 0);
                    }
                }
                let n = edges.len();
                edges.sort_unstable();
                edges.dedup();
                prop_assert_eq!(edges.len(), n);
                for [a, b] in &edges {
                    prop_assert!(edges.binary_search(&[*b, *a]).is_ok());
                }
                let hull = Hull::new(&points, [1.0; 3]).unwrap();
                prop_assert_eq!(hull.edges.len() * 2, hull.normals.len() * 3);
                for edge in &hull.edges {
                    let [p, q] = edge.corners.map(|c| hull.corners[c as usize]);
                    for face in edge.faces {
                        prop_assert_eq!(dot(hull.normals[face as usize], minus(p, q)), 0);
                    }
                }
                let again = Hull::new(&hull.corners, [1.0; 3]).unwrap();
                prop_assert_eq!(hull.determinant, again.determinant);
            }
        }
    }
}
