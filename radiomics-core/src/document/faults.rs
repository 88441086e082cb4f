//! What is wrong with a text that is no document, in our words: those of the readers are about themselves.

#[cfg(feature = "yaml")]
use crate::error::shown;

/// What a JSON reader has to say that is ours: it comes through its errors.
pub(super) const TWICE: &str = "is given twice";

/// What is wrong with a JSON document.
pub(super) fn of_json(error: &serde_json::Error, text: &str) -> String {
    use serde_json::error::Category;
    let (line, column) = (error.line(), error.column());
    let said = error.to_string();
    match error.classify() {
        Category::Data => {
            let key = said.split(TWICE).next().unwrap_or_default();
            format!("{key}{TWICE}{}", place(line, column))
        }
        Category::Eof => "it ends too early: close each brace, bracket and quote".to_owned(),
        _ if said.starts_with("recursion") => "it is larger or deeper than settings can be".to_owned(),
        _ if said.starts_with("number out of range") => {
            format!("a number{} is beyond 64-bit floats", place(line, column))
        }
        _ => format!(
            "it is no JSON{}{}: quote keys and texts with \", and put a comma between what a list or mapping holds, \
             and none at its end",
            place(line, column),
            excerpt(text, line, column)
        ),
    }
}

/// What is wrong with a YAML document.
#[cfg(feature = "yaml")]
pub(super) fn of_yaml(error: &serde_saphyr::Error, text: &str) -> String {
    use serde_saphyr::Error;
    let at = error.location().map(|at| (at.line() as usize, at.column() as usize));
    let place = at.map_or_else(String::new, |(line, column)| place(line, column));
    match error {
        Error::DuplicateMappingKey { key: Some(key), .. } => format!("the key `{key}` {TWICE}{place}"),
        Error::DuplicateMappingKey { key: None, .. } => format!("a key {TWICE}{place}"),
        Error::Budget { .. }
        | Error::AliasReplayCounterOverflow { .. }
        | Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. } => {
            format!("it is larger or deeper than settings can be{place}")
        }
        Error::MultipleDocuments { .. } => {
            format!("a second document begins{place}: give one, without `---` in between")
        }
        Error::UnknownAnchor { .. } => {
            format!(
                "a reference `*name`{place} is to no `&name` before it: quote a text that begins with `*`"
            )
        }
        Error::NonFiniteFloat { value, .. } => {
            format!("`{}`{place} is no finite number in 64 bits", shown(value))
        }
        Error::AliasError { error, .. } => of_yaml(error.without_snippet(), text),
        Error::ExternalMessage { msg, .. } if msg.contains("recursion limit") => {
            format!("it is larger or deeper than settings can be{place}")
        }
        _ => format!(
            "it is no YAML{place}{}: indent with spaces, close brackets and quotes, put a space after each colon, and \
             quote texts that begin with a special character",
            at.map_or_else(String::new, |(line, column)| excerpt(text, line, column))
        ),
    }
}

/// Where a reader ended, both counted from 1.
pub(super) fn place(line: usize, column: usize) -> String {
    format!(" in line {line}, column {column}")
}

/// What stands there, up to the end of the line.
fn excerpt(text: &str, line: usize, column: usize) -> String {
    const LONGEST: usize = 30;
    let line = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
    let rest = line.chars().skip(column.saturating_sub(1)).take(LONGEST);
    let rest: String = rest.filter(|c| !c.is_control()).collect();
    if rest.trim().is_empty() { String::new() } else { format!(", at `{}`", rest.trim_end()) }
}

