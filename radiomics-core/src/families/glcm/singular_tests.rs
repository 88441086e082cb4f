use super::*;
use proptest::prelude::*;

/// The second largest of all singular values, which are computed in full.
fn plain(matrix: &nalgebra::DMatrix<f64>) -> f64 {
    all_but_the_largest(matrix)[0]
}

/// Singular values but the largest, from the second largest on.
fn all_but_the_largest(matrix: &nalgebra::DMatrix<f64>) -> Vec<f64> {
    let p: Vec<f64> = matrix.row_iter().map(|row| row.sum()).collect();
    let q: Vec<f64> = matrix.column_iter().map(|column| column.sum()).collect();
    let scaled = nalgebra::DMatrix::from_fn(p.len(), q.len(), |i, j| {
        matrix[(i, j)] / (p[i] * q[j] + f64::EPSILON).sqrt()
    });
    let mut values: Vec<f64> = scaled.singular_values().iter().copied().collect();
    values.sort_by(|a, b| b.total_cmp(a));
    values.split_off(1)
}

/// Whether a value was found by steps whose basis is forgotten: of several that differ by less than 1e-6 any may be.
fn is_found(found: f64, matrix: &nalgebra::DMatrix<f64>) -> bool {
    let values = all_but_the_largest(matrix);
    let least = values.iter().rfind(|&&value| value > values[0] - 1e-6).unwrap();
    found > least - 1e-12 && found < values[0] + 1e-12
}

/// As PyRadiomics has it: the root of the second largest eigenvalue of Q.
fn of_pyradiomics(matrix: &nalgebra::DMatrix<f64>) -> f64 {
    let p: Vec<f64> = matrix.row_iter().map(|row| row.sum()).collect();
    let n = p.len();
    let q = nalgebra::DMatrix::from_fn(n, n, |i, j| {
        (0..n).map(|k| matrix[(i, k)] * matrix[(j, k)] / (p[i] * p[k] + f64::EPSILON)).sum::<f64>()
    });
    let mut values: Vec<f64> = q.complex_eigenvalues().iter().map(|value| value.re).collect();
    values.sort_by(f64::total_cmp);
    values[n - 2].sqrt()
}

fn of_symmetric(matrix: &nalgebra::DMatrix<f64>) -> f64 {
    let p: Vec<f64> = matrix.row_iter().map(|row| row.sum()).collect();
    let places = (0..p.len()).flat_map(|i| (i..p.len()).map(move |j| (i, j)));
    let cells = places.map(|(i, j)| (i, j, matrix[(i, j)])).filter(|cell| cell.2 > 0.0);
    Deflated::symmetric(cells, &p).largest(Isa::best())
}

#[test]
fn epsilon_is_added_to_products_of_rare_levels() {
    // Level 3 is rare: its products are down to 1e-12, which shows in the twelfth digit.
    #[rustfmt::skip]
    let mixed = nalgebra::DMatrix::from_row_slice(3, 3, &[
        5e-1, 1e-1, 5e-7,
        1e-1, 3e-1, 2e-7,
        5e-7, 2e-7, 1e-7,
    ]);
    let mixed = &mixed / mixed.sum();
    let (value, theirs) = (of_symmetric(&mixed), of_pyradiomics(&mixed));
    assert!((value - theirs).abs() < 1e-14, "{value} {theirs}");
    // Levels 3 and 4 are rare and keep to themselves: of the two, the less rare one is second.
    #[rustfmt::skip]
    let apart = nalgebra::DMatrix::from_row_slice(4, 4, &[
        5e-1, 1e-1, 0.0, 0.0,
        1e-1, 3e-1, 0.0, 0.0,
        0.0, 0.0, 2e-6, 0.0,
        0.0, 0.0, 0.0, 8e-6,
    ]);
    let apart = &apart / apart.sum();
    let (value, theirs) = (of_symmetric(&apart), of_pyradiomics(&apart));
    assert!((value - theirs).abs() < 1e-10, "{value} {theirs}");
    let second = 1.0 - 0.5 * f64::EPSILON / (8e-6f64).powi(2);
    assert!((value - second).abs() < 1e-10, "{value} {second}");
}

