//! Regions with the responses of filters in place of their intensities.
//!
//! Regions of one image that see the same of it share the response, of which each takes its own part. So it
//! goes filter by filter: a response of a whole image is there once, and all regions are as long as there
//! are filters left.

use ndarray::Array3;

use super::prepared::Prepared;
use crate::error::{Result, shown};
use crate::filters::{self, Filter, Reach};
use crate::kernels::Isa;
use crate::region::roi::Roi;
use crate::volume::grid::Window;
use crate::volume::intensities::Intensities;
use crate::volume::voxels::{copied, not_finite};

/// What to do about a filter that has no number for some voxels.
const OUT_OF_RANGE: &str = "its parameters are too small or too large for these intensities, or it has no value there; \
                            change the parameters";

/// Told of each region, by its place, in each filter, or why there is no response. What it returns is
/// whether the region goes on; an error ends all of them.
pub(crate) type Told<'a> = dyn FnMut(usize, Result<(&Filter, &Roi)>) -> Result<bool> + 'a;

/// Tells `told` of regions of one image with each filter's response in place of the intensities, for
/// each region in the order of the filters. It is the one that the region has alone, to the bit. Of the image,
/// no more is filtered than boxes of regions and what the filter needs round them.
pub(crate) fn respond(regions: &mut [Prepared], filters: &[Filter], isa: Isa, told: &mut Told) -> Result<()> {
    let mut left: Vec<usize> = (0..regions.len()).collect();
    // Regions hold the image as it is.
    let unfiltered = filters.iter().take_while(|filter| matches!(filter, Filter::Original)).count();
    let (unfiltered, mut filters) = filters.split_at(unfiltered);
    for filter in unfiltered {
        left = going_on(&left, |region| told(region, Ok((filter, &regions[region].roi))))?;
    }
    if let [_, _, ..] = regions {
        regions.iter_mut().for_each(|region| region.roi.intensities = Intensities::default());
    }
    while !filters.is_empty() && !left.is_empty() {
        // Filters for which no region sees another part of the image share it, and maybe work on it.
        let alike = |other: &&Filter| {
            left.iter().all(|&region| regions[region].seen(other) == regions[region].seen(&filters[0]))
        };
        let (group, others) = filters.split_at(filters.iter().take_while(alike).count());
        let mut others_left = left;
        left = Vec::new();
        while let Some(&first) = others_left.first() {
            let shares = |&region: &usize| region == first || regions[first].shares(&regions[region], group);
            let (together, rest) = others_left.into_iter().partition(shares);
            left.extend(respond_together(regions, together, group, isa, told)?);
            others_left = rest;
        }
        left.sort_unstable();
        filters = others;
    }
    Ok(())
}

/// The regions of which `told` says that they go on.
fn going_on(regions: &[usize], mut told: impl FnMut(usize) -> Result<bool>) -> Result<Vec<usize>> {
    let mut left = Vec::with_capacity(regions.len());
    for &region in regions {
        if told(region)? {
            left.push(region);
        }
    }
    Ok(left)
}

/// As [`respond`], for regions `together` that share the responses of all `filters`; those that go on.
fn respond_together(
    regions: &mut [Prepared],
    mut together: Vec<usize>,
    filters: &[Filter],
    isa: Isa,
    told: &mut Told,
) -> Result<Vec<usize>> {
    let first = &mut regions[together[0]];
    let is_alone = together.len() == 1;
    // The memory of one response is that of the next.
    let mut response = match std::mem::take(&mut first.roi.intensities) {
        Intensities::F64(array) if is_alone => array,
        _ => Array3::default([0; 3]),
    };
    let (seen, about) = (first.seen(&filters[0]), first.frame.about());
    let image = first.frame.intensities(&seen);
    let part = together.iter().fold(first.window, |part, &region| part.hull(&regions[region].window));
    let mut is_ended = false;
    let done = filters::for_each_response(
        filters,
        &image,
        about,
        &part.within(&seen),
        isa,
        &mut response,
        &mut |index, response| {
            let filter = &filters[index];
            let mut of_region = |place: usize| {
                let region = &mut regions[place];
                let own = match is_alone {
                    true => std::mem::take(response),
                    false => copied(region.window.within(&part).of(&response.view()), |x| x),
                };
                let checked = region.check_response(filter, &own, &seen, isa);
                region.roi.intensities = own.into();
                let goes_on = told(place, checked.map(|()| (filter, &region.roi)));
                match std::mem::take(&mut region.roi.intensities) {
                    Intensities::F64(own) if is_alone => *response = own,
                    _ => {}
                }
                goes_on
            };
            together = going_on(&together, &mut of_region).inspect_err(|_| is_ended = true)?;
            Ok(())
        },
    );
    if let Some(&only) = together.first().filter(|_| is_alone) {
        regions[only].roi.intensities = response.into();
    }
    match done {
        Err(error) if !is_ended => going_on(&together, |region| told(region, Err(error.clone()))),
        done => done.map(|()| together),
    }
}

impl Prepared<'_, '_> {
    /// Calls `each` with every filter and the region with its response in place of the intensities.
    pub fn for_each_response(
        self,
        filters: &[Filter],
        isa: Isa,
        each: &mut dyn FnMut(&Filter, &Roi) -> Result<()>,
    ) -> Result<()> {
        respond(&mut [self], filters, isa, &mut |_, given| {
            let (filter, roi) = given?;
            each(filter, roi).map(|()| true)
        })
    }

    /// Whether this region's responses to some filters are, where it has any, those of another region of the
    /// image. Of a filter that does not look at everything, what is seen elsewhere may change the last digits.
    fn shares(&self, other: &Self, filters: &[Filter]) -> bool {
        let about = self.frame.about();
        let is_same = |filter: &Filter| {
            filter.reach(about.spacing_mm) == Reach::Everything || self.window == other.window
        };
        self.frame.grid == other.frame.grid
            && self.seen(&filters[0]) == other.seen(&filters[0])
            && filters.iter().all(is_same)
    }

    /// Refuses NaN and infinities of a response in the region; the filter was given the box `seen`.
    fn check_response(&self, filter: &Filter, response: &Array3<f64>, seen: &Window, isa: Isa) -> Result<()> {
        match not_finite(isa, response.view(), self.roi.intensity(), self.window.start) {
            None => Ok(()),
            Some(found) => {
                let step = format!("filter `{}`", shown(&filter.name()));
                Err(self.frame.blame(step, seen, found, OUT_OF_RANGE))
            }
        }
    }

    /// The part of the image that a filter is given.
    fn seen(&self, filter: &Filter) -> Window {
        let visible = self.visible;
        let grown = |voxels: [usize; 3]| self.window.grown(voxels, self.frame.grid.shape);
        match filter.reach(self.frame.grid.spacing_mm) {
            Reach::Everything => visible,
            Reach::Voxels(voxels) => grown(voxels).intersection(&visible),
            Reach::Periodic(voxels) => {
                let mut window = grown(voxels).intersection(&visible);
                for (axis, &reach) in voxels.iter().enumerate() {
                    let past_start = self.window.start[axis] < visible.start[axis].saturating_add(reach);
                    let past_end = self.window.end()[axis].saturating_add(reach) > visible.end()[axis];
                    if past_start || past_end {
                        window.start[axis] = visible.start[axis];
                        window.shape[axis] = visible.shape[axis];
                    }
                }
                window
            }
        }
    }
}
