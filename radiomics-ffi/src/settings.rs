//! Settings: from text, from a profile, and back to text.

use std::ffi::{CString, c_char};
use std::ptr::null;

use radiomics_core::document::{self, pyradiomics};
use radiomics_core::{Error, Named, Profile, Settings};

use crate::context::{Call, radiomics_context};
use crate::entry::{entry, free, value_or};
use crate::pointers::{Out, borrowed, text};
use crate::status::{Failure, radiomics_status};
use crate::strings::c_text;

/// Everything that determines the numbers, apart from image and mask. Settings are never changed, so any
/// number of threads may use them at the same time.
pub struct radiomics_settings {
    core: Settings,
    filters: Vec<CString>,
}

impl radiomics_settings {
    pub(crate) fn core(&self) -> &Settings {
        &self.core
    }
}

/// Makes settings of `source` with `read`.
unsafe fn from_text(
    context: *const radiomics_context,
    source: *const c_char,
    name: &str,
    settings: *mut *mut radiomics_settings,
    read: impl FnOnce(&str) -> Result<Settings, Error>,
) -> radiomics_status {
    let body = |_: &Call| {
        // SAFETY: passed on to the caller.
        let (out, source) = unsafe { (Out::new(settings, "settings")?, text(source, name)?) };
        out.set(boxed(read(source)?));
        Ok(())
    };
    // SAFETY: passed on to the caller.
    unsafe { entry(context, body) }
}

fn boxed(core: Settings) -> *mut radiomics_settings {
    let filters = core.filters.iter().map(|filter| c_text(&filter.name())).collect();
    Box::into_raw(Box::new(radiomics_settings { core, filters }))
}

/// Makes the settings of a profile: "ibsi", "pyradiomics", or "ibsi_2d" for images and regions of a single slice.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_settings_from_profile(
    context: *mut radiomics_context,
    profile: *const c_char,
    settings: *mut *mut radiomics_settings,
) -> radiomics_status {
    // SAFETY: by the rule of the header.
    unsafe { from_text(context, profile, "profile", settings, |name| Ok(Profile::parse(name)?.settings())) }
}

/// Makes the settings of a reference configuration of IBSI 1: "digital_phantom", or "A" to "E" for the CT
/// phantom.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_settings_from_ibsi_configuration(
    context: *mut radiomics_context,
    name: *const c_char,
    settings: *mut *mut radiomics_settings,
) -> radiomics_status {
    // SAFETY: by the rule of the header.
    unsafe { from_text(context, name, "name", settings, Settings::ibsi_configuration) }
}

/// Reads settings from a YAML 1.2 document, which may be JSON: the keys are those of the Python package
/// and of the command line.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_settings_from_yaml(
    context: *mut radiomics_context,
    yaml: *const c_char,
    settings: *mut *mut radiomics_settings,
) -> radiomics_status {
    // SAFETY: by the rule of the header.
    unsafe { from_text(context, yaml, "yaml", settings, document::from_yaml) }
}

/// Reads settings from a JSON document.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_settings_from_json(
    context: *mut radiomics_context,
    json: *const c_char,
    settings: *mut *mut radiomics_settings,
) -> radiomics_status {
    // SAFETY: by the rule of the header.
    unsafe { from_text(context, json, "json", settings, document::from_json) }
}

/// Reads settings from the text of a PyRadiomics parameter file, YAML or JSON. `label` becomes the label
/// that the file names, 1 if it names none; it may be NULL if it is not wanted.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_settings_from_pyradiomics(
    context: *mut radiomics_context,
    parameters: *const c_char,
    settings: *mut *mut radiomics_settings,
    label: *mut i64,
) -> radiomics_status {
    let body = |_: &Call| {
        // SAFETY: by the rule of the header.
        let (out, out_label, source) = unsafe {
            (Out::new(settings, "settings")?, Out::optional(label, "label")?, text(parameters, "parameters")?)
        };
        let read = pyradiomics::from_yaml(source)?;
        if let Some(out_label) = out_label {
            out_label.set(read.label);
        }
        out.set(boxed(read.settings));
        Ok(())
    };
    // SAFETY: by the rule of the header.
    unsafe { entry(context, body) }
}

/// Makes new settings: those of `base`, with the ones replaced that a YAML document names.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_settings_update(
    context: *mut radiomics_context,
    base: *const radiomics_settings,
    yaml: *const c_char,
    settings: *mut *mut radiomics_settings,
) -> radiomics_status {
    let body = |_: &Call| {
        // SAFETY: by the rule of the header.
        let (out, base, yaml) =
            unsafe { (Out::new(settings, "settings")?, borrowed(base, "base")?, text(yaml, "yaml")?) };
        out.set(boxed(document::update(base.core(), &document::yaml_map(yaml)?)?));
        Ok(())
    };
    // SAFETY: by the rule of the header.
    unsafe { entry(context, body) }
}

/// Writes all settings as a YAML document, to be freed with radiomics_string_free.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_settings_to_yaml(
    context: *mut radiomics_context,
    settings: *const radiomics_settings,
    yaml: *mut *mut c_char,
) -> radiomics_status {
    // SAFETY: by the rule of the header.
    unsafe { entry(context, |_| to_text(settings, yaml, "yaml", document::to_yaml)) }
}

/// Writes all settings as a JSON document, to be freed with radiomics_string_free.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_settings_to_json(
    context: *mut radiomics_context,
    settings: *const radiomics_settings,
    json: *mut *mut c_char,
) -> radiomics_status {
    // SAFETY: by the rule of the header.
    unsafe { entry(context, |_| to_text(settings, json, "json", document::to_json)) }
}

unsafe fn to_text(
    settings: *const radiomics_settings,
    out: *mut *mut c_char,
    name: &str,
    write: fn(&Settings) -> String,
) -> Result<(), Failure> {
    // SAFETY: passed on to the caller.
    let (out, settings) = unsafe { (Out::new(out, name)?, borrowed(settings, "settings")?) };
    out.set(c_text(&write(settings.core())).into_raw());
    Ok(())
}

/// The name of filter `index`, from 0, of the settings, which is the image of its rows and maps: such as
/// "log-1.5mm-3D", or "original" for the image as it is. The name lives as long as the settings; it is
/// NULL if there are not so many filters, or for NULL.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_settings_filter_name(
    settings: *const radiomics_settings,
    index: usize,
) -> *const c_char {
    value_or(null(), || {
        // SAFETY: by the rule of the header.
        let name = unsafe { settings.as_ref() }.and_then(|settings| settings.filters.get(index));
        name.map_or(null(), |name| name.as_ptr())
    })
}

/// Frees settings; NULL is fine.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_settings_free(settings: *mut radiomics_settings) {
    // SAFETY: by the rule of the header.
    unsafe { free(settings) };
}

/// Frees a text that a function handed out as `char *`; NULL is fine.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_string_free(text: *mut c_char) {
    if text.is_null() {
        return;
    }
    // SAFETY: by the rule of the header the text came from this library, from
    // `CString::into_raw`, and was not freed yet.
    value_or((), || drop(unsafe { CString::from_raw(text) }));
}
