//! Contours that cross themselves or each other.

use super::edges::Edge;
use crate::work;

/// Pairs of edges that are compared in a slice: as many as whatever is drawn by hand or by a program needs, and
/// few enough that a million lines across each other end in a moment.
const PAIRS_PER_EDGE: usize = 64;
const PAIRS: usize = 1 << 20;

/// A search for crossings, slice by slice; it keeps its memory.
#[derive(Default)]
pub(super) struct Crossings {
    edges: Vec<(Edge, usize)>,
    /// The edges that reach up to where the search is.
    open: Vec<(Edge, usize)>,
}

impl Crossings {
    /// Appends to `crossing` the contours of a slice that cross themselves or another one: of which two
    /// edges have an inner point in common, and only one. Says whether all were compared.
    pub fn find(
        &mut self,
        contours: &[Vec<[f64; 3]>],
        order: [usize; 3],
        members: &[usize],
        crossing: &mut Vec<usize>,
    ) -> bool {
        self.edges.clear();
        self.open.clear();
        let first = crossing.len();
        for &n in members {
            self.edges.extend(Edge::all(&contours[n], order).map(|edge| (edge, n)));
        }
        self.edges.sort_unstable_by(|a, b| a.0.from[0].total_cmp(&b.0.from[0]));
        let mut left = PAIRS + PAIRS_PER_EDGE * self.edges.len();
        for &(edge, n) in &self.edges {
            work::check();
            self.open.retain(|(other, _)| other.to[0] > edge.from[0]);
            let Some(after) = left.checked_sub(self.open.len()) else {
                tidy(crossing, first);
                return false;
            };
            left = after;
            for &(other, m) in &self.open {
                if cross(&edge, &other) {
                    crossing.extend([n, m]);
                }
            }
            // A contour is named once, however often it crosses.
            if crossing.len() - first > 2 * members.len() + 64 {
                tidy(crossing, first);
            }
            self.open.push((edge, n));
        }
        tidy(crossing, first);
        true
    }
}

/// Sorts what is behind `first`, each number once.
fn tidy(numbers: &mut Vec<usize>, first: usize) {
    let mut tail = numbers.split_off(first);
    tail.sort_unstable();
    tail.dedup();
    numbers.append(&mut tail);
}

/// Whether two edges cross, each with its ends on both sides of the other: those that only touch do not.
fn cross(a: &Edge, b: &Edge) -> bool {
    let x = |e: &Edge| if e.from[1] <= e.to[1] { [e.from[1], e.to[1]] } else { [e.to[1], e.from[1]] };
    let ([a0, a1], [b0, b1]) = (x(a), x(b));
    if a1 <= b0 || b1 <= a0 {
        return false;
    }
    let side = |e: &Edge, p: [f64; 2]| {
        (e.to[0] - e.from[0]) * (p[1] - e.from[1]) - (e.to[1] - e.from[1]) * (p[0] - e.from[0])
    };
    let apart = |e: &Edge, other: &Edge| {
        let (one, two) = (side(e, other.from), side(e, other.to));
        // What rounding may make of a touch is no crossing: contours share corners all the time.
        let least = 1e-9 * (e.to[0] - e.from[0]).abs().max((e.to[1] - e.from[1]).abs());
        one > least && two < -least || one < -least && two > least
    };
    apart(a, b) && apart(b, a)
}