/// The first number of a YAML document that YAML 1.2 does not have, and its line from 1: digits with underscores that a
/// tag calls a number, binary ones, and `0X` or `0O`. Other underscores make a text. The reader takes these as numbers, as
/// it does those that begin with a 0 and are octal to readers of YAML 1.1.
#[cfg(feature = "yaml")]
pub(super) fn odd_number(text: &str) -> Option<(&str, usize)> {
    let is_prefix = |token: &str| ["0b", "0B", "0X", "0O"].iter().any(|prefix| token.starts_with(prefix));
    let is_octal = |digits: &str| {
        digits.len() > 1 && digits.starts_with('0') && digits.chars().all(|c| c.is_ascii_digit())
    };
    let is_odd = |tag: &str, token: &str| {
        let digits = token.strip_prefix(['-', '+']).unwrap_or(token);
        let is_number = digits.starts_with(|c: char| c.is_ascii_digit())
            && digits.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let signed_prefix =
            digits.len() < token.len() && (digits.starts_with("0x") || digits.starts_with("0o"));
        let is_tagged = matches!(tag, "!!int" | "!!float");
        is_number
            && (is_octal(digits) || is_prefix(digits) || signed_prefix || is_tagged && digits.contains('_'))
    };
    for (number, line) in text.lines().enumerate() {
        let line = if line.starts_with('#') { "" } else { line.split(" #").next().unwrap_or_default() };
        let tokens = || line.split([' ', '\t', ',', '[', ']', '{', '}']).filter(|token| !token.is_empty());
        let before = std::iter::once("").chain(tokens());
        if let Some((_, token)) = before.zip(tokens()).find(|(tag, token)| is_odd(tag, token)) {
            return Some((token, number + 1));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use crate::document::{from_json, from_yaml};
    use crate::settings::{BinAnchor, Discretisation};

    /// Words of the readers, and of no user.
    const THEIRS: [&str; 12] = [
        "parsing",
        "scan",
        "simple key",
        "did not find",
        "mapping values",
        "expected",
        "serde",
        "deserializ",
        "line 0",
        "at line",
        "EOF",
        "snippet",
    ];

    #[test]
    fn what_is_no_yaml_is_said_in_our_words() {
        let texts = [
            "a: [",
            "a: ]",
            "a: {b",
            "a: b: c",
            "\tbin_width: 1",
            "bin_width: 'x",
            "bin_width: \"x",
            "- a\nb: c",
            "bin_width: *x",
            "bin_width: 1\n---\nbin_width: 2",
            "bin_width: @x",
            "bin_width: 1e999",
            "? [a]\n: 1",
            "bin_width: 1\n bin_number: 2",
            "%YAML 3.0",
            "bin_width: !!int x",
            "bin_width: !!binary x",
            "bin_width: %",
            "&a a: &a",
            "<<: 1",
            "bin_width: |\n x\n- y",
            "\u{7}",
            "bin_width: \"\\q\"",
            "bin_width: 1\nbin_width: 2",
            "{}}",
            "bin_width: `x",
            "\u{feff}a: [",
            "!<x y",
            "bin_width: .inf",
            "a: &x [*x]",
            "bin_width: !!float 2_5",
            "bin_width: 0b11",
            "bin_width: -0x1",
        ];
        let mut refused = 0;
        for text in texts {
            // What of this a reader makes sense of is its own affair.
            let Err(error) = from_yaml(text) else { continue };
            let message = error.to_string();
            println!("{text:?}: {message}");
            assert!(THEIRS.iter().all(|word| !message.contains(word)), "{text:?}: {message}");
            refused += 1;
        }
        assert!(refused > 25, "{refused}");
        let message = |text: &str| from_yaml(text).unwrap_err().to_string();
        assert_eq!(
            message("families:\n  - glcm\n bin_width: 25"),
            "the settings cannot be read as YAML: it is no YAML in line 3, column 2, at `bin_width: 25`: indent with \
             spaces, close brackets and quotes, put a space after each colon, and quote texts that begin with a special \
             character"
        );
        assert!(
            message("bin_width: 1\n---\nbin_width: 2")
                .contains("a second document begins in line 3, column 1: give one")
        );
        assert!(
            message(&format!("a: {}", "[".repeat(100_000)))
                .contains("it is larger or deeper than settings can be")
        );
        assert!(message("bin_width: 1e999").contains("`1e999` in line 1, column 12 is no finite number"));
        assert!(message("bin_width: 0b11").contains("`0b11` in line 1 is no number of YAML 1.2"));
    }

    /// Of a number with underscores one cannot know what was meant, as readers differ.
    #[test]
    fn numbers_are_those_of_yaml_1_2() {
        for number in
            ["25_0", "2_5.0", "0x1_9", "0b11", "!!int 2_5", "1:30", "+0x10", "010", "-010", "00", "08"]
        {
            let message = from_yaml(&format!("bin_width: {number}")).unwrap_err().to_string();
            assert!(message.contains(number.split(' ').next_back().unwrap()), "{number}: {message}");
        }
        for (number, width) in [
            ("0x19", 25.0),
            ("0o31", 25.0),
            ("+25", 25.0),
            ("25.", 25.0),
            (".5", 0.5),
            ("2.5E+1", 25.0),
            ("025.0", 25.0),
        ] {
            let settings = from_yaml(&format!("{{bin_width: {number}}} # not 0b11, nor 2_5")).unwrap();
            let anchor = BinAnchor::LowerBound;
            assert_eq!(settings.discretisation, Discretisation::FixedBinSize { width, anchor }, "{number}");
        }
    }

    #[test]
    fn what_is_no_json_is_said_in_our_words() {
        let texts = [
            "",
            "{",
            "[",
            "{\"a\": 1,}",
            "{a: 1}",
            "{\"a\" 1}",
            "{\"a\": 1} x",
            "nul",
            "{\"a\": 01}",
            "{\"a\": 1e999}",
            "\"\\q\"",
            "{\"a\": \"\u{1}\"}",
            "1",
            "{\"a\": 1, \"a\": 2}",
            "{'a': 1}",
            "{\"a\": -}",
            "{\"a\": NaN}",
        ];
        for text in texts.into_iter().map(str::to_owned).chain([format!("{}1", "[".repeat(1000))]) {
            let message = from_json(&text).unwrap_err().to_string();
            assert!(THEIRS.iter().all(|word| !message.contains(word)), "{text:?}: {message}");
        }
        let message = |text: &str| from_json(text).unwrap_err().to_string();
        assert!(
            message("{\"a\": 1,\n b: 2}")
                .contains("it is no JSON in line 2, column 2, at `b: 2}`: quote keys")
        );
        assert!(message("{\"a\": 1, \"a\": 2}").contains(": the key `a` is given twice in line 1, column "));
    }
}
