//! Text names of the choices that settings offer.

use crate::error::{Result, unknown_name};

/// A closed choice with a text name for each member.
pub trait Named: Copy + PartialEq + 'static {
    /// What the choice is, for messages.
    const KIND: &'static str;
    /// Every member and its name.
    const NAMES: &'static [(&'static str, Self)];

    /// The name of this member.
    ///
    /// # Panics
    /// When this member is not in [`NAMES`](Self::NAMES).
    fn name(self) -> &'static str {
        let named = Self::NAMES.iter().find(|(_, member)| *member == self);
        named.unwrap_or_else(|| panic!("a {} that `NAMES` does not have", Self::KIND)).0
    }

    /// The member called `name`.
    ///
    /// # Errors
    /// [`Error::UnknownName`](crate::Error::UnknownName) with the names that exist, and the nearest one of them.
    fn parse(name: &str) -> Result<Self> {
        let found = Self::NAMES.iter().find(|(known, _)| *known == name).map(|&(_, member)| member);
        found.ok_or_else(|| unknown_name(Self::KIND, name, Self::NAMES.iter().map(|(known, _)| *known)))
    }

    /// All names of the choice in a text, for messages and help texts.
    fn all() -> String {
        let names: Vec<&str> = Self::NAMES.iter().map(|(n, _)| *n).filter(|n| !n.is_empty()).collect();
        names.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Side {
        Left,
        Right,
    }

    impl Named for Side {
        const KIND: &'static str = "side";
        const NAMES: &'static [(&'static str, Self)] = &[("left", Self::Left)];
    }

    #[test]
    fn a_name_is_read_and_written() {
        assert_eq!((Side::Left.name(), Side::parse("left").ok()), ("left", Some(Side::Left)));
        assert_eq!(Side::parse("up").unwrap_err().to_string(), "there is no side `up`: choose left");
    }

    #[test]
    #[should_panic(expected = "a side that `NAMES` does not have")]
    fn a_member_without_a_name_is_a_mistake() {
        Side::Right.name();
    }
}
