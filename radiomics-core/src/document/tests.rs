//! Documents, and what becomes of them.

use super::*;
use crate::names::Named;
use crate::settings::profile::{IbsiConfiguration, Profile};
use crate::settings::{BinAnchor, Discretisation, FilterCrop, Normalisation, ResegmentUnit, Settings};

#[test]
fn every_configuration_survives_yaml_and_json() {
    for (_, configuration) in IbsiConfiguration::NAMES {
        let settings = configuration.settings();
        assert_eq!(from_yaml(&to_yaml(&settings)).unwrap(), settings);
        assert_eq!(from_json(&to_json(&settings)).unwrap(), settings);
    }
}

#[test]
fn a_bin_setting_displaces_the_profile_s() {
    let settings = from_yaml("bin_anchor: multiple_of_width\nbin_width: 25").unwrap();
    let anchor = BinAnchor::MultipleOfWidth;
    assert_eq!(settings.discretisation, Discretisation::FixedBinSize { width: 25.0, anchor });
    assert_eq!(from_yaml("bin_number: null").unwrap().discretisation, Discretisation::Identity);
}

#[test]
fn messages_name_key_value_and_remedy() {
    let message = |text: &str| from_yaml(text).unwrap_err().to_string();
    assert_eq!(message("binWidth: 25"), "there is no setting `binWidth`; did you mean `bin_width`?");
    assert!(message("bin_width: -1").contains("`bin_width` is -1: it must be a finite number above 0"));
    assert!(message("bin_width: wide").contains("\"wide\": it takes a number above 0"));
    assert!(message("image_interpolation: liner").contains("did you mean `linear`?"));
    assert!(message("{bin_width: 25, bin_number: 32}").contains("give only one"));
    assert!(message("families: [gclm]").contains("did you mean `glcm`?"));
    assert!(message("families: [firstorder]").contains("did you mean `intensity_statistics`?"));
    assert!(message("resegmentMode: sigma").contains("did you mean `resegment_unit`?"));
    assert!(
        message("{imageType: {Original: {}}, setting: {binWidth: 25}}").contains("pyradiomics::from_yaml")
    );
    assert!(message("features: [glcm.contrst]").contains("did you mean `glcm.contrast`?"));
    assert!(message("- 1").contains("must be a mapping"));
    assert!(message("a: [").contains("cannot be read as YAML"));
}

#[test]
fn what_belongs_to_something_that_is_not_there_is_refused() {
    let message = |text: &str| from_yaml(text).unwrap_err().to_string();
    for (text, remedy) in [
        ("normalise_scale: 2", "setting `normalise_scale` is 2: it does nothing without `normalise: true`"),
        (
            "{normalise: false, normalise_clip: 3}",
            "`normalise_clip` is 3: it does nothing without `normalise: true`",
        ),
        ("resegment_unit: sigma", "`resegment_unit` is \"sigma\": it does nothing without `resegment_range`"),
        (
            "filter_crop_voxels: 9",
            "`filter_crop_voxels` is 9: it does nothing without `filter_crop: when_interp",
        ),
        ("bin_anchor: multiple_of_width", "it does nothing without `bin_width`: give that as well"),
        ("{profile: pyradiomics, bin_number: 9, bin_anchor: multiple_of_width}", "without `bin_width`"),
    ] {
        assert!(message(text).contains(remedy), "{text}: {}", message(text));
    }
    for text in [
        "{normalise: true, normalise_scale: 2, normalise_clip: 3}",
        "{resegment_range: [-3, 3], resegment_unit: sigma}",
        "{filter_crop: always, filter_crop_voxels: 9}",
        "{profile: pyradiomics, filter_crop_voxels: 9}",
        "{bin_width: 25, bin_anchor: multiple_of_width}",
        // The values that they are written with.
        "{normalise_scale: 1, normalise_clip: null, resegment_unit: intensity, filter_crop_voxels: 5}",
    ] {
        let read = from_yaml(text).unwrap();
        assert_eq!(from_yaml(&to_yaml(&read)).unwrap(), read, "{text}");
    }
}

#[test]
fn what_is_taken_away_takes_along_what_belongs_to_it() {
    let base = from_yaml(
        "{normalise: true, normalise_scale: 2, resegment_range: [-3, 3], resegment_unit: sigma, \
         filter_crop: always, filter_crop_voxels: 9, bin_width: 25, bin_anchor: multiple_of_width}",
    )
    .unwrap();
    let map =
        yaml_map("{normalise: false, resegment_range: null, filter_crop: never, bin_number: 32}").unwrap();
    assert_eq!(update(&base, &map).unwrap(), Settings::default());
}

#[test]
fn settings_of_other_origin_are_written_so_that_they_read_back() {
    let idle = Settings {
        resegment_unit: ResegmentUnit::Sigma,
        filter_crop_voxels: 9,
        filter_crop: FilterCrop::Never,
        ..Settings::default()
    };
    assert_eq!(from_yaml(&to_yaml(&idle)).unwrap(), Settings::default());
    let scaled = Settings { normalisation: Some(Normalisation { scale: 2.0, clip: Some(3.0) }), ..idle };
    assert_eq!(from_yaml(&to_yaml(&scaled)).unwrap().normalisation, scaled.normalisation);
}

/// What an idle key is written with is its value in the default settings, so it must be idle there.
#[test]
fn nothing_that_the_default_settings_need_is_there() {
    assert!(KEYS.iter().filter(|key| key.needs.is_some()).all(|key| key.is_idle(&Settings::default())));
}

