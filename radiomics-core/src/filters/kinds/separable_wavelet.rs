//! Separable wavelets.

use std::collections::BTreeMap;

use ndarray::{Array3, ArrayRef3};

use crate::error::Result;
use crate::filters::engine::boundary::Boundary;
use crate::filters::engine::choices::Pooling;
use crate::filters::engine::kernel1d::{Kernel, Triple};
use crate::filters::engine::parts::{Each, put_whole};
use crate::filters::engine::repeated_wavelet::{self, Band, Wanted};
use crate::filters::engine::separable::{Engine, rotated};
use crate::filters::engine::wavelets::{self, DecompositionFilters};
use crate::filters::operation::{Described, Operation, parameters};
use crate::filters::reach::{About, MAX_REACH, Reach};
use crate::kernels::Isa;
use crate::names::Named;
use crate::volume::grid::Window;
use crate::volume::voxels::VoxelKind;

/// How higher levels of a wavelet decomposition are reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Decomposition {
    /// Filters dilated by 2^(level − 1), "à trous" (IBSI).
    #[default]
    Dilated,
    /// The first level's filters again, on the approximation; odd axes are extended by one
    /// voxel from the other side (PyRadiomics). The boundary is periodic.
    Repeated,
}

impl Named for Decomposition {
    const KIND: &'static str = "decomposition";
    const NAMES: &'static [(&'static str, Self)] =
        &[("dilated", Self::Dilated), ("repeated", Self::Repeated)];
}

parameters! {
    /// Undecimated separable wavelets (IBSI 2, 25BO).
    pub struct SeparableWavelet = "separable_wavelet", "25BO", "Wavelet" {
        /// A discrete wavelet by its PyWavelets name: `haar`, `db3`, `coif1`, `sym4`, `bior1.3` ...
        pub wavelet: String,
        /// `L` or `H` for x, y and, in 3D, z: `LLH`; two letters filter slice by slice.
        pub subband: String,
        /// Level of the decomposition, from 1 to 16.
        pub level: usize = 1,
        /// Whether the responses of all right-angle rotations are pooled (24 in 3D, 4 in 2D).
        pub rotation_invariant: bool = false,
        /// How the responses of rotations are pooled.
        pub pooling: Pooling = Pooling::Mean,
        /// How higher levels are reached: by filters that are dilated by 2^(level − 1), "à trous"
        /// (IBSI), or by the first level's filters again, with a periodic boundary (PyRadiomics).
        pub decomposition: Decomposition = Decomposition::Dilated,
        /// What lies outside of the image.
        pub boundary: Boundary = Boundary::Mirror,
    }
}

/// The highest level: no image is as large as what a higher one reaches.
const MAX_LEVEL: usize = 16;

/// Most responses that are computed together.
const TOGETHER: usize = 4;

impl SeparableWavelet {
    /// The filters of the wavelet.
    ///
    /// # Errors
    /// [`crate::Error::Filter`] with the nearest name if there is no such wavelet.
    fn filters(&self) -> Result<DecompositionFilters> {
        wavelets::decomposition(&self.wavelet).ok_or_else(|| {
            let nearest = wavelets::nearest_name(&self.wavelet);
            let suggestion = nearest.map_or(String::new(), |name| format!("; did you mean `{name}`?"));
            let remedy = "it must be a discrete wavelet of PyWavelets (haar, db1 to db38, sym2 to sym20, \
                          coif1 to coif17, bior1.1 to bior6.8, rbio1.1 to rbio6.8, dmey)";
            Self::invalid("wavelet", &self.wavelet, format!("{remedy}{suggestion}"))
        })
    }

    /// Whether [`SeparableWavelet::apply_all`] takes this filter and `other` at once.
    pub(crate) fn shares_with(&self, other: &Self) -> bool {
        let alike = Self { subband: other.subband.clone(), level: other.level, ..self.clone() };
        alike == *other && self.subband.len() == other.subband.len()
    }

