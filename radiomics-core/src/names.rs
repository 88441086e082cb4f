//! Text names of the choices that settings offer.

use crate::error::{Error, Result, nearest};

/// A closed choice with a text name for each member.
pub trait Named: Copy + PartialEq + 'static {
    /// What the choice is, for messages.
    const KIND: &'static str;
    /// Every member and its name.
    const NAMES: &'static [(&'static str, Self)];

    /// The name of this member.
    fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, member)| *member == self).map_or("", |(name, _)| name)
    }

    /// The member called `name`.
    ///
    /// # Errors
    /// [`Error::UnknownName`] with the nearest name that exists.
    fn parse(name: &str) -> Result<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|&(_, member)| member).ok_or_else(|| {
            Error::UnknownName {
                kind: Self::KIND,
                name: name.to_owned(),
                suggestion: nearest(name, Self::NAMES.iter().map(|(known, _)| *known)),
            }
        })
    }

    /// All names, for messages and help texts.
    fn all() -> String {
        let names: Vec<&str> = Self::NAMES.iter().map(|(n, _)| *n).filter(|n| !n.is_empty()).collect();
        names.join(", ")
    }
}
