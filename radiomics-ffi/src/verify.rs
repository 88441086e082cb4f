//! The proof against published values.

use std::ffi::c_char;

use radiomics_core::example::DigitalPhantom;
use radiomics_core::verify::{Check, Format, check, write};
use radiomics_core::{IbsiConfiguration, Image, Mask, Named, Runtime, extract_many};

use crate::context::{Call, radiomics_context};
use crate::entry::entry;
use crate::image::{image, mask, radiomics_image};
use crate::pointers::Out;
use crate::status::{Failure, radiomics_status};
use crate::strings::c_text;

/// Computes what IBSI 1 publishes values for, and compares: the digital phantom, which the library
/// has in it, and the CT phantom in configurations A to E if `ct_image` and `ct_mask` (label 1) are
/// not NULL. `report` becomes a table for people, to be freed with radiomics_string_free; it may be
/// NULL. If a value is outside of its tolerance the status is RADIOMICS_STATUS_NOT_VERIFIED and the
/// table is the text of the error.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_verify(
    context: *mut radiomics_context,
    ct_image: *const radiomics_image,
    ct_mask: *const radiomics_image,
    report: *mut *mut c_char,
) -> radiomics_status {
    let body = |call: &Call| {
        let runtime = call.runtime();
        // SAFETY: by the rule of the header.
        let out = unsafe { Out::optional(report, "report") }?;
        let phantom = DigitalPhantom::new();
        let digital = [IbsiConfiguration::DigitalPhantom];
        let mut checks = checks(&digital, "", &phantom.image(), &phantom.mask(), &runtime)?;
        if !ct_image.is_null() || !ct_mask.is_null() {
            // SAFETY: by the rule of the header.
            let (image, mask) =
                unsafe { (image(ct_image, "ct_image", "CT image")?, mask(ct_mask, "ct_mask")?) };
            let of_ct: Vec<IbsiConfiguration> =
                IbsiConfiguration::NAMES.iter().map(|(_, c)| *c).filter(|c| !digital.contains(c)).collect();
            checks.extend(self::checks(&of_ct, "ct_", &image, &mask, &runtime)?);
        }
        let text = write(&checks, Format::Table);
        if !checks.iter().all(Check::inside) {
            return Err(Failure { status: radiomics_status::NotVerified, text });
        }
        if let Some(out) = out {
            out.set(c_text(&text).into_raw());
        }
        Ok(())
    };
    // SAFETY: by the rule of the header.
    unsafe { entry(context, body) }
}

/// The checks of a phantom in some configurations, of data sets named by prefix and configuration.
fn checks(
    configurations: &[IbsiConfiguration],
    prefix: &str,
    image: &Image,
    mask: &Mask,
    runtime: &Runtime,
) -> Result<Vec<Check>, Failure> {
    let mut checks = Vec::new();
    for configuration in configurations {
        let tables = extract_many(&[("original", image)], mask, &[1], &configuration.settings(), runtime)?;
        checks.extend(
            tables.iter().flat_map(|table| check(&format!("{prefix}{}", configuration.name()), table)),
        );
    }
    Ok(checks)
}