    /// The responses to filters that differ in sub-band and level only, by their index: the part
    /// `part` of each, one after another in `response`. Of `image`, `kind` is what numbers its
    /// voxels are.
    ///
    /// # Errors
    /// Those of `each`, and [`crate::Error::Filter`] for a wavelet that does not exist.
    pub(crate) fn apply_all(
        filters: &[&Self],
        image: &ArrayRef3<f64>,
        (kind, part): (VoxelKind, &Window),
        isa: Isa,
        response: &mut Array3<f64>,
        each: &mut Each,
    ) -> Result<()> {
        let Some(first) = filters.first() else { return Ok(()) };
        let wavelet = first.filters()?;
        match first.decomposition {
            Decomposition::Repeated => {
                let bands: Vec<_> = filters.iter().map(|f| (f.level, f.band())).collect();
                let axes = first.subband.len();
                let wanted = Wanted { axes, bands: &bands, part };
                if kind == VoxelKind::Single {
                    let wavelet = wavelet.in_32_bits(&first.wavelet);
                    return repeated_wavelet::responses::<f32>(image, &wavelet, wanted, isa, response, each);
                }
                repeated_wavelet::responses::<f64>(image, &wavelet, wanted, isa, response, each)
            }
            Decomposition::Dilated if first.rotation_invariant => {
                let engine = Engine { boundary: first.boundary, isa };
                for (i, filter) in filters.iter().enumerate() {
                    let responses = rotated(&filter.stages(&wavelet), filter.subband.len() == 3);
                    put_whole(engine.pooled(image, &responses, filter.pooling), part, response);
                    each(i, response)?;
                }
                Ok(())
            }
            Decomposition::Dilated => dilated(filters, &wavelet, image, isa, &mut |i, whole| {
                put_whole(whole, part, response);
                each(i, response)
            }),
        }
    }

    /// Whether x, y and z (if at all) are high-pass filtered.
    fn band(&self) -> Band {
        let mut band = [false; 3];
        for (high, letter) in band.iter_mut().zip(self.subband.chars()) {
            *high = letter == 'H';
        }
        band
    }

    /// The kernels of all levels: low-pass filters at lower levels, then those of the sub-band.
    fn stages(&self, wavelet: &DecompositionFilters) -> Vec<Triple> {
        (1..=self.level)
            .map(|level| {
                self.stage(wavelet, level, if level < self.level { [false; 3] } else { self.band() })
            })
            .collect()
    }

    /// The kernels of one level's sub-band.
    fn stage(&self, wavelet: &DecompositionFilters, level: usize, band: Band) -> Triple {
        let kernel = |high: bool| {
            let mut taps = if high { wavelet.high.clone() } else { wavelet.low.clone() };
            if taps.len() % 2 == 0 {
                taps.push(0.0);
            }
            Kernel::centred(&taps).dilated(1 << (level - 1))
        };
        let [x, y, z] = band.map(kernel);
        [if self.subband.len() == 3 { z } else { Kernel::identity() }, y, x]
    }
}

impl Operation for SeparableWavelet {
    fn apply(&self, image: &ArrayRef3<f64>, about: About, isa: Isa) -> Result<Array3<f64>> {
        let whole = Window::whole(image.dim().into());
        let mut response = Array3::default([0; 3]);
        Self::apply_all(&[self], image, (about.kind, &whole), isa, &mut response, &mut |_, _| Ok(()))?;
        Ok(response)
    }

    fn reach(&self, _: [f64; 3]) -> Reach {
        let Ok(wavelet) = self.filters() else { return Reach::Everything };
        let (steps, boundary) = match self.decomposition {
            Decomposition::Dilated => ((1 << self.level) - 1, self.boundary),
            Decomposition::Repeated => (self.level, Boundary::Periodic),
        };
        let voxels = wavelet.low.len() / 2 * steps;
        Reach::new([if self.subband.len() == 3 { voxels } else { 0 }, voxels, voxels], boundary)
    }

    fn validate(&self) -> Result<()> {
        let wavelet = self.filters()?;
        if !matches!(self.subband.len(), 2 | 3) || self.subband.chars().any(|c| c != 'L' && c != 'H') {
            let remedy = "it must be a letter L or H for x, y and, in 3D, z, as in `LLH` or `LH`";
            return Err(Self::invalid("subband", &self.subband, remedy));
        }
        if !(1..=MAX_LEVEL).contains(&self.level) {
            return Err(Self::invalid("level", self.level, format!("it must be from 1 to {MAX_LEVEL}")));
        }
        // The coarsest kernel of this decomposition, which has holes between its taps.
        let reach = (wavelet.low.len() / 2) << (self.level - 1);
        if self.decomposition == Decomposition::Dilated && reach > MAX_REACH {
            let remedy =
                format!("it looks {reach} voxels far, and {MAX_REACH} are the limit: make it smaller");
            return Err(Self::invalid("level", self.level, remedy));
        }
        if self.decomposition == Decomposition::Repeated {
            if self.rotation_invariant {
                let remedy = "it is for `decomposition: dilated`; leave it out for `repeated`";
                return Err(Self::invalid("rotation_invariant", true, remedy));
            }
            if matches!(self.boundary, Boundary::Zero | Boundary::Nearest) {
                let remedy = "the boundary of `decomposition: repeated` is periodic; leave it out";
                return Err(Self::invalid("boundary", self.boundary.name(), remedy));
            }
        }
        Ok(())
    }

