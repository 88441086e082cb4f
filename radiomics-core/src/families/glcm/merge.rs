//! Sums of co-occurrence matrices, row by row, as lists of cells.

use crate::kernels::pages;
use crate::kernels::pairs::Pairs;
use crate::work::{Held, hold_cells};

/// Levels up to which a row is looked through as a whole for the cells that occur.
const FEW_LEVELS: usize = 512;

/// Levels up to which all cells have a place each.
const DENSE: usize = 128;

/// The levels of two neighbours, and how often they are neighbours.
type Pair = (u16, u16, u64);

/// The weighted sum of matrices, cell by cell, in order and without empty cells. If `folded`,
/// (j, i) counts as (i, j) for j > i, which leaves the cells on and above the diagonal.
pub(super) fn sum(directions: &[(f64, &Pairs)], folded: bool) -> Vec<(usize, usize, f64)> {
    let size = directions.iter().map(|(_, pairs)| levels(pairs)).max().unwrap_or(0);
    if size <= DENSE { dense(directions, folded, size) } else { by_row(directions, folded, size) }
}

/// As [`sum`], of few levels.
fn dense(directions: &[(f64, &Pairs)], folded: bool, size: usize) -> Vec<(usize, usize, f64)> {
    let mut table = vec![0.0; size * size];
    for (weight, pairs) in directions {
        for &(i, j, n) in *pairs {
            let (i, j) = if folded { (i.min(j), i.max(j)) } else { (i, j) };
            table[usize::from(i) * size + usize::from(j)] += weight * n as f64;
        }
    }
    let mut cells = pages::room(most_cells(directions, folded, size));
    for (i, row) in table.chunks_exact(size.max(1)).enumerate() {
        let first = if folded { i } else { 0 };
        let occurring = (first..).zip(&row[first..]).filter(|(_, n)| **n != 0.0);
        cells.extend(occurring.map(|(j, &n)| (i, j, n)));
    }
    cells
}

/// How many cells a sum has at most.
fn most_cells(directions: &[(f64, &Pairs)], folded: bool, size: usize) -> usize {
    let listed: usize = directions.iter().map(|(_, pairs)| pairs.len()).sum();
    listed.min(if folded { size * (size + 1) / 2 } else { size * size })
}

/// As [`sum`], of any number of levels.
fn by_row(directions: &[(f64, &Pairs)], folded: bool, size: usize) -> Vec<(usize, usize, f64)> {
    let below: Vec<(Pairs, Held)> =
        directions.iter().filter(|_| folded).map(|(_, pairs)| transposed(pairs)).collect();
    let no_cells = Pairs::new();
    // For each direction what is left of its cells, in order of rows.
    let mut left: Vec<(f64, [&[Pair]; 2])> = directions
        .iter()
        .enumerate()
        .map(|(d, &(weight, pairs))| {
            (weight, [&pairs[..], below.get(d).map_or(&no_cells[..], |(pairs, _)| pairs)])
        })
        .collect();
    let mut row = vec![0.0; size];
    let most = most_cells(directions, folded, size);
    let _held = hold_cells::<(usize, usize, f64)>(most);
    let (mut touched, mut cells) = (Vec::new(), pages::room(most));
    // Of many levels few occur.
    let next = |left: &[(f64, [&[Pair]; 2])]| {
        left.iter()
            .flat_map(|(_, lists)| lists)
            .filter_map(|list| list.first())
            .map(|cell| usize::from(cell.0))
            .min()
    };
    let mut last = None;
    while let Some(i) = next(&left) {
        assert!(last < Some(i), "pairs of a direction that are not in the order of their rows");
        last = Some(i);
        for (weight, lists) in &mut left {
            for list in lists {
                let in_row = list.iter().take_while(|cell| usize::from(cell.0) == i).count();
                let (now, later) = list.split_at(in_row);
                *list = later;
                for &(_, j, n) in now.iter().filter(|cell| !folded || cell.0 <= cell.1) {
                    row[usize::from(j)] += *weight * n as f64;
                    if size > FEW_LEVELS {
                        touched.push(usize::from(j));
                    }
                }
            }
        }
        let mut take = |j: usize| {
            let n = std::mem::take(&mut row[j]);
            if n != 0.0 {
                cells.push((i, j, n));
            }
        };
        if size > FEW_LEVELS && touched.len() * 16 < size {
            touched.sort_unstable();
            touched.iter().for_each(|&j| take(j));
        } else {
            (0..size).for_each(take);
        }
        touched.clear();
    }
    cells
}

/// The number of levels that pairs have room for: one more than the highest level.
fn levels(pairs: &Pairs) -> usize {
    pairs.iter().map(|cell| usize::from(cell.0.max(cell.1)) + 1).max().unwrap_or(0)
}

/// The cells below the diagonal as cells above it, in order.
fn transposed(pairs: &Pairs) -> (Pairs, Held) {
    let mut begins = vec![0usize; levels(pairs)];
    let below = || pairs.iter().filter(|cell| cell.0 > cell.1);
    below().for_each(|cell| begins[usize::from(cell.1)] += 1);
    let mut total = 0;
    for begin in &mut begins {
        total += std::mem::replace(begin, total);
    }
    let held = hold_cells::<Pair>(total);
    let mut cells = pages::filled(total, (0, 0, 0));
    for &(i, j, n) in below() {
        let place = &mut begins[usize::from(j)];
        cells[*place] = (j, i, n);
        *place += 1;
    }
    (cells, held)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn sums_equal_the_definition() {
        let matrix = |seed: u64, far: u16| -> Pairs {
            let mut cells = BTreeMap::new();
            for n in 0..60u64 {
                let level = |factor: u64| ((seed + n) * factor % 11) as u16 * far + 1;
                cells.insert((level(7), level(5)), n + 1);
            }
            cells.into_iter().map(|((i, j), n)| (i, j, n)).collect()
        };
        // Rows that are looked through, and rows of which only what was touched is.
        for far in [1, 40, 2000] {
            let (a, b) = (matrix(3, far), matrix(8, far));
            for folded in [false, true] {
                let mut expected = BTreeMap::new();
                for (weight, cells) in [(1.0, &a), (0.5, &b)] {
                    for &(i, j, n) in cells {
                        let (i, j) = if folded { (i.min(j), i.max(j)) } else { (i, j) };
                        *expected.entry((usize::from(i), usize::from(j))).or_insert(0.0) += weight * n as f64;
                    }
                }
                let expected: Vec<_> = expected.into_iter().map(|((i, j), n)| (i, j, n)).collect();
                let weighted = [(1.0, &a), (0.5, &b)];
                assert_eq!(sum(&weighted, folded), expected);
                let size = levels(&a).max(levels(&b));
                assert_eq!(by_row(&weighted, folded, size), expected);
            }
        }
    }
}
