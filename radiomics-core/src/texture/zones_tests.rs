use super::*;
use crate::texture::neighbourhood::{ANY, neighbours};
use crate::volume::grid::{Grid, IDENTITY, Window};
use ndarray::Array3;
use proptest::prelude::*;

/// A region whose intensity mask is where there are levels.
fn region(levels: &Array3<u16>, morphological: &Array3<bool>) -> Roi {
    let (nz, ny, nx) = levels.dim();
    let shape = [nz, ny, nx];
    Roi {
        grid: Grid { shape, spacing_mm: [1.0; 3], origin_mm: [0.0; 3], direction: IDENTITY },
        intensities: levels.mapv(f64::from).into(),
        morphological: morphological.clone(),
        resegmented: Some(levels.mapv(|l| l > 0)),
        region: Window::whole(shape),
    }
}

/// Steps out of the mask by their definition: the mask shrinks a step at a time.
fn plain_distances(mask: &Array3<bool>, steps: &[[i32; 3]]) -> Array3<u32> {
    let mut distances = Array3::zeros(mask.dim());
    let mut left = mask.clone();
    while left.iter().any(|&inside| inside) {
        let before = left.clone();
        for ((k, j, i), &inside) in before.indexed_iter() {
            let at = |v: usize, o: i32| v.wrapping_add_signed(o as isize);
            let neighbour = |o: &[i32; 3]| before.get((at(k, o[0]), at(j, o[1]), at(i, o[2])));
            if inside {
                distances[(k, j, i)] += 1;
                left[(k, j, i)] = steps.iter().all(|o| neighbour(o) == Some(&true));
            }
        }
    }
    distances
}

/// The zones by their definition: each is filled from its first voxel.
fn plain(levels: &Array3<u16>, distances: &Array3<u32>, offsets: &[[i32; 3]]) -> Vec<Zone> {
    let mut left = levels.clone();
    let mut zones = Vec::new();
    for ((k, j, i), _) in levels.indexed_iter() {
        let level = left[(k, j, i)];
        let mut zone = Zone { level, size: 0, distance: u32::MAX };
        let mut open = vec![[k, j, i]];
        while let Some(voxel) = open.pop().filter(|_| level > 0) {
            if left.get(voxel) == Some(&level) {
                left[voxel] = 0;
                zone.size += 1;
                zone.distance = zone.distance.min(distances[voxel]);
                let moved =
                    |o: &[i32; 3]| std::array::from_fn(|a| voxel[a].wrapping_add_signed(o[a] as isize));
                open.extend(offsets.iter().map(moved));
            }
        }
        if level > 0 {
            zones.push(zone);
        }
    }
    zones
}

fn sorted(mut zones: Vec<Zone>) -> Vec<Zone> {
    zones.sort();
    zones
}

proptest! {
    #[test]
    fn labelling_equals_filling(
        (shape, values) in (1usize..6, 1usize..7, 1usize..12).prop_flat_map(|(z, y, x)| {
            (Just((z, y, x)), proptest::collection::vec((0u16..4, 0u8..20), z * y * x))
        }),
        n_g in prop_oneof![Just(3usize), Just(300)],
        pad in 1usize..3,
    ) {
        let (values, holes): (Vec<u16>, Vec<u8>) = values.into_iter().unzip();
        let levels = Array3::from_shape_vec(shape, values).unwrap();
        let mut morphological = Array3::from_shape_vec(shape, holes).unwrap().mapv(|h| h > 0);
        ndarray::Zip::from(&mut morphological).and(&levels).for_each(|m, &l| *m |= l > 0);
        let roi = region(&levels, &morphological);
        let padded = Levels::from_array(&levels, n_g, pad);
        let of_volume = {
            let steps = [[0, 0, 1], [0, 0, -1], [0, 1, 0], [0, -1, 0], [1, 0, 0], [-1, 0, 0]];
            let distances = plain_distances(&morphological, &steps);
            (Span::Volume, plain(&levels, &distances, &neighbours(&[1], true, ANY)))
        };
        let by_slice = (0..shape.0).map(|k| {
            let slice = |from: usize| ndarray::s![from..from + 1, .., ..];
            let mask = morphological.slice(slice(k)).to_owned();
            let distances = plain_distances(&mask, &[[0, 0, 1], [0, 0, -1], [0, 1, 0], [0, -1, 0]]);
            let levels = levels.slice(slice(k)).to_owned();
            (Span::Slice(k), plain(&levels, &distances, &neighbours(&[1], false, ANY)))
        });
        for (span, expected) in by_slice.chain([of_volume]) {
            for isa in Isa::available() {
                prop_assert_eq!(sorted(zones(isa, &padded, span, Some(&roi))), sorted(expected.clone()));
                let mut without: Vec<Zone> = expected.clone();
                without.iter_mut().for_each(|zone| zone.distance = 0);
                let without = sorted(without);
                for slab in 1..4 {
                    let joined = with_levels!(padded, v => find_zones::<_, u8>(isa, v, span, None, slab));
                    prop_assert_eq!(sorted(joined), without.clone());
                }
            }
        }
    }
}

/// Slices are drawn side by side; 3 stands for a zone that touches only by a corner.
#[test]
fn corners_connect() {
    #[rustfmt::skip]
    let levels = Array3::from_shape_vec((2, 2, 3), vec![
        3, 1, 1,
        1, 3, 1,

        0, 1, 2,
        1, 0, 3,
    ]).unwrap();
    let padded = Levels::from_array(&levels, 3, 1);
    let sizes = |span| -> Vec<(u16, u32)> {
        sorted(zones(Isa::best(), &padded, span, None)).iter().map(|z| (z.level, z.size)).collect()
    };
    assert_eq!(sizes(Span::Slice(0)), [(1, 4), (3, 2)]);
    assert_eq!(sizes(Span::Slice(1)), [(1, 2), (2, 1), (3, 1)]);
    assert_eq!(sizes(Span::Volume), [(1, 6), (2, 1), (3, 3)]);
}
