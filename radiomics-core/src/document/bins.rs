//! Grey levels in a settings document: one of three keys, with a value or a list of several.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::keys::{Read, named, read};
use crate::names::Named;
use crate::settings::{BinAnchor, Discretisation, Settings};

/// The value of a bin setting, a list if there are several discretisations.
pub(super) fn each(settings: &Settings, get: fn(&Discretisation) -> Value) -> Value {
    match (settings.further_discretisations.is_empty(), get(&settings.discretisation)) {
        (true, single) => single,
        (false, Value::Null) => Value::Null,
        (false, _) => settings.discretisations().map(get).collect(),
    }
}

/// Replaces the discretisations by the one given, or by one for each member of a list.
pub(super) fn set_each(
    settings: &mut Settings,
    value: &Value,
    set: fn(&mut Discretisation, &Value) -> Read<()>,
) -> Read<()> {
    let before = &settings.discretisation;
    let made = |value: &Value| {
        let mut made = before.clone();
        set(&mut made, value).map(|()| made)
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

pub(super) fn width(bins: &Discretisation) -> Value {
    match bins {
        Discretisation::FixedBinSize { width, .. } => json!(width),
        _ => Value::Null,
    }
}

pub(super) fn number(bins: &Discretisation) -> Value {
    match bins {
        Discretisation::FixedBinNumber { bins } => json!(bins),
        _ => Value::Null,
    }
}

pub(super) fn edges(bins: &Discretisation) -> Value {
    match bins {
        Discretisation::BinEdges { edges } => json!(edges),
        _ => Value::Null,
    }
}

pub(super) fn anchor(bins: &Discretisation) -> Value {
    let anchor = match bins {
        Discretisation::FixedBinSize { anchor, .. } => *anchor,
        _ => BinAnchor::LowerBound,
    };
    json!(anchor.name())
}

/// Replaces the discretisation by the one given, or takes away one of that kind for null.
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

pub(super) fn set_width(bins: &mut Discretisation, value: &Value) -> Read<()> {
    let (same_kind, anchor) = match bins {
        Discretisation::FixedBinSize { anchor, .. } => (true, *anchor),
        _ => (false, BinAnchor::LowerBound),
    };
    replace(bins, value, same_kind, |width| Discretisation::FixedBinSize { width, anchor })
}

pub(super) fn set_number(bins: &mut Discretisation, value: &Value) -> Read<()> {
    let same_kind = matches!(bins, Discretisation::FixedBinNumber { .. });
    replace(bins, value, same_kind, |bins| Discretisation::FixedBinNumber { bins })
}

pub(super) fn set_edges(bins: &mut Discretisation, value: &Value) -> Read<()> {
    let same_kind = matches!(bins, Discretisation::BinEdges { .. });
    replace(bins, value, same_kind, |edges| Discretisation::BinEdges { edges })
}

pub(super) fn set_anchors(settings: &mut Settings, value: &Value) -> Read<()> {
    let mut chosen = BinAnchor::LowerBound;
    named(&mut chosen, value)?;
    let further = &mut settings.further_discretisations;
    for bins in std::iter::once(&mut settings.discretisation).chain(further) {
        if let Discretisation::FixedBinSize { anchor, .. } = bins {
            *anchor = chosen;
        }
    }
    Ok(())
}
