//! PyRadiomics' image types as filters.

use serde_json::{Map, Value, json};

use super::given::{flag, known, setting, unavailable, wrong};
use super::table::settings_of;
use crate::error::{Result, unknown_name};

/// A filter, and PyRadiomics' name of the image that it makes.
pub(super) type Named = (String, Value);

/// An image type, the settings that it takes, and what filters it stands for.
struct ImageType {
    name: &'static str,
    settings: &'static [&'static str],
    filters: fn(&Map<String, Value>) -> Result<Vec<Named>>,
}

#[rustfmt::skip]
static IMAGE_TYPES: &[ImageType] = &[
    ImageType { name: "Original", settings: &[], filters: |_| plain("original", "original") },
    ImageType { name: "LoG", settings: &["sigma"], filters: log },
    ImageType { name: "Wavelet", settings: &["wavelet", "level", "start_level"], filters: wavelet },
    ImageType { name: "Square", settings: &[], filters: |_| plain("square", "square") },
    ImageType { name: "SquareRoot", settings: &[], filters: |_| plain("squareroot", "square_root") },
    ImageType { name: "Logarithm", settings: &[], filters: |_| plain("logarithm", "logarithm") },
    ImageType { name: "Exponential", settings: &[], filters: |_| plain("exponential", "exponential") },
    ImageType { name: "Gradient", settings: &["gradientUseSpacing"], filters: gradient },
    ImageType { name: "LBP2D", settings: &["lbp2DRadius", "lbp2DSamples", "lbp2DMethod"], filters: lbp_2d },
    ImageType {
        name: "LBP3D",
        settings: &["lbp3DLevels", "lbp3DIcosphereRadius", "lbp3DIcosphereSubdivision"],
        filters: lbp_3d,
    },
];

/// The filters of the image types that a file asks for, in its order: the original image if it
/// names none. A type's own settings go before the common ones. Types of which nothing is computed, LoG without
/// `sigma`, are refused where there is no other.
pub(super) fn read(types: &Map<String, Value>, given: &Map<String, Value>) -> Result<Vec<Named>> {
    let mut filters = Vec::new();
    for (name, own) in types {
        let Some(image_type) = IMAGE_TYPES.iter().find(|known| known.name == name) else {
            return Err(unknown_name(
                "PyRadiomics image type",
                name,
                IMAGE_TYPES.iter().map(|known| known.name),
            ));
        };
        filters.extend((image_type.filters)(&together(image_type, own, given)?)?);
    }
    match (types.is_empty(), filters.is_empty()) {
        (true, _) => plain("original", "original"),
        (false, true) => {
            let remedy = "PyRadiomics computes no image of this: give LoG a list `sigma` of numbers in mm, or Original";
            Err(wrong("imageType", &Value::Object(types.clone()), remedy))
        }
        (false, false) => Ok(filters),
    }
}

/// The settings that an image type goes by: its own, and the common ones that it does not give itself.
fn together(image_type: &ImageType, own: &Value, given: &Map<String, Value>) -> Result<Map<String, Value>> {
    let none = Map::new();
    let own = match own {
        Value::Null => &none,
        Value::Object(map) => map,
        other => return Err(wrong("imageType", other, "give a mapping of settings for each image type")),
    };
    for (name, value) in own {
        if let Some(common) = settings_of("setting").find(|setting| setting.name == name)
            && !image_type.settings.contains(&common.name)
        {
            return Err(unavailable(common.name, value, "give it in `setting`, for all image types alike"));
        }
    }
    known(own.keys(), image_type.settings.iter().copied())?;
    let mut together = given.clone();
    together.extend(own.clone());
    Ok(together)
}

fn plain(name: &str, filter: &str) -> Result<Vec<Named>> {
    Ok(vec![(name.to_owned(), json!(filter))])
}

fn log(given: &Map<String, Value>) -> Result<Vec<Named>> {
    let sigmas = match setting(given, "sigma") {
        None => &[][..],
        Some(Value::Array(sigmas)) => sigmas,
        Some(other) => return Err(wrong("sigma", other, "give a list of numbers")),
    };
    let filter = |sigma: &Value| {
        if !sigma.as_f64().is_some_and(|sigma| sigma > 0.0) {
            return Err(wrong("sigma", sigma, "give numbers above 0, in mm"));
        }
        // A whole number stays without decimals: 1 is "1", 1.0 is "1-0".
        let name = format!("log-sigma-{}-mm-3D", sigma.to_string().replace('.', "-"));
        Ok((name, json!({"laplacian_of_gaussian": {"sigma_mm": sigma, "method": "recursive"}})))
    };
    sigmas.iter().map(filter).collect()
}

