//! The kinds of values that keys take: what is said about them, how one is written and read.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::read::{Read, named, read};
use crate::filters::{Filter, read_filters};
use crate::names::Named;
use crate::settings::Normalisation;

/// A kind of values, for a field of type `T`.
pub(super) trait Kind<T> {
    /// What one value is called. `bound` follows the noun if it is a number.
    fn one(&self, bound: &str) -> String;

    /// What the members of a list are called.
    fn many(&self, bound: &str) -> String {
        self.one(bound)
    }

    /// The type that a value of this kind has in Python.
    fn python(&self) -> String;

    fn write(&self, field: &T) -> Value;

    fn read(&self, value: &Value) -> Read<T>;

    /// Reads a value into a field; of some kinds, a value says only a part of what the field holds.
    fn assign(&self, field: &mut T, value: &Value) -> Read<()> {
        *field = self.read(value)?;
        Ok(())
    }
}

/// Values that JSON has.
pub(super) struct Plain {
    one: &'static str,
    many: &'static str,
    python: &'static str,
}

const fn plain(one: &'static str, many: &'static str, python: &'static str) -> Plain {
    Plain { one, many, python }
}

pub(super) const FLAG: Plain = plain("true or false", "flags", "bool");
pub(super) const NUMBER: Plain = plain("a number", "numbers", "float");
pub(super) const WHOLE: Plain = plain("a whole number", "whole numbers", "int");
pub(super) const FAMILY: Plain = plain("the name of a family", "names of families", "str");
pub(super) const FEATURE: Plain =
    plain("the name of a feature", "names of features, as family.feature", "str");
pub(super) const RANGE: Plain = plain(
    "two numbers, lower and upper end (null leaves an end open)",
    "pairs of numbers",
    "tuple[float | None, float | None]",
);

impl<T: Serialize + DeserializeOwned> Kind<T> for Plain {
    fn one(&self, bound: &str) -> String {
        format!("{}{bound}", self.one)
    }

    fn many(&self, bound: &str) -> String {
        format!("{}{bound}", self.many)
    }

    fn python(&self) -> String {
        self.python.to_owned()
    }

    fn write(&self, field: &T) -> Value {
        json!(field)
    }

    fn read(&self, value: &Value) -> Read<T> {
        read(value)
    }
}

/// The names of a closed choice, with a word before the last one.
fn names<T: Named>(word: &str) -> String {
    let names: Vec<&str> = T::NAMES.iter().map(|(name, _)| *name).filter(|name| !name.is_empty()).collect();
    match names.split_last() {
        Some((last, first)) if !first.is_empty() => format!("{} {word} {last}", first.join(", ")),
        _ => names.concat(),
    }
}

/// One of the names of a closed choice.
pub(super) struct Choice;

impl<T: Named> Kind<T> for Choice {
    fn one(&self, _: &str) -> String {
        names::<T>("or")
    }

    fn many(&self, _: &str) -> String {
        format!("names from {}", names::<T>("and"))
    }

    fn python(&self) -> String {
        "str".to_owned()
    }

    fn write(&self, field: &T) -> Value {
        json!(field.name())
    }

    fn read(&self, value: &Value) -> Read<T> {
        named(value)
    }
}

/// Null, or what the kind `K` takes.
pub(super) struct Optional<K>(pub K);

impl<T, K: Kind<T>> Kind<Option<T>> for Optional<K> {
    fn one(&self, bound: &str) -> String {
        format!("{}, or null", self.0.one(bound))
    }

    fn python(&self) -> String {
        format!("{} | None", self.0.python())
    }

    fn write(&self, field: &Option<T>) -> Value {
        field.as_ref().map_or(Value::Null, |inner| self.0.write(inner))
    }

    fn read(&self, value: &Value) -> Read<Option<T>> {
        match value {
            Value::Null => Ok(None),
            _ => self.0.read(value).map(Some),
        }
    }
}