#[test]
fn matrices_of_many_levels_take_few_steps() {
    // Neighbours are alike, as in images, with rare levels at both ends.
    for (levels, spread) in [(65, 3.0), (66, 9.0), (130, 20.0), (300, 8.0)] {
        let bell = |x: f64, width: f64| (-x * x / (2.0 * width * width)).exp();
        let middle = levels as f64 / 2.0;
        let matrix = nalgebra::DMatrix::from_fn(levels, levels, |i, j| {
            let [i, j] = [i, j].map(|level| level as f64);
            let noise = 1.0 + 0.3 * (i * 12.7 + j * 12.7).sin();
            (1e4 * noise * bell(i - j, spread) * bell(i + j - 2.0 * middle, levels as f64 / 3.0)).round()
                + f64::from(i == j)
        });
        let matrix = &matrix / matrix.sum();
        let places = (0..levels).flat_map(|i| (i..levels).map(move |j| (i, j)));
        let cells = || places.clone().map(|(i, j)| (i, j, matrix[(i, j)])).filter(|cell| cell.2 > 0.0);
        let p: Vec<f64> = matrix.row_iter().map(|row| row.sum()).collect();
        let given = Deflated::symmetric(cells(), &p);
        let forgotten = given.largest_of_many(Isa::best(), Basis::Forgotten);
        let kept = given.largest_of_many(Isa::best(), Basis::Kept(Vec::new()));
        assert_eq!(forgotten, Some(given.largest(Isa::best())), "{levels}");
        for found in [forgotten.unwrap(), kept.unwrap()] {
            assert!((found - plain(&matrix)).abs() < 1e-13, "{levels}: {found} {}", plain(&matrix));
        }
    }
}

proptest! {
    #[test]
    fn the_second_largest_singular_value(
        (rows, columns, counts) in (2usize..40, 2usize..40).prop_flat_map(|(rows, columns)| {
            // Most cells are empty, as in matrices of many levels.
            let count = prop_oneof![4 => Just(0u32), 1 => 1u32..50];
            (Just(rows), Just(columns), proptest::collection::vec(count, rows * columns))
        }),
    ) {
        let mut matrix = nalgebra::DMatrix::from_iterator(rows, columns, counts.iter().map(|n| f64::from(*n)));
        // No row and no column is empty.
        (0..rows.max(columns)).for_each(|n| matrix[(n % rows, n % columns)] += 1.0);
        matrix /= matrix.sum();
        let cells = |m: &nalgebra::DMatrix<f64>, all: bool| -> Vec<(usize, usize, f64)> {
            let places = (0..m.nrows()).flat_map(|i| (0..m.ncols()).map(move |j| (i, j)));
            let chosen = places.filter(|&(i, j)| m[(i, j)] > 0.0 && (all || i <= j));
            chosen.map(|(i, j)| (i, j, m[(i, j)])).collect()
        };
        let sums = |m: &nalgebra::DMatrix<f64>| -> Vec<f64> { m.row_iter().map(|row| row.sum()).collect() };
        let given = Deflated::general(
            cells(&matrix, true).into_iter(), &sums(&matrix), &sums(&matrix.transpose()),
        );
        let kept = || Basis::Kept(Vec::new());
        let many = given.largest_of_many(Isa::best(), kept()).unwrap();
        let values = [given.largest_of_few(Isa::best()), many];
        let forgotten = given.largest_of_many(Isa::best(), Basis::Forgotten);
        prop_assert!(forgotten.is_none_or(|value| is_found(value, &matrix)), "{forgotten:?} {many}");
        prop_assert!(values.iter().all(|value| (value - plain(&matrix)).abs() < 1e-12), "{:?} {}", values, plain(&matrix));

        let size = rows.min(columns);
        let square = matrix.view((0, 0), (size, size));
        let mut square = square + square.transpose();
        (0..size).for_each(|n| square[(n, n)] += 1e-3);
        square /= square.sum();
        let mut given = Deflated::symmetric(cells(&square, false).into_iter(), &sums(&square));
        let few = given.largest_of_few(Isa::best());
        let many = given.largest_of_many(Isa::best(), kept()).unwrap();
        let forgotten = given.largest_of_many(Isa::best(), Basis::Forgotten);
        prop_assert!(forgotten.is_none_or(|value| is_found(value, &square)), "{forgotten:?} {many}");
        prop_assert!((few - plain(&square)).abs() < 1e-13, "{} {}", few, plain(&square));
        prop_assert!((many - plain(&square)).abs() < 1e-12, "{} {}", many, plain(&square));
        // Cell by cell and in full it is the same.
        given.fill(size);
        prop_assert_eq!(Some(many), given.largest_of_many(Isa::Scalar, kept()));
        prop_assert_eq!(forgotten, given.largest_of_many(Isa::Scalar, Basis::Forgotten));
    }
}
