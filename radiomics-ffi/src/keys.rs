//! Every key of a settings document.

use std::ffi::c_char;
use std::ptr::null;

use radiomics_core::Profile;
use radiomics_core::document::KEYS;

use crate::entry::{free, plain_entry, value_or};
use crate::pointers::{Out, OutStruct, Versioned, borrowed, end_of, member};
use crate::status::radiomics_status;
use crate::strings::Texts;

/// Every key that settings have. The list is never changed, so any number of threads may read it.
pub struct radiomics_keys {
    for_c: Vec<radiomics_key>,
    // Owns what the keys for C point to.
    _texts: Texts,
}

/// What is known of a setting. The texts are UTF-8 and live as long as the list. Since RADIOMICS_ABI_VERSION
/// 8.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct radiomics_key {
    /// sizeof(radiomics_key), to be set by the caller.
    pub struct_size: usize,
    /// Name of the key in documents.
    pub name: *const c_char,
    /// What the setting does, in a line.
    pub summary: *const c_char,
    /// What values it takes, in words.
    pub takes: *const c_char,
    /// The other setting without which it is refused, in words; NULL if there is none.
    pub only_with: *const c_char,
    /// Identifiers of the IBSI reference manual that it has to do with; empty if there are none.
    pub ibsi: *const c_char,
    /// Its value in the profile "ibsi", as JSON, which is YAML as well.
    pub ibsi_value: *const c_char,
    /// Its value in the profile "pyradiomics", as JSON.
    pub pyradiomics_value: *const c_char,
}

// SAFETY: repr(C), begins with its size, and consists of a number and pointers.
unsafe impl Versioned for radiomics_key {
    const NAME: &'static str = "radiomics_key";
    const FIRST_SIZE: usize = end_of!(Self, pyradiomics_value);
}

/// Lists the settings, to be freed with radiomics_keys_free. Since RADIOMICS_ABI_VERSION 8.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_keys_new(keys: *mut *mut radiomics_keys) -> radiomics_status {
    plain_entry(|| {
        // SAFETY: by the rule of the header.
        let out = unsafe { Out::new(keys, "keys") }?;
        let mut texts = Texts::default();
        let [ibsi, pyradiomics] = [Profile::Ibsi, Profile::PyRadiomics].map(Profile::settings);
        let for_c = KEYS.iter().map(|key| radiomics_key {
            struct_size: size_of::<radiomics_key>(),
            name: texts.keep(key.name),
            summary: texts.keep(key.summary),
            takes: texts.keep(&key.takes()),
            only_with: key.only_with().map_or(null(), |other| texts.keep(other)),
            ibsi: texts.keep(key.ibsi),
            ibsi_value: texts.keep(&key.value(&ibsi).to_string()),
            pyradiomics_value: texts.keep(&key.value(&pyradiomics).to_string()),
        });
        let for_c = for_c.collect();
        out.set(Box::into_raw(Box::new(radiomics_keys { for_c, _texts: texts })));
        Ok(())
    })
}

/// The number of settings; 0 for NULL. Since RADIOMICS_ABI_VERSION 8.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_keys_length(keys: *const radiomics_keys) -> usize {
    // SAFETY: by the rule of the header.
    value_or(0, || unsafe { keys.as_ref() }.map_or(0, |keys| keys.for_c.len()))
}

/// Writes setting `index`, from 0, in the order of documents. Set `key->struct_size` first. Since
/// RADIOMICS_ABI_VERSION 8.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_keys_key(
    keys: *const radiomics_keys,
    index: usize,
    key: *mut radiomics_key,
) -> radiomics_status {
    plain_entry(|| {
        // SAFETY: by the rule of the header.
        let (keys, out) = unsafe { (borrowed(keys, "keys")?, OutStruct::new(key, "key")?) };
        out.set(*member(&keys.for_c, index, "settings")?);
        Ok(())
    })
}

/// Frees the list; NULL is fine. Since RADIOMICS_ABI_VERSION 8.
// SAFETY: the name is ours alone: nothing else that is linked begins with `radiomics_`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn radiomics_keys_free(keys: *mut radiomics_keys) {
    // SAFETY: by the rule of the header.
    unsafe { free(keys) };
}
