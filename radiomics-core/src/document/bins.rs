//! Grey levels in a settings document: one of three keys, with a value or a list of several.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::kinds::{Choice, Kind, List, NUMBER, WHOLE};
use super::read::{Read, named, read};
use crate::names::Named;
use crate::settings::{BinAnchor, Discretisation, Settings};

/// One of the three ways to give bins.
pub(super) struct Bins {
    /// What a single value is called, with its bound.
    one: fn(&str) -> String,
    /// What a list of several values is called.
    several: &'static str,
    python: fn() -> String,
    get: fn(&Discretisation) -> Value,
    set: fn(&mut Discretisation, &Value) -> Read<()>,
}

pub(super) const BY_WIDTH: Bins = Bins {
    one: |bound| Kind::<f64>::one(&NUMBER, bound),
    several: "a list of such numbers",
    python: || Kind::<f64>::python(&NUMBER),
    get: |bins| match bins {
        Discretisation::FixedBinSize { width, .. } => json!(width),
        _ => Value::Null,
    },
    set: |bins, value| {
        let (same_kind, anchor) = match bins {
            Discretisation::FixedBinSize { anchor, .. } => (true, *anchor),
            _ => (false, BinAnchor::LowerBound),
        };
        replace(bins, value, same_kind, |width| Discretisation::FixedBinSize { width, anchor })
    },
};

pub(super) const BY_NUMBER: Bins = Bins {
    one: |bound| Kind::<u32>::one(&WHOLE, bound),
    several: "a list of such numbers",
    python: || Kind::<u32>::python(&WHOLE),
    get: |bins| match bins {
        Discretisation::FixedBinNumber { bins } => json!(bins),
        _ => Value::Null,
    },
    set: |bins, value| {
        let same_kind = matches!(bins, Discretisation::FixedBinNumber { .. });
        replace(bins, value, same_kind, |bins| Discretisation::FixedBinNumber { bins })
    },
};

pub(super) const BY_EDGES: Bins = Bins {
    one: |_| "two or more numbers in ascending order".to_owned(),
    several: "a list of such lists",
    python: || Kind::<Vec<f64>>::python(&List(NUMBER)),
    get: |bins| match bins {
        Discretisation::BinEdges { edges } => json!(edges),
        _ => Value::Null,
    },
    set: |bins, value| {
        let same_kind = matches!(bins, Discretisation::BinEdges { .. });
        replace(bins, value, same_kind, |edges| Discretisation::BinEdges { edges })
    },
};

/// Replaces the discretisation by the one that `make` gives for the value; null takes one of that kind away.
fn replace<T: DeserializeOwned>(
    bins: &mut Discretisation,
    value: &Value,
    same_kind: bool,
    make: impl FnOnce(T) -> Discretisation,
) -> Read<()> {
    match read::<Option<T>>(value)? {
        Some(given) => *bins = make(given),
        None if same_kind => *bins = Discretisation::Identity,
        None => {}
    }
    Ok(())
}

/// The bins of a single discretisation.
pub(super) struct Single(pub Bins);

impl Kind<Discretisation> for Single {
    fn one(&self, bound: &str) -> String {
        format!("{}, or null", (self.0.one)(bound))
    }

    fn python(&self) -> String {
        format!("{} | None", (self.0.python)())
    }

    fn write(&self, field: &Discretisation) -> Value {
        (self.0.get)(field)
    }

    fn read(&self, value: &Value) -> Read<Discretisation> {
        let mut made = Discretisation::Identity;
        self.assign(&mut made, value).map(|()| made)
    }

    fn assign(&self, field: &mut Discretisation, value: &Value) -> Read<()> {
        (self.0.set)(field, value)
    }
}

/// The bins of all discretisations: a value, or a list if there are several.
pub(super) struct Each(pub Bins);

impl Kind<Settings> for Each {
    fn one(&self, bound: &str) -> String {
        format!("{}, {}, or null", (self.0.one)(bound), self.0.several)
    }

    fn python(&self) -> String {
        let one = (self.0.python)();
        format!("{one} | tuple[{one}, ...] | None")
    }

    fn write(&self, settings: &Settings) -> Value {
        match (settings.further_discretisations.is_empty(), (self.0.get)(&settings.discretisation)) {
            (true, single) => single,
            (false, Value::Null) => Value::Null,
            (false, _) => settings.discretisations().map(self.0.get).collect(),
        }
    }

    fn read(&self, value: &Value) -> Read<Settings> {
        let mut made = Settings::default();
        self.assign(&mut made, value).map(|()| made)
    }

    /// Replaces the discretisations by the one given, or by one for each member of a list.
    fn assign(&self, settings: &mut Settings, value: &Value) -> Read<()> {
        let before = &settings.discretisation;
        let made = |value: &Value| {
            let mut made = before.clone();
            (self.0.set)(&mut made, value).map(|()| made)
        };
        // Edges are a list themselves, so what makes one discretisation is one.
        let (first, further) = match (made(value), value.as_array().map(Vec::as_slice)) {
            // Null, and there are bins of another kind.
            (Ok(single), _) if value.is_null() && single == *before => return Ok(()),
            (Ok(single), _) => (single, Vec::new()),
            (Err(_), Some(members @ [first, further @ ..])) if !members.contains(&Value::Null) => {
                (made(first)?, further.iter().map(made).collect::<Read<_>>()?)
            }
            (Err(error), _) => return Err(error),
        };
        (settings.discretisation, settings.further_discretisations) = (first, further);
        Ok(())
    }
}

/// Where bins of a fixed width begin, in all discretisations alike.
pub(super) struct Anchor;

impl Kind<Settings> for Anchor {
    fn one(&self, bound: &str) -> String {
        Kind::<BinAnchor>::one(&Choice, bound)
    }

    fn python(&self) -> String {
        Kind::<BinAnchor>::python(&Choice)
    }

    fn write(&self, settings: &Settings) -> Value {
        match &settings.discretisation {
            Discretisation::FixedBinSize { anchor, .. } => json!(anchor.name()),
            _ => json!(BinAnchor::LowerBound.name()),
        }
    }

    fn read(&self, value: &Value) -> Read<Settings> {
        let mut made = Settings::default();
        self.assign(&mut made, value).map(|()| made)
    }

    fn assign(&self, settings: &mut Settings, value: &Value) -> Read<()> {
        let chosen = named(value)?;
        let further = &mut settings.further_discretisations;
        for bins in std::iter::once(&mut settings.discretisation).chain(further) {
            if let Discretisation::FixedBinSize { anchor, .. } = bins {
                *anchor = chosen;
            }
        }
        Ok(())
    }
}