#[test]
fn what_keys_take() {
    let takes = |name: &str| KEYS.iter().find(|key| key.name == name).unwrap().takes();
    assert_eq!(takes("geometry_tolerance"), "a number, 0 or more");
    assert_eq!(takes("mask_threshold"), "a number above 0 and at most 1");
    assert_eq!(takes("normalise_clip"), "a number above 0, or null");
    assert_eq!(takes("filter_crop_voxels"), "a whole number from 0 to 1000000");
    assert_eq!(takes("ngldm_alpha"), "a whole number, 0 or more");
    assert_eq!(takes("distances"), "a list of whole numbers from 1 to 64");
    assert_eq!(takes("grid_alignment"), "centre or corner");
    assert_eq!(takes("distance_weighting"), "manhattan, euclidean or infinity, or null");
    assert_eq!(takes("bin_width"), "a number above 0, a list of such numbers, or null");
    assert_eq!(takes("ivh_bin_number"), "a whole number from 1 to 65535, or null");
    assert_eq!(takes("features"), "a list of names of features, as family.feature, or null");
}

/// Every number that `takes` promises is read, and the ones beyond are refused.
#[test]
fn keys_take_the_numbers_that_they_say() {
    let with = |name: &str, number: f64| {
        let others = match name {
            "normalise_scale" | "normalise_clip" => "normalise: true, ",
            "filter_crop_voxels" => "filter_crop: always, ",
            _ => "",
        };
        let value = if name == "distances" { format!("[{number}]") } else { number.to_string() };
        from_yaml(&format!("{{{others}{name}: {value}}}"))
    };
    let mut looked_at = 0;
    for key in KEYS.iter().filter(|key| key.takes().contains("number") && key.name != "filters") {
        let takes = key.takes();
        let (good, bad): (&[f64], &[f64]) = match takes.as_str() {
            t if t.contains(" from 1 to 64") && !t.contains("65535") => (&[1.0, 64.0], &[0.0, 65.0, -1.0]),
            t if t.contains(" from 1 to 65535") => (&[1.0, 65535.0], &[0.0, 65536.0]),
            t if t.contains(" from 0 to 1000000") => (&[0.0, 1e6], &[1_000_001.0, -1.0]),
            t if t.contains(" from 0 to 2") => (&[0.0, 2.0], &[3.0, -1.0]),
            t if t.contains(" above 0 and at most 1") => (&[0.001, 1.0], &[0.0, 1.001]),
            t if t.contains(" above 0") => (&[0.001, 1e6], &[0.0, -1.0]),
            t if t.contains(", 0 or more") => (&[0.0, 1000.0], &[-1.0]),
            "a number" => (&[-1e9, 0.0], &[]),
            _ => continue,
        };
        looked_at += 1;
        for &number in good {
            assert!(with(key.name, number).is_ok(), "{} {number}: {takes}", key.name);
        }
        for &number in bad {
            let message = with(key.name, number).unwrap_err().to_string();
            assert!(message.contains(&format!("`{}` is", key.name)), "{} {number}: {message}", key.name);
        }
    }
    assert_eq!(looked_at, 15);
}

fn differences_of(text: &str) -> (Profile, String) {
    let settings = from_yaml(text).unwrap();
    let (profile, map) = differences(&settings);
    assert_eq!(update(&profile.settings(), &map).unwrap(), settings, "{text}");
    (profile, serde_json::Value::Object(map).to_string())
}

#[test]
fn differences_are_from_the_nearest_profile_and_none_is_implied_by_another() {
    use Profile::{Ibsi, PyRadiomics};
    for (text, profile, keys) in [
        ("", Ibsi, "{}"),
        ("profile: pyradiomics", PyRadiomics, "{}"),
        ("bin_width: 25", Ibsi, r#"{"bin_width":25.0}"#),
        ("bin_number: null", Ibsi, r#"{"bin_number":null}"#),
        ("{profile: pyradiomics, bin_number: 32}", PyRadiomics, r#"{"bin_number":32}"#),
        ("{profile: pyradiomics, bin_width: null}", PyRadiomics, r#"{"bin_width":null}"#),
        ("{profile: pyradiomics, filter_crop_voxels: 9}", PyRadiomics, r#"{"filter_crop_voxels":9}"#),
        ("{normalise: true, normalise_scale: 2}", Ibsi, r#"{"normalise":true,"normalise_scale":2.0}"#),
        ("ivh_bin_number: null", Ibsi, r#"{"ivh_bin_number":null}"#),
        ("bin_width: [10, 25]", Ibsi, r#"{"bin_width":[10.0,25.0]}"#),
    ] {
        assert_eq!(differences_of(text), (profile, keys.to_owned()), "{text}");
    }
    for (_, configuration) in IbsiConfiguration::NAMES {
        let settings = configuration.settings();
        let (profile, map) = differences(&settings);
        assert_eq!(profile, Ibsi);
        assert_eq!(update(&profile.settings(), &map).unwrap(), settings);
    }
}

#[test]
fn a_template_says_all_and_reads_back() {
    for (name, profile) in Profile::NAMES {
        let text = template(*profile);
        assert_eq!(from_yaml(&text).unwrap(), profile.settings(), "{name}");
        assert_eq!(yaml_map(&text).unwrap().len(), KEYS.len() + 1);
        // It still does with every comment taken away, and every line below a profile of its own.
        let lines = || text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
        assert_eq!(lines().count(), KEYS.len() + 1);
        assert!(text.lines().all(|line| line.starts_with('#') || !line.contains('#')));
        assert!(text.lines().filter(|line| line.starts_with('#')).all(|line| line.chars().count() <= 100));
        for (line, key) in lines().skip(1).zip(KEYS) {
            let own = yaml_map(&format!("profile: {name}\n{line}")).unwrap();
            assert_eq!(from_map(&own).unwrap(), profile.settings(), "{}", key.name);
        }
    }
}
