//! The proof: our values against the reference values of IBSI 1.
//!
//! The digital phantom is embedded, so [`digital_phantom`] runs anywhere; the CT phantom is
//! not ours to ship, so [`ct_phantom`] is given its image and mask.

mod report;

pub use report::{Format, Summary, summaries, write};

use crate::aggregation::Aggregation;
use crate::error::Result;
use crate::example::DigitalPhantom;
use crate::extract::{Execution, extract};
use crate::image::{Image, Mask};
use crate::names::Named;
use crate::profile::IbsiConfiguration;
use crate::table::FeatureTable;

const REFERENCE_VALUES: &str = include_str!("../../data/ibsi1_reference_values.csv");

/// A published value.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    /// `digital_phantom`, or `ct_A` to `ct_E`.
    pub dataset: &'static str,
    /// Name of the family.
    pub family: &'static str,
    /// Over what the feature is aggregated.
    pub aggregation: Aggregation,
    /// Name of the feature in the reference manual.
    pub feature: &'static str,
    /// Identifier of the feature.
    pub ibsi_id: &'static str,
    /// Identifier of the feature at one value of its parameter (intensity-volume histogram).
    pub ibsi_parameter_id: &'static str,
    /// The value.
    pub value: f64,
    /// Largest deviation allowed; 0 means equal after rounding to three significant digits.
    pub tolerance: f64,
    /// How well the institutions agreed.
    pub consensus: &'static str,
}

/// A published value and ours.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// The published value.
    pub reference: Reference,
    /// Ours; NaN if it is undefined or missing.
    pub value: f64,
}

impl Check {
    /// Whether ours is inside of the tolerance, by IBSI's rule: rounded to three significant
    /// digits, it deviates by the tolerance at most.
    pub fn inside(&self) -> bool {
        let deviation = (three_digits(self.value) - self.reference.value).abs();
        // The difference of two decimal numbers carries a rounding error of its own.
        deviation <= self.reference.tolerance + 1e-9 * self.reference.value.abs()
    }

    /// |ours − published| relative to the published value, or absolute where that is 0.
    pub fn deviation(&self) -> f64 {
        let absolute = (self.value - self.reference.value).abs();
        if self.reference.value == 0.0 { absolute } else { absolute / self.reference.value.abs() }
    }
}

fn three_digits(value: f64) -> f64 {
    format!("{value:.2e}").parse().unwrap_or(f64::NAN)
}

/// All published values of IBSI 1.
pub fn references() -> Vec<Reference> {
    let rows = REFERENCE_VALUES.lines().filter(|line| !line.starts_with('#'));
    // No field of the file holds a comma or a quote.
    rows.skip(1).filter_map(|row| reference(&row.split(',').collect::<Vec<_>>())).collect()
}

fn reference(fields: &[&'static str]) -> Option<Reference> {
    let [dataset, family, aggregation, feature, ibsi_id, ibsi_parameter_id, value, tolerance, consensus] =
        *fields
    else {
        return None;
    };
    Some(Reference {
        dataset,
        family,
        aggregation: Aggregation::parse(aggregation).ok()?,
        feature,
        ibsi_id,
        ibsi_parameter_id,
        value: value.parse().ok()?,
        tolerance: tolerance.parse().ok()?,
        consensus,
    })
}

/// Holds a table against the published values of a data set.
pub fn check(dataset: &str, table: &FeatureTable) -> Vec<Check> {
    let value = |reference: &Reference| {
        let row = table.rows().iter().find(|row| {
            row.family == reference.family
                && row.aggregation == reference.aggregation
                && row.feature.ibsi_id == reference.ibsi_id
                && row.feature.ibsi_parameter_id == reference.ibsi_parameter_id
        });
        row.map_or(f64::NAN, |row| row.value)
    };
    let references = references().into_iter().filter(|reference| reference.dataset == dataset);
    references.map(|reference| Check { value: value(&reference), reference }).collect()
}

/// Computes the embedded digital phantom and checks it.
///
/// # Errors
/// [`Error::Threads`](crate::Error::Threads) when the system refuses to start threads.
pub fn digital_phantom(execution: &Execution) -> Result<Vec<Check>> {
    let phantom = DigitalPhantom::new();
    let settings = IbsiConfiguration::DigitalPhantom.settings();
    let table = extract(&phantom.image(), &phantom.mask(), 1, &settings, execution)?;
    Ok(check("digital_phantom", &table))
}

/// Computes the CT phantom, patient 1 of the IBSI data with its region GTV-1 (label 1), in
/// configurations A to E and checks it.
///
/// # Errors
/// Any [`Error`](crate::Error) of [`extract`], as when image and mask do not belong together.
pub fn ct_phantom(image: &Image, mask: &Mask, execution: &Execution) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for (name, configuration) in IbsiConfiguration::NAMES {
        if *configuration != IbsiConfiguration::DigitalPhantom {
            let table = extract(image, mask, 1, &configuration.settings(), execution)?;
            checks.extend(check(&format!("ct_{name}"), &table));
        }
    }
    Ok(checks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_published_values_are_read() {
        let of = |dataset: &str| references().iter().filter(|r| r.dataset == dataset).count();
        assert_eq!(of("digital_phantom"), 482);
        assert_eq!([of("ct_A"), of("ct_B"), of("ct_C"), of("ct_D"), of("ct_E")], [346, 346, 209, 210, 210]);
        assert_eq!(references().len(), 1803);
    }

    #[test]
    fn values_are_compared_after_rounding_to_three_digits() {
        let inside = |value, published, tolerance| {
            let mut reference = references()[0].clone();
            (reference.value, reference.tolerance) = (published, tolerance);
            Check { reference, value }.inside()
        };
        assert!(inside(2.1486, 2.15, 0.0));
        assert!(!inside(2.1449, 2.15, 0.0));
        assert!(inside(1195.0, 1.2e3, 10.0));
        assert!(!inside(f64::NAN, 2.15, 1e9));
        assert!(inside(0.0, 0.0, 0.0));
    }
}
