//! The maximal correlation coefficient of a window's pairs of levels.
//!
//! It is the second largest singular value of p_ij / √(p_i·p_j), of which the largest is 1. Where the
//! levels fall apart into two sorts, 1 occurs twice and nothing need be computed:
//!
//! ```text
//! levels      pairs along x       sorts
//! 1 2 1       1–2  2–1            1 | 2   always with the other one
//! 5 5 5       5–5  5–5            1 2 | 5   never with each other
//! ```

use super::spectrum::second_singular_value;

/// What [`coefficient`] keeps from window to window.
#[derive(Default)]
pub(super) struct Buffers {
    /// For each level of the window a bit for each of the levels that it is paired with.
    adjacent: Vec<u64>,
    matrix: Vec<f64>,
    /// The roots √p_i of the levels that are in a pair.
    root: Vec<f64>,
    work: Vec<f64>,
    /// For each level of the window its row of the matrix.
    place: Vec<usize>,
}

/// The coefficient of `n` pairs: `cells` are pairs of ranks and their numbers, `members` says by rank
/// how often a level is in a pair. A single level gives 1 if the window has no other, else 0.
pub(super) fn coefficient(cells: &[(u16, u16, u32)], members: &[u32], n: u64, buffers: &mut Buffers) -> f64 {
    let Buffers { adjacent, matrix, root, work, place } = buffers;
    let size = members.iter().filter(|&&m| m > 0).count();
    // Rank 0 is what lies outside, so a window of a single level has two ranks.
    if size < 2 && members.len() > 2 {
        return 0.0;
    }
    if size < 2 || falls_apart(cells, adjacent, members) {
        return 1.0;
    }
    place.clear();
    root.clear();
    for &m in members {
        place.push(root.len());
        if m > 0 {
            root.push((f64::from(m) / (2.0 * n as f64)).sqrt());
        }
    }
    matrix.clear();
    matrix.resize(size * size, 0.0);
    for &(a, b, count) in cells {
        let (i, j) = (place[usize::from(a)], place[usize::from(b)]);
        let element = f64::from(if a == b { 2 * count } else { count }) / (2.0 * n as f64);
        let value = element / (root[i] * root[j]);
        matrix[i * size + j] = value;
        matrix[j * size + i] = value;
    }
    work.resize((3 * size).max(work.len()), 0.0);
    second_singular_value(matrix, root, work)
}

/// Whether the levels of the pairs are of two sorts that are never paired with each other, or only
/// with each other: then the largest singular value, 1, occurs twice. In small windows this is
/// common, and is found faster than the singular values. With more levels than a mask has bits it
/// is left to them.
fn falls_apart(cells: &[(u16, u16, u32)], adjacent: &mut Vec<u64>, members: &[u32]) -> bool {
    if members.len() > u64::BITS as usize {
        return false;
    }
    adjacent.clear();
    adjacent.resize(members.len(), 0);
    let mut all = 0u64;
    for &(a, b, _) in cells {
        adjacent[usize::from(a)] |= 1 << b;
        adjacent[usize::from(b)] |= 1 << a;
        all |= 1 << a | 1 << b;
    }
    // Step by step away from the first level, those an even and those an odd number of steps away.
    let first = all & all.wrapping_neg();
    let (mut reached, mut border) = ([first, 0], first);
    let mut side = 0;
    while border != 0 {
        let mut next = 0;
        while border != 0 {
            next |= adjacent[border.trailing_zeros() as usize];
            border &= border - 1;
        }
        side = 1 - side;
        border = next & !reached[side];
        reached[side] |= border;
    }
    (reached[0] | reached[1]) != all || (reached[0] & reached[1]) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(cells: &[(u16, u16, u32)]) -> f64 {
        let ranks = cells.iter().map(|&(_, b, _)| usize::from(b)).max().unwrap_or(0) + 1;
        let mut members = vec![0; ranks];
        for &(a, b, n) in cells {
            members[usize::from(a)] += n;
            members[usize::from(b)] += n;
        }
        let n = cells.iter().map(|cell| u64::from(cell.2)).sum();
        coefficient(cells, &members, n, &mut Buffers::default())
    }

    /// Levels 1, 2 and 5 of the example at the head of the file, as ranks 1, 2 and 3.
    #[test]
    fn levels_of_two_sorts_tell_each_other() {
        assert_eq!(of(&[(1, 2, 2)]), 1.0);
        assert_eq!(of(&[(1, 2, 2), (1, 1, 1), (3, 3, 2)]), 1.0);
        assert_eq!(of(&[(1, 1, 4)]), 1.0);
        // Level 2 is in the window, but in no pair of this direction.
        assert_eq!(coefficient(&[(1, 1, 4)], &[0, 8, 0], 4, &mut Buffers::default()), 0.0);
        // The matrix [[4, 2], [2, 0]] / 8: both are tied by 1/3.
        assert!((of(&[(1, 1, 2), (1, 2, 2)]) - 1.0 / 3.0).abs() < 1e-15);
    }
}
