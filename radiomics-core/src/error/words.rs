//! The words of messages: numbers, lists and the nearest name.

/// A number without hundreds of digits: with an exponent where it is very large or very small.
pub(crate) fn number(x: &f64) -> String {
    match x.abs() {
        size if size == 0.0 || !x.is_finite() || (1e-5..1e16).contains(&size) => x.to_string(),
        _ => format!("{x:e}"),
    }
}

/// A number of bytes, in the unit that leaves few digits.
pub(super) fn bytes(n: &u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if *n < 1000 {
        return format!("{n} bytes");
    }
    let mut size = *n as f64 / 1e3;
    let mut unit = 0;
    while size >= 1000.0 && unit + 1 < UNITS.len() {
        size /= 1e3;
        unit += 1;
    }
    if size < 1e6 { format!("{size:.1} {}", UNITS[unit]) } else { format!("{size:.1e} {}", UNITS[unit]) }
}

/// The limit of memory that a caller has set, by the name of the argument.
pub(super) fn of_limit(limit: &Option<u64>) -> String {
    limit.map_or_else(String::new, |limit| format!(" of the {} that `memory_bytes` allows", bytes(&limit)))
}

/// The verb of what needs memory, which may be several things.
pub(super) fn need(what: &str) -> &'static str {
    if what.contains(" and ") { "need" } else { "needs" }
}

/// A number with six decimals, if it is none of the very large ones.
pub(super) fn fixed(x: &f64) -> String {
    if x.abs() < 1e15 { format!("{x:.6}") } else { number(x) }
}

/// The ends of a range as documents write them, `null` for an open one.
pub(crate) fn ends(range: [Option<f64>; 2]) -> String {
    let [low, high] = range.map(|end| end.map_or("null".to_owned(), |end| number(&end)));
    format!("[{low}, {high}]")
}

/// A value as it was given, but for the digits of very large numbers and the end of what is long.
pub(crate) fn shown(value: &str) -> String {
    const LONGEST: usize = 120;
    const DIGITS: usize = 20;
    if let Ok(x) = value.parse::<f64>()
        && value.len() > DIGITS
    {
        return number(&x);
    }
    match value.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{} …", &value[..end]),
        None => value.to_owned(),
    }
}

pub(super) fn list(labels: &[i64]) -> String {
    const SHOWN: usize = 20;
    let names: Vec<String> = labels.iter().take(SHOWN).map(i64::to_string).collect();
    let more = labels.len().saturating_sub(SHOWN);
    match more {
        0 => names.join(", "),
        _ => format!("{} and {more} more", names.join(", ")),
    }
}

/// The names in a text: `a, b or c`.
pub(crate) fn one_of(names: &[impl AsRef<str>]) -> String {
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    match names.split_last() {
        Some((last, first)) if !first.is_empty() => format!("{} or {last}", first.join(", ")),
        _ => names.concat(),
    }
}

/// What may have been meant by a name, and what there is to choose from unless that is long.
pub(super) fn choose(known: &[String], suggestion: &Option<String>) -> String {
    const SHORT: usize = 8;
    match suggestion {
        Some(name) if known.is_empty() || known.len() > SHORT => format!("; did you mean `{name}`?"),
        Some(name) => format!("; did you mean `{name}`? Choose {}", one_of(known)),
        None if known.is_empty() => String::new(),
        None => format!(": choose {}", one_of(known)),
    }
}

pub(super) fn known_or_meant(known: &[&str], suggestion: &Option<String>) -> String {
    match (suggestion, known) {
        (Some(name), _) => format!("; did you mean `{name}`?"),
        (None, []) => "; it takes none".to_owned(),
        (None, known) => format!("; it takes {}", known.join(", ")),
    }
}

pub(super) fn remedy(stage: &str) -> &'static str {
    match stage {
        "resegmentation" => ": widen `resegment_range` or `resegment_sigma`",
        "interpolation" => ": choose a smaller `resample_spacing_mm`",
        _ => ": features of so small a region are not defined",
    }
}

