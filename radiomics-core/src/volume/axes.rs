//! Work along an axis of a volume: planes side by side on all threads, and within a plane lines side
//! by side, a fixed number at a time, whatever the strides.
//!
//! ```text
//! along axis 0 (z)      plane y = 0      a block of 4 lines
//!   z0  a b c d e f                      line[0] = [a b c d]
//!   z1  g h i j k l                      line[1] = [g h i j]   then e f, k l, q r
//!   z2  m n o p q r                      line[2] = [m n o p]
//! ```
//!
//! Whoever works on a line (a recursion, a distance, a resampling) sees `line[i]` as the places `i` of
//! several lines, a vector of the machine, and does not know which axis it is.

use ndarray::{ArrayView2, ArrayView3, ArrayViewMut2, ArrayViewMut3, Axis};

use crate::work::{check, loops};

/// Calls `work` with every plane that holds the lines along `axis`, of `from` and of `to`: the lines
/// run along the first axis of the planes. Both volumes have the same shape but along `axis`. Planes
/// are shared out among the threads, each of which has a state of its own.
pub(crate) fn each_plane<A: Sync, B: Send + Sync, S: Default>(
    from: ArrayView3<A>,
    to: ArrayViewMut3<B>,
    axis: usize,
    work: impl Fn(&mut S, ArrayView2<A>, ArrayViewMut2<B>) + Sync,
) {
    // Planes lie across y if that is not the axis itself: then x stays together.
    let across = Axis(usize::from(axis != 1));
    let order = if axis == 2 { [1, 0] } else { [0, 1] };
    let (planes, into) = (from.axis_iter(across), to.into_axis_iter_mut(across));
    assert_eq!(planes.len(), into.len(), "planes to read and planes to write");
    loops::each_with(planes.zip(into), S::default, |state, (from, to)| {
        work(state, from.permuted_axes(order), to.permuted_axes(order));
    });
}

/// Rows that are written without asking whether the job is to stop.
const ROWS_BETWEEN_CHECKS: usize = 8;

/// Buffers for `N` lines of a plane at a time: the values that are read, and those that are made of them.
pub(crate) struct Block<A, B, const N: usize> {
    from: Vec<[A; N]>,
    to: Vec<[B; N]>,
}

impl<A, B, const N: usize> Default for Block<A, B, N> {
    fn default() -> Self {
        Self { from: Vec::new(), to: Vec::new() }
    }
}

impl<A: Copy + Default, B: Copy + Default, const N: usize> Block<A, B, N> {
    /// Calls `work` with the lines along the first axis of a plane, `N` side by side, and puts what it
    /// makes of them into the lines of `to`. Behind the last line of a plane there is whatever there
    /// was before, which comes to nothing.
    pub fn each(
        &mut self,
        from: ArrayView2<A>,
        mut to: ArrayViewMut2<B>,
        mut work: impl FnMut(&mut [[A; N]], &mut [[B; N]]),
    ) {
        assert_eq!(from.ncols(), to.ncols(), "lines to read and lines to write");
        self.from.resize(from.nrows(), [A::default(); N]);
        self.to.resize(to.nrows(), [B::default(); N]);
        for first in (0..from.ncols()).step_by(N) {
            for (lanes, row) in self.from.iter_mut().zip(from.rows()) {
                gather(row.to_slice(), row.iter(), first, lanes);
            }
            work(&mut self.from, &mut self.to);
            for (n, (lanes, mut row)) in self.to.iter().zip(to.rows_mut()).enumerate() {
                // The system gives a new volume its pages as it is written to, and the first lines along z may be in
                // all of them.
                if n % ROWS_BETWEEN_CHECKS == 0 {
                    check();
                }
                match row.as_slice_mut() {
                    Some(row) => match row[first..].first_chunk_mut() {
                        Some(block) => *block = *lanes,
                        None => {
                            let rest = &mut row[first..];
                            rest.copy_from_slice(&lanes[..rest.len()]);
                        }
                    },
                    None => row.iter_mut().skip(first).zip(lanes).for_each(|(x, &lane)| *x = lane),
                }
            }
        }
    }
}

/// The values of a row from `first` on, as many as there are lanes.
fn gather<'a, A: Copy + 'a, const N: usize>(
    together: Option<&[A]>,
    row: impl Iterator<Item = &'a A>,
    first: usize,
    lanes: &mut [A; N],
) {
    let Some(together) = together else {
        return lanes.iter_mut().zip(row.skip(first)).for_each(|(lane, &x)| *lane = x);
    };
    // Of a length that is known, copying takes no call.
    match together[first..].first_chunk() {
        Some(block) => *lanes = *block,
        None => {
            let rest = &together[first..];
            lanes[..rest.len()].copy_from_slice(rest);
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array3, ShapeBuilder};
    use proptest::prelude::*;

    use super::*;

    /// The sums from the first place of each line to each place, in lines that are one place longer.
    fn running_sums(from: &mut [[i32; 4]], to: &mut [[i64; 4]]) {
        for lane in 0..4 {
            let mut sum = 0;
            for (place, to) in to.iter_mut().enumerate() {
                sum += from.get(place).map_or(0, |from| i64::from(from[lane]));
                to[lane] = sum;
            }
        }
    }

    proptest! {
        #[test]
        fn blocks_equal_lines(
            shape in [1..6usize, 1..7usize, 1..11usize],
            axis in 0..3usize,
            turned: bool,
        ) {
            let values = Array3::from_shape_fn(shape, |(k, j, i)| ((k * 919 + j * 131 + i * 37) % 101) as i32);
            let mut stored = if turned { Array3::zeros(shape.f()) } else { Array3::zeros(shape) };
            stored.assign(&values);
            let mut longer = shape;
            longer[axis] += 1;
            let mut plain = Array3::<i64>::zeros(longer);
            for (from, to) in values.lanes(Axis(axis)).into_iter().zip(plain.lanes_mut(Axis(axis))) {
                let mut sum = 0;
                for (place, to) in to.into_iter().enumerate() {
                    sum += from.get(place).map_or(0, |&x| i64::from(x));
                    *to = sum;
                }
            }
            let mut made = if turned { Array3::zeros(longer.f()) } else { Array3::zeros(longer) };
            each_plane(stored.view(), made.view_mut(), axis, |block: &mut Block<i32, i64, 4>, from, to| {
                block.each(from, to, running_sums);
            });
            prop_assert_eq!(made, plain);
        }
    }

    #[test]
    #[should_panic(expected = "planes to read and planes to write")]
    fn volumes_of_different_shapes_are_a_mistake() {
        let (from, mut to) = (Array3::<u8>::zeros((2, 3, 4)), Array3::<u8>::zeros((2, 2, 4)));
        each_plane(from.view(), to.view_mut(), 0, |_: &mut (), _, _| {});
    }
}
