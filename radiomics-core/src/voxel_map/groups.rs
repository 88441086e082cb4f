//! What an aggregation makes of a window: pairs of places, or lines of them.
//!
//! A place is an index into the window in (z, y, x) order. A group of an aggregation's plan is a
//! list of pairs or of lines, whatever slices and directions it is made of.

use crate::texture::aggregation::{Aggregation, Span, plan};
use crate::texture::neighbourhood::{ANY, half_directions};

/// The places of a window of `shape` (z, y, x).
#[derive(Clone, Copy)]
pub(super) struct Places {
    pub shape: [usize; 3],
}

impl Places {
    fn index(&self, [k, j, i]: [usize; 3]) -> u16 {
        ((k * self.shape[1] + j) * self.shape[2] + i) as u16
    }

    fn moved(&self, at: [usize; 3], offset: [i32; 3]) -> Option<[usize; 3]> {
        let to: [usize; 3] = std::array::from_fn(|a| at[a].wrapping_add_signed(offset[a] as isize));
        (0..3).all(|a| to[a] < self.shape[a]).then_some(to)
    }

    fn of_span(&self, span: Span) -> impl Iterator<Item = [usize; 3]> {
        let [nz, ny, nx] = self.shape;
        span.slices(nz).flat_map(move |k| (0..ny * nx).map(move |at| [k, at / nx, at % nx]))
    }

    /// The places of a span, in order.
    pub fn places(&self, span: Span) -> Vec<u16> {
        self.of_span(span).map(|at| self.index(at)).collect()
    }

    /// Pairs of places of a span that are neighbours at `offset`.
    pub fn pairs(&self, span: Span, offset: [i32; 3]) -> Vec<[u16; 2]> {
        let pair = |at| Some([self.index(at), self.index(self.moved(at, offset)?)]);
        self.of_span(span).filter_map(pair).collect()
    }

    /// Lines of places of a span along `offset`, one after the other, each from one border of
    /// the window to the other.
    pub fn lines(&self, span: Span, offset: [i32; 3]) -> Lines {
        let back = offset.map(|c| -c);
        let mut lines = Lines::default();
        for first in self.of_span(span).filter(|&at| self.moved(at, back).is_none()) {
            let line = std::iter::successors(Some(first), |&at| self.moved(at, offset));
            lines.places.extend(line.map(|at| self.index(at)));
            lines.ends.push(lines.places.len());
        }
        lines
    }
}

/// Lines of places, one after the other.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Lines {
    pub places: Vec<u16>,
    /// Where each line ends in `places`.
    pub ends: Vec<usize>,
}

/// Places and the pairs of neighbours among them.
pub(super) struct Neighbours {
    pub places: Vec<u16>,
    pub pairs: Vec<[u16; 2]>,
}

impl Neighbours {
    /// The groups of an aggregation of a family without directions, where neighbours are those
    /// at `distances`.
    pub fn groups(places: &Places, aggregation: Aggregation, distances: &[u32]) -> Vec<Self> {
        let unit = |span: Span, _, _| {
            let offsets = half_directions(distances, span == Span::Volume, ANY);
            let pairs = offsets.into_iter().flat_map(|offset| places.pairs(span, offset));
            (places.places(span), pairs.collect())
        };
        let none = [vec![[0; 3]], vec![[0; 3]]];
        groups(aggregation, places.shape[0], &none, unit).into_iter().map(Self::merged).collect()
    }

    fn merged(units: Vec<(Vec<u16>, Vec<[u16; 2]>)>) -> Self {
        let (places, pairs): (Vec<_>, Vec<_>) = units.into_iter().unzip();
        Self { places: places.concat(), pairs: pairs.concat() }
    }
}

/// The groups of an aggregation, each unit of them made by `unit` from its span and direction.
pub(super) fn groups<T>(
    aggregation: Aggregation,
    slices: usize,
    [planar, volumetric]: &[Vec<[i32; 3]>; 2],
    mut unit: impl FnMut(Span, usize, [i32; 3]) -> T,
) -> Vec<Vec<T>> {
    let mut make = |(span, direction): (Span, usize)| {
        let directions = if span == Span::Volume { volumetric } else { planar };
        unit(span, direction, directions[direction])
    };
    plan(aggregation, slices, planar.len(), volumetric.len())
        .into_iter()
        .map(|group| group.into_iter().map(&mut make).collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_and_lines_of_a_plane() {
        // 0 1 2
        // 3 4 5
        let places = Places { shape: [1, 2, 3] };
        assert_eq!(places.pairs(Span::Volume, [0, 0, 1]), [[0, 1], [1, 2], [3, 4], [4, 5]]);
        assert_eq!(places.pairs(Span::Slice(0), [0, 1, -1]), [[1, 3], [2, 4]]);
        let lines = places.lines(Span::Volume, [0, 1, 1]);
        assert_eq!(lines, Lines { places: vec![0, 4, 1, 5, 2, 3], ends: vec![2, 4, 5, 6] });
    }

    #[test]
    fn a_cube_has_158_pairs_in_13_directions() {
        let places = Places { shape: [3, 3, 3] };
        let directions = half_directions(&[1], true, ANY);
        let number = |o: &[i32; 3]| places.pairs(Span::Volume, *o).len();
        assert_eq!(directions.iter().map(number).sum::<usize>(), 158);
        for offset in directions {
            assert_eq!(places.lines(Span::Volume, offset).places.len(), 27);
        }
    }
}