    fn name(&self) -> String {
        let mut name = format!("wavelet-{}-{}", self.wavelet, self.subband);
        if self.level > 1 {
            name += &format!("-level{}", self.level);
        }
        if self.rotation_invariant {
            name += match self.pooling {
                Pooling::Mean => "-invariant",
                Pooling::Max => "-invariant-max",
            };
        }
        match self.decomposition {
            Decomposition::Dilated => name + &self.boundary.suffix(),
            Decomposition::Repeated => name + "-repeated",
        }
    }
}

/// Responses without rotations: each level starts from the approximation of the one below, and
/// sub-bands with the same filter along z are computed together.
fn dilated(
    filters: &[&SeparableWavelet],
    wavelet: &DecompositionFilters,
    image: &ArrayRef3<f64>,
    isa: Isa,
    each: &mut dyn FnMut(usize, Array3<f64>) -> Result<()>,
) -> Result<()> {
    let mut groups: BTreeMap<(usize, bool), Vec<usize>> = BTreeMap::new();
    for (i, filter) in filters.iter().enumerate() {
        groups.entry((filter.level, filter.band()[2])).or_default().push(i);
    }
    let engine = Engine { boundary: filters[0].boundary, isa };
    let mut approximation: Option<Array3<f64>> = None;
    let mut reached = 1;
    for ((level, _), members) in groups {
        while reached < level {
            let low = filters[0].stage(wavelet, reached, [false; 3]);
            approximation = Some(engine.convolve(approximation.as_deref().unwrap_or(image), &low));
            reached += 1;
        }
        let from = approximation.as_deref().unwrap_or(image);
        for members in members.chunks(TOGETHER) {
            let stages: Vec<Triple> =
                members.iter().map(|&i| filters[i].stage(wavelet, level, filters[i].band())).collect();
            let responses = engine.each(from, &stages);
            assert_eq!(responses.len(), members.len(), "a response for each sub-band");
            for (&i, response) in members.iter().zip(responses) {
                each(i, response)?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filters::{Filter, for_each_response};

    fn about() -> About {
        About::doubles([1.0; 3])
    }

    fn wavelet(subband: &str, level: usize, decomposition: Decomposition) -> SeparableWavelet {
        SeparableWavelet {
            wavelet: "db2".to_owned(),
            subband: subband.to_owned(),
            level,
            rotation_invariant: false,
            pooling: Pooling::Mean,
            decomposition,
            boundary: Boundary::Mirror,
        }
    }

    #[test]
    fn filters_together_give_the_bits_of_each_alone() {
        let image =
            Array3::from_shape_fn((5, 6, 7), |(k, j, i)| ((k * 131 + j * 37 + i * 7919) % 101) as f64);
        let mut filters = vec![Filter::Square, Filter::Original];
        for decomposition in [Decomposition::Dilated, Decomposition::Repeated] {
            for (subband, level) in
                [("HHL", 2), ("LLH", 1), ("LLL", 1), ("LLL", 3), ("HLH", 2), ("LH", 1), ("HH", 2)]
            {
                filters.push(Filter::SeparableWavelet(wavelet(subband, level, decomposition)));
            }
        }
        let rotated =
            SeparableWavelet { rotation_invariant: true, ..wavelet("LLH", 2, Decomposition::Dilated) };
        filters.push(Filter::SeparableWavelet(rotated));
        for isa in Isa::available() {
            for part in [Window::whole([5, 6, 7]), Window { start: [1, 0, 2], shape: [3, 6, 4] }] {
                let mut seen = Vec::new();
                let mut response = Array3::default([0; 3]);
                for_each_response(
                    &filters,
                    &image,
                    about(),
                    &part,
                    isa,
                    &mut response,
                    &mut |i, response| {
                        seen.push(i);
                        let whole = filters[i].apply(&image, about(), Isa::Scalar)?;
                        assert_eq!(*response, part.of(&whole.view()), "{}", filters[i].name());
                        Ok(())
                    },
                )
                .expect("valid filters");
                assert_eq!(seen, (0..filters.len()).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn low_pass_gains_root_two_per_axis_and_level() {
        let image = Array3::from_elem((6, 6, 6), 10.0);
        for decomposition in [Decomposition::Dilated, Decomposition::Repeated] {
            for (subband, level, gain) in
                [("LLL", 1, 8f64.sqrt()), ("LLL", 2, 8.0), ("LL", 1, 2.0), ("LLH", 1, 0.0)]
            {
                let got = wavelet(subband, level, decomposition)
                    .apply(&image, about(), Isa::best())
                    .expect("a wavelet");
                assert!(got.iter().all(|x| (x - 10.0 * gain).abs() < 1e-10), "{subband} {level}");
            }
        }
    }

    #[test]
    fn the_first_letter_is_for_x() {
        // Changes along x only: what is high-pass filtered along another axis vanishes.
        let image = Array3::from_shape_fn((6, 6, 6), |(_, _, i)| (i * i) as f64);
        for decomposition in [Decomposition::Dilated, Decomposition::Repeated] {
            let largest = |subband| {
                let got = wavelet(subband, 1, decomposition)
                    .apply(&image, about(), Isa::best())
                    .expect("a wavelet");
                got.iter().fold(0.0, |m: f64, x| m.max(x.abs()))
            };
            assert!(largest("HLL") > 1.0 && largest("LHL") < 1e-10 && largest("LLH") < 1e-10);
        }
    }

    #[test]
    fn wrong_parameters_are_named() {
        let good = wavelet("LLH", 1, Decomposition::Repeated);
        assert_eq!(good.validate(), Ok(()));
        for (bad, word) in [
            (SeparableWavelet { wavelet: "Coif-1".into(), ..good.clone() }, "did you mean `coif1`?"),
            (SeparableWavelet { wavelet: "mexican hat".into(), ..good.clone() }, "db38"),
            (SeparableWavelet { subband: "LLX".into(), ..good.clone() }, "LLX"),
            (SeparableWavelet { subband: "L".into(), ..good.clone() }, "subband"),
            (SeparableWavelet { level: 0, ..good.clone() }, "level"),
            (SeparableWavelet { level: 17, ..good.clone() }, "level"),
            (SeparableWavelet { level: 13, ..wavelet("LLH", 1, Decomposition::Dilated) }, "voxels far"),
            (SeparableWavelet { rotation_invariant: true, ..good.clone() }, "rotation_invariant"),
            (SeparableWavelet { boundary: Boundary::Zero, ..good.clone() }, "boundary"),
        ] {
            let message = bad.validate().expect_err("wrong").to_string();
            assert!(message.contains(word), "{message}");
        }
    }

    #[test]
    fn names_tell_the_parameters() {
        let plain = wavelet("HHH", 2, Decomposition::Dilated);
        assert_eq!(plain.name(), "wavelet-db2-HHH-level2");
        let rotated = SeparableWavelet { rotation_invariant: true, pooling: Pooling::Max, ..plain.clone() };
        assert_eq!(rotated.name(), "wavelet-db2-HHH-level2-invariant-max");
        assert_eq!(wavelet("LLH", 1, Decomposition::Repeated).name(), "wavelet-db2-LLH-repeated");
    }

    #[test]
    fn reach_is_what_the_response_at_a_voxel_depends_on() {
        let impulse = Array3::from_shape_fn((41, 41, 41), |at| if at == (20, 20, 20) { 1.0 } else { 0.0 });
        for (decomposition, level) in
            [Decomposition::Dilated, Decomposition::Repeated].into_iter().zip([2, 3])
        {
            let filter = wavelet("LLH", level, decomposition);
            let (Reach::Voxels([reach, ..]) | Reach::Periodic([reach, ..])) = filter.reach([1.0; 3]) else {
                panic!("a finite reach");
            };
            let response = filter.apply(&impulse, about(), Isa::best()).expect("a wavelet");
            let far = |(at, x): ((usize, usize, usize), &f64)| {
                (*x != 0.0).then_some(at.2.abs_diff(20).max(at.0.abs_diff(20)))
            };
            assert_eq!(response.indexed_iter().filter_map(far).max(), Some(reach));
        }
    }
}