/// The candidate nearest to `name`, if one is near enough to be a slip of the pen.
///
/// ```
/// let columns = ["original_glcm_contrast_3D_avg", "original_glcm_joint_entropy_3D_avg"];
/// let meant = radiomics_core::nearest("original_glcm_contrst_3D_avg", columns.into_iter());
/// assert_eq!(meant.as_deref(), Some(columns[0]));
/// ```
pub fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<String> {
    let plain = |s: &str| s.to_lowercase().replace(['_', '-', ' '], "");
    let wanted = plain(name);
    candidates
        .map(|c| {
            let candidate = plain(c);
            let contained = wanted.len() >= 4 && (candidate.contains(&wanted) || wanted.contains(&candidate));
            let distance = match strsim::osa_distance(&wanted, &candidate) {
                // But for signs between words and large letters it is the name itself.
                0 => 0,
                _ if contained => 1,
                distance => distance,
            };
            (distance, candidate.chars().count(), c)
        })
        .min_by_key(|&(distance, ..)| distance)
        // Of a name that has nothing in common with the one given no letter was a slip.
        .filter(|&(distance, length, _)| {
            let of_wanted = wanted.chars().count();
            distance <= (2 + of_wanted / 4).min(of_wanted.max(2) / 2) && distance < of_wanted.max(length)
        })
        .map(|(.., c)| c.to_owned())
}

/// So many voxels `which` are something.
pub(super) fn voxels_are(count: &usize, which: &str) -> String {
    match count {
        1 => format!("1 voxel {which} is"),
        count => format!("{count} voxels {which} are"),
    }
}

/// What a value that is no label should have been.
pub(super) fn what_labels_are(value: &f64) -> &'static str {
    match value.is_finite() && value.fract() == 0.0 {
        true => "labels are whole numbers from -2^63 to 2^63 - 1; number them anew",
        false => "a mask holds whole-number labels of 64 bits; threshold it first",
    }
}

/// A point of a contour, both counted from 1.
pub(super) fn point_of(point: &usize, contour: &usize) -> String {
    format!("point {} of contour {}", point + 1, contour + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_name_is_suggested_only_when_near() {
        let names = ["bin_width", "bin_number", "mask_threshold"];
        assert_eq!(nearest("binWidth", names.into_iter()).as_deref(), Some("bin_width"));
        assert_eq!(nearest("bin_nmuber", names.into_iter()).as_deref(), Some("bin_number"));
        assert_eq!(nearest("wavelet", names.into_iter()), None);
        assert_eq!(nearest("F", ["A", "B", "C"].into_iter()), None);
        assert_eq!(nearest("a", ["A", "B", "C"].into_iter()).as_deref(), Some("A"));
        assert_eq!(nearest("3d_avg", ["2D_avg", "3D_avg"].into_iter()).as_deref(), Some("3D_avg"));
        assert_eq!(nearest("Foo", ["Original", "LoG"].into_iter()), None);
    }

    #[test]
    fn names_are_listed_unless_they_are_many_and_one_is_near() {
        let few: Vec<String> = ["a", "b", "c"].map(str::to_owned).to_vec();
        let many: Vec<String> = (0..9).map(|n| n.to_string()).collect();
        let near = Some("b".to_owned());
        assert_eq!(choose(&few, &None), ": choose a, b or c");
        assert_eq!(choose(&few, &near), "; did you mean `b`? Choose a, b or c");
        assert_eq!(choose(&many, &None), ": choose 0, 1, 2, 3, 4, 5, 6, 7 or 8");
        assert_eq!(choose(&many, &near), "; did you mean `b`?");
        assert_eq!(choose(&[], &near), "; did you mean `b`?");
        assert_eq!(choose(&[], &None), "");
        assert_eq!(one_of(&["a"]), "a");
    }

    #[test]
    fn memory_has_words() {
        assert_eq!(
            [0, 999, 1000, 104_857_600].map(|n| bytes(&n)),
            ["0 bytes", "999 bytes", "1.0 kB", "104.9 MB"]
        );
        assert_eq!([need("filtering"), need("Moran's I and Geary's C")], ["needs", "need"]);
    }

    #[test]
    fn numbers_have_few_digits() {
        for (x, text) in [
            (0.0, "0"),
            (-0.25, "-0.25"),
            (65_536.0, "65536"),
            (1e300, "1e300"),
            (-1.5e-300, "-1.5e-300"),
            (f64::INFINITY, "inf"),
        ] {
            assert_eq!(number(&x), text);
        }
        assert_eq!([fixed(&0.25), fixed(&1e300)], ["0.250000", "1e300"]);
        assert_eq!(ends([Some(400.0), None]), "[400, null]");
        assert_eq!(shown(&1e300.to_string()), "1e300");
        assert_eq!(shown(&format!("[{}]", "1, ".repeat(100))).chars().count(), 122);
        assert_eq!(shown("[1.0, 2.0]"), "[1.0, 2.0]");
    }
}
