//! Sums over pairs of voxels by transforms, and what of them is the same for all images of a mask.
//!
//! With z the intensities less their mean and W(i) = Σⱼ wᵢⱼ over the voxels of the mask, the three sums are
//!
//! ```text
//! Σᵢⱼ wᵢⱼ = Σᵢ W(i)      Σᵢⱼ wᵢⱼ·zᵢ·zⱼ      Σᵢⱼ wᵢⱼ·(zᵢ − zⱼ)² = 2·(Σᵢ zᵢ²·W(i) − Σᵢⱼ wᵢⱼ·zᵢ·zⱼ)
//! ```
//!
//! W belongs to the mask alone: of another image in the same mask only z has to be transformed.

use std::sync::{Mutex, PoisonError};

use super::field::{Field, PairSums};
use super::spectra::Weights;
use crate::kernels::pages::room;
use crate::kernels::{Isa, reduce};
use crate::work::{self, Held};

const WHAT: &str = "Moran's I and Geary's C";
const REMEDY: &str = "leave them out, or choose a larger spacing";

/// What the pairs of voxels of a mask have in common, whatever their intensities.
struct MaskPairs {
    shape: [usize; 3],
    spacing_mm: [f64; 3],
    inside: Vec<bool>,
    weights: Weights,
    /// W of each voxel of the box.
    potential: Vec<f64>,
    _held: Held,
}

impl MaskPairs {
    /// Those of the mask of a field, and the sums over the field's pairs.
    fn new(isa: Isa, field: &Field) -> (Self, PairSums) {
        let voxels = field.inside.len() as u64;
        // Weights, potential and mask.
        let held = work::hold(voxels * (Weights::BYTES + 8 + 1), WHAT, REMEDY);
        let _transforms = work::hold(voxels * (Weights::FORM_BYTES + Weights::SUMS_BYTES), WHAT, REMEDY);
        let weights = Weights::new(isa, field.shape, field.spacing_mm);
        let (product, potential) = weights.form_and_sums(&field.inside, &field.z);
        let mut inside = room(field.inside.len());
        inside.extend_from_slice(&field.inside);
        let (shape, spacing_mm) = (field.shape, field.spacing_mm);
        let made = Self { shape, spacing_mm, inside, weights, potential, _held: held };
        let sums = made.sums_with(isa, field, product);
        (made, sums)
    }

    fn is_of(&self, field: &Field) -> bool {
        (self.shape, self.spacing_mm) == (field.shape, field.spacing_mm) && self.inside == field.inside
    }

    fn sums(&self, isa: Isa, field: &Field) -> PairSums {
        let _form = work::hold(field.z.len() as u64 * Weights::FORM_BYTES, WHAT, REMEDY);
        self.sums_with(isa, field, self.weights.form(&field.inside, &field.z))
    }

    /// The sums of a field, given that of products.
    fn sums_with(&self, isa: Isa, field: &Field, product: f64) -> PairSums {
        let (mut weight, mut own) = (0.0, 0.0);
        let voxels = field.inside.iter().zip(&field.z).zip(&self.potential);
        for ((_, z), w) in voxels.filter(|((inside, _), _)| **inside) {
            weight += w;
            own += w * z * z;
        }
        PairSums {
            n: field.voxels as f64,
            square: reduce::sum_of_squares(isa, &field.z, 0.0),
            weight,
            product,
            difference: 2.0 * (own - product),
        }
    }
}

/// What is known of the pairs of the last mask, for the next image of several.
#[derive(Default)]
pub(crate) struct KnownPairs(Mutex<Option<MaskPairs>>);

impl KnownPairs {
    fn sums(&self, isa: Isa, field: &Field) -> PairSums {
        // What is kept is whole, whatever became of who kept it.
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pairs) = known.as_ref().filter(|pairs| pairs.is_of(field)) {
            return pairs.sums(isa, field);
        }
        // Its memory is given back before the other one takes as much.
        *known = None;
        let (pairs, sums) = MaskPairs::new(isa, field);
        *known = Some(pairs);
        sums
    }
}

/// The sums over the pairs of a field.
pub(super) fn by_transform(isa: Isa, field: &Field, known: Option<&KnownPairs>) -> PairSums {
    match known {
        Some(known) => known.sums(isa, field),
        None => MaskPairs::new(isa, field).1,
    }
}
