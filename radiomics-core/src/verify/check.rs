//! Published values beside ours.

use crate::catalogue::ORIGINAL;
use crate::error::Result;
use crate::example::DigitalPhantom;
use crate::extract::extract_many;
use crate::names::Named;
use crate::runtime::Runtime;
use crate::settings::Settings;
use crate::settings::profile::IbsiConfiguration;
use crate::table::FeatureTable;
use crate::texture::aggregation::Aggregation;
use crate::volume::image::{Image, Mask};

const REFERENCE_VALUES: [&str; 2] = [
    include_str!("../../data/ibsi1_reference_values.csv"),
    include_str!("../../data/ibsi2_reference_values.csv"),
];

/// A published value.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    /// `digital_phantom`, `ct_A` to `ct_E` (IBSI 1), or `ct_filter_1.A` to `ct_filter_9.B` (IBSI 2).
    pub dataset: &'static str,
    /// Name of the family.
    pub family: &'static str,
    /// Over what the feature is aggregated.
    pub aggregation: Aggregation,
    /// Name of the feature in the reference manual.
    pub feature: &'static str,
    /// IBSI's identifier of the feature.
    pub ibsi_id: &'static str,
    /// IBSI's identifier of the value that the feature's parameter has (intensity-volume histogram).
    pub ibsi_parameter_id: &'static str,
    /// The published value, as it is printed.
    pub value: f64,
    /// Largest deviation allowed; 0 means equal after rounding to three significant digits.
    pub tolerance: f64,
    /// How well the institutions agreed on the value.
    pub consensus: &'static str,
}

/// A published value and ours.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// The published value.
    pub reference: Reference,
    /// Our value; NaN if it is undefined or missing.
    pub value: f64,
}

impl Check {
    /// Whether our value is inside of the tolerance, by IBSI's rule: rounded to three significant digits,
    /// it deviates by the tolerance at most.
    pub fn inside(&self) -> bool {
        let deviation = (three_digits(self.value) - self.reference.value).abs();
        // The difference of two decimal numbers carries a rounding error of its own.
        deviation <= self.reference.tolerance + 1e-9 * self.reference.value.abs()
    }

    /// The deviation |ours − published| relative to the published value, or absolute where that is 0.
    pub fn deviation(&self) -> f64 {
        let absolute = (self.value - self.reference.value).abs();
        if self.reference.value == 0.0 { absolute } else { absolute / self.reference.value.abs() }
    }
}

fn three_digits(value: f64) -> f64 {
    format!("{value:.2e}").parse().expect("what was written of a number")
}

/// All published values of features.
pub fn references() -> Vec<Reference> {
    let rows = |text: &'static str| text.lines().filter(|line| !line.starts_with('#')).skip(1);
    let read = |row| reference(row).unwrap_or_else(|| panic!("no reference value in `{row}`"));
    REFERENCE_VALUES.into_iter().flat_map(rows).map(read).collect()
}

/// Reads a row of the reference values; `None` is a mistake in the file, which is part of the program.
fn reference(row: &'static str) -> Option<Reference> {
    // No field of the files holds a comma or a quote.
    let fields: Vec<&'static str> = row.split(',').collect();
    let [dataset, family, aggregation, feature, ibsi_id, ibsi_parameter_id, value, tolerance, consensus] =
        fields[..]
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
            row.column.family == reference.family
                && row.column.aggregation == reference.aggregation
                && row.column.feature.ibsi_id == reference.ibsi_id
                && row.column.feature.ibsi_parameter_id == reference.ibsi_parameter_id
        });
        row.map_or(f64::NAN, |row| row.value)
    };
    let references = references().into_iter().filter(|reference| reference.dataset == dataset);
    references.map(|reference| Check { value: value(&reference), reference }).collect()
}

/// The features of label 1.
pub(super) fn table(
    image: &Image,
    mask: &Mask,
    settings: &Settings,
    runtime: &Runtime,
) -> Result<FeatureTable> {
    let tables = extract_many(&[(ORIGINAL, image)], mask, &[1], settings, runtime)?;
    Ok(tables.into_iter().next().expect("a table of the one label"))
}

/// Computes the embedded digital phantom and checks it.
///
/// # Errors
/// [`Error::Cancelled`](crate::Error::Cancelled) when the runtime says so.
pub fn digital_phantom(runtime: &Runtime) -> Result<Vec<Check>> {
    let phantom = DigitalPhantom::new();
    let settings = IbsiConfiguration::DigitalPhantom.settings();
    let table = table(&phantom.image(), &phantom.mask(), &settings, runtime)?;
    Ok(check("digital_phantom", &table))
}

/// Computes the CT phantom, patient 1 of the IBSI data with its region GTV-1 (label 1), in
/// configurations A to E and checks it.
///
/// # Errors
/// Any [`Error`](crate::Error) of [`extract`](crate::extract), as when image and mask do not belong together.
pub fn ct_phantom(image: &Image, mask: &Mask, runtime: &Runtime) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for (name, configuration) in IbsiConfiguration::NAMES {
        if *configuration != IbsiConfiguration::DigitalPhantom {
            let table = table(image, mask, &configuration.settings(), runtime)?;
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
        let filtered = references().iter().filter(|r| r.dataset.starts_with("ct_filter_")).count();
        assert_eq!(filtered, 323);
        assert_eq!(references().len(), 1803 + 323);
    }

    #[test]
    fn a_row_that_is_no_reference_value_is_seen() {
        let row = "digital_phantom,morphology,,Volume,RNU0,,556,4,very strong";
        assert_eq!(reference(row).map(|r| (r.ibsi_id, r.value, r.tolerance)), Some(("RNU0", 556.0, 4.0)));
        for wrong in [
            "digital_phantom,morphology,,Volume,RNU0,,556,4",
            "digital_phantom,morphology,4D,Volume,RNU0,,556,4,very strong",
            "digital_phantom,morphology,,Volume,RNU0,,5S6,4,very strong",
            "digital_phantom,morphology,,Volume,RNU0,,556,,very strong",
        ] {
            assert_eq!(reference(wrong), None, "{wrong}");
        }
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