/// A list whose members are what the kind `K` takes.
pub(super) struct List<K>(pub K);

impl<T, K: Kind<T>> Kind<Vec<T>> for List<K> {
    fn one(&self, bound: &str) -> String {
        format!("a list of {}", self.0.many(bound))
    }

    fn python(&self) -> String {
        format!("tuple[{}, ...]", self.0.python())
    }

    fn write(&self, field: &Vec<T>) -> Value {
        field.iter().map(|member| self.0.write(member)).collect()
    }

    fn read(&self, value: &Value) -> Read<Vec<T>> {
        read::<Vec<Value>>(value)?.iter().map(|member| self.0.read(member)).collect()
    }
}

/// A number for each axis, or a single one for all axes.
pub(super) struct Axes;

impl Kind<[Option<f64>; 3]> for Axes {
    fn one(&self, bound: &str) -> String {
        format!("three numbers{bound} (z, y, x; null keeps an axis), or one for all axes")
    }

    fn python(&self) -> String {
        "tuple[float | None, float | None, float | None]".to_owned()
    }

    fn write(&self, field: &[Option<f64>; 3]) -> Value {
        json!(field)
    }

    fn read(&self, value: &Value) -> Read<[Option<f64>; 3]> {
        match value {
            Value::Number(_) => Ok([Some(read(value)?); 3]),
            _ => read(value),
        }
    }
}

/// Filters with their parameters.
pub(super) struct Filters;

impl Kind<Vec<Filter>> for Filters {
    fn one(&self, _: &str) -> String {
        "a filter or a list of them, each a name or a mapping from one to its parameters, such as \
         {mean: {support_voxels: 5}}"
            .to_owned()
    }

    fn python(&self) -> String {
        "tuple[str | dict[str, Any], ...]".to_owned()
    }

    fn write(&self, field: &Vec<Filter>) -> Value {
        json!(field)
    }

    fn read(&self, value: &Value) -> Read<Vec<Filter>> {
        let given = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        Ok(read_filters(given)?)
    }
}

/// Whether intensities are normalised at all.
pub(super) struct Normalise;

const PLAIN: Normalisation = Normalisation { scale: 1.0, clip: None };

impl Kind<Option<Normalisation>> for Normalise {
    fn one(&self, bound: &str) -> String {
        Kind::<bool>::one(&FLAG, bound)
    }

    fn python(&self) -> String {
        Kind::<bool>::python(&FLAG)
    }

    fn write(&self, field: &Option<Normalisation>) -> Value {
        json!(field.is_some())
    }

    fn read(&self, value: &Value) -> Read<Option<Normalisation>> {
        Ok(read::<bool>(value)?.then_some(PLAIN))
    }

    fn assign(&self, field: &mut Option<Normalisation>, value: &Value) -> Read<()> {
        *field = self.read(value)?.map(|plain| field.unwrap_or(plain));
        Ok(())
    }
}

/// A part of the normalisation, which is looked at only if there is one.
pub(super) struct OfNormalisation<K, T>(pub K, pub fn(&mut Normalisation) -> &mut T);

impl<T, K: Kind<T>> Kind<Option<Normalisation>> for OfNormalisation<K, T> {
    fn one(&self, bound: &str) -> String {
        self.0.one(bound)
    }

    fn python(&self) -> String {
        self.0.python()
    }

    fn write(&self, field: &Option<Normalisation>) -> Value {
        self.0.write((self.1)(&mut field.unwrap_or(PLAIN)))
    }

    fn read(&self, value: &Value) -> Read<Option<Normalisation>> {
        self.0.read(value).map(|_| None)
    }

    fn assign(&self, field: &mut Option<Normalisation>, value: &Value) -> Read<()> {
        let part = self.0.read(value)?;
        if let Some(normalisation) = field {
            *(self.1)(normalisation) = part;
        }
        Ok(())
    }
}
