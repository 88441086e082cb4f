//! Probabilities by a number, such as the sum of two levels, of which few occur.

/// Numbers up to so many for each cell are a table, in which a cell is added in place; more are a list.
const NUMBERS_OF_A_CELL: usize = 16;

/// Sums of probabilities by number, on their way.
pub(super) enum Spread {
    /// By number, 0 where nothing is.
    Table(Vec<f64>),
    /// As they came.
    List(Vec<(usize, f64)>),
}

impl Spread {
    /// For numbers below `numbers`, of which `cells` cells have one each, or two.
    pub fn new(numbers: usize, cells: usize) -> Self {
        if numbers > NUMBERS_OF_A_CELL * cells {
            Self::List(Vec::new())
        } else {
            Self::Table(vec![0.0; numbers])
        }
    }

    /// Adds a probability to those of a number.
    #[inline]
    pub fn add(&mut self, number: usize, p: f64) {
        match self {
            Self::Table(table) => table[number] += p,
            Self::List(list) => list.push((number, p)),
        }
    }

    /// The numbers that occur, in order, each with its sum in the order in which it came.
    pub fn occurring(self) -> Vec<(f64, f64)> {
        let mut list = match self {
            Self::Table(table) => {
                let mut occurring = Vec::with_capacity(table.len());
                for (k, &p) in table.iter().enumerate() {
                    if p != 0.0 {
                        occurring.push((k as f64, p));
                    }
                }
                return occurring;
            }
            Self::List(list) => list,
        };
        // Stable, so that sums of a number are added as in a table.
        list.sort_by_key(|&(k, _)| k);
        let equal = list.chunk_by(|a, b| a.0 == b.0);
        let sums = equal.map(|of| (of[0].0 as f64, of.iter().fold(0.0, |sum, (_, p)| sum + p)));
        sums.filter(|(_, p)| *p != 0.0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_the_sums_of_a_table() {
        let mut state = 7u32;
        let added: Vec<(usize, f64)> = (0..200)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (
                    (state >> 24) as usize % 40,
                    f64::from(state >> 8) * if state & 64 == 0 { 0.0 } else { 1e-9 },
                )
            })
            .collect();
        let of = |cells| {
            let mut spread = Spread::new(40, cells);
            added.iter().for_each(|&(k, p)| spread.add(k, p));
            assert_eq!(matches!(spread, Spread::List(_)), cells == 1);
            spread.occurring()
        };
        assert_eq!(of(1), of(200));
        assert!(of(1).is_sorted_by(|a, b| a.0 < b.0));
    }
}