fn wavelet(given: &Map<String, Value>) -> Result<Vec<Named>> {
    let whole = |name: &'static str, default: u64| match setting(given, name) {
        None => Ok(default),
        Some(value) => value.as_u64().ok_or_else(|| wrong(name, value, "give a whole number, 0 or more")),
    };
    let (levels, start) = (whole("level", 1)?, whole("start_level", 0)?);
    if levels == 0 || levels.saturating_add(start) > 64 {
        return Err(wrong(
            "level",
            &json!(levels),
            "give a number from 1, together with start_level at most 64",
        ));
    }
    let letters = if flag(given, "force2D")? { 2 } else { 3 };
    check_axis(given)?;
    let bands: Vec<String> = (0..1 << letters)
        .map(|bits| (0..letters).rev().map(|place| if bits >> place & 1 == 1 { 'H' } else { 'L' }).collect())
        .collect();
    let wavelet = setting(given, "wavelet").cloned().unwrap_or(json!("coif1"));
    let filter = |step: u64, band: &String| {
        let number = if step == 1 { String::new() } else { step.to_string() };
        let filter = json!({"separable_wavelet": {
            "wavelet": wavelet, "subband": band, "level": start + step,
            "decomposition": "repeated", "boundary": "periodic",
        }});
        (format!("wavelet{number}-{band}"), filter)
    };
    let details = (1..=levels).flat_map(|step| bands[1..].iter().map(move |band| (step, band)));
    Ok(details.chain([(levels, &bands[0])]).map(|(step, band)| filter(step, band)).collect())
}

fn gradient(given: &Map<String, Value>) -> Result<Vec<Named>> {
    let use_spacing = setting(given, "gradientUseSpacing").cloned().unwrap_or(json!(true));
    let filter = json!({"gradient": {"use_spacing": use_spacing, "single_precision": true}});
    Ok(vec![("gradient".to_owned(), filter)])
}

/// Refuses filters in 2D over slices that do not lie across z.
fn check_axis(given: &Map<String, Value>) -> Result<()> {
    match setting(given, "force2Ddimension") {
        Some(axis) if flag(given, "force2D")? && *axis != json!(0) => {
            Err(unavailable("force2Ddimension", axis, "filters in 2D take the slices across z, dimension 0"))
        }
        _ => Ok(()),
    }
}

fn lbp_2d(given: &Map<String, Value>) -> Result<Vec<Named>> {
    check_axis(given)?;
    let mut pattern = Map::new();
    for (theirs, ours) in [("lbp2DRadius", "radius"), ("lbp2DSamples", "samples"), ("lbp2DMethod", "method")]
    {
        pattern.extend(setting(given, theirs).map(|value| (ours.to_owned(), value.clone())));
    }
    Ok(vec![("lbp-2D".to_owned(), json!({ "local_binary_pattern_2d": pattern }))])
}

fn lbp_3d(given: &Map<String, Value>) -> Result<Vec<Named>> {
    let mut sphere = Map::new();
    for (theirs, ours) in [("lbp3DIcosphereRadius", "radius"), ("lbp3DIcosphereSubdivision", "subdivision")] {
        sphere.extend(setting(given, theirs).map(|value| (ours.to_owned(), value.clone())));
    }
    let levels = match setting(given, "lbp3DLevels") {
        None => 2,
        Some(value) => match value.as_u64() {
            Some(levels @ 1..=16) => levels,
            _ => return Err(wrong("lbp3DLevels", value, "give a whole number from 1 to 16")),
        },
    };
    let of = |name: String, map: Value| {
        let mut sphere = sphere.clone();
        sphere.insert("map".to_owned(), map);
        (name, json!({ "local_binary_pattern_3d": sphere }))
    };
    let degrees =
        (0..levels).map(|degree| of(format!("lbp-3D-m{}", degree + 1), json!({ "degree": degree })));
    Ok(degrees.chain([of("lbp-3D-k".to_owned(), json!("kurtosis"))]).collect())
}
