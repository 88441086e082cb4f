//! Parameters of filters as text: what they take, how they are read and written, and what is said
//! about one that cannot be read.

use serde_json::{Map, Value, json};

use crate::error::{Error, Result, nearest, unknown_name};
use crate::names::Named;

/// A parameter of a filter.
#[derive(Clone, Copy)]
pub struct Parameter {
    /// What documents call the parameter.
    pub name: &'static str,
    /// What the parameter does.
    pub summary: &'static str,
    /// Whether the parameter's values are lists. A list given for any other parameter stands for a filter
    /// per member.
    pub takes_list: bool,
    pub(super) takes: fn() -> String,
    pub(super) default: Option<fn() -> Value>,
}

impl Parameter {
    /// What values the parameter takes, such as `a number`.
    pub fn takes(&self) -> String {
        (self.takes)()
    }

    /// What the parameter is if it is not given; nothing if it must be given.
    pub fn default(&self) -> Option<Value> {
        self.default.map(|default| default())
    }
}

impl std::fmt::Debug for Parameter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parameter").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Why a value is none for a parameter: it is of another kind, unless there is more to say.
pub(crate) struct Wrong(pub Option<Error>);

/// A type of value that parameters take.
pub(crate) trait ParameterValue: Sized {
    /// Whether the values of this type are lists.
    const IS_LIST: bool = false;

    /// What the values of this type are, to follow on "it takes".
    fn takes() -> String;

    /// The value that a text stands for.
    fn read(value: &Value) -> std::result::Result<Self, Wrong>;

    /// The text that stands for this value.
    fn write(&self) -> Value;
}

impl ParameterValue for bool {
    fn takes() -> String {
        "true or false".to_owned()
    }

    fn read(value: &Value) -> std::result::Result<Self, Wrong> {
        value.as_bool().ok_or(Wrong(None))
    }

    fn write(&self) -> Value {
        json!(self)
    }
}

impl ParameterValue for f64 {
    fn takes() -> String {
        "a number".to_owned()
    }

    fn read(value: &Value) -> std::result::Result<Self, Wrong> {
        value.as_f64().ok_or(Wrong(None))
    }

    fn write(&self) -> Value {
        json!(self)
    }
}

impl ParameterValue for usize {
    fn takes() -> String {
        "a whole number, 0 or more".to_owned()
    }

    fn read(value: &Value) -> std::result::Result<Self, Wrong> {
        value.as_u64().and_then(|n| n.try_into().ok()).ok_or(Wrong(None))
    }

    fn write(&self) -> Value {
        json!(self)
    }
}

impl ParameterValue for String {
    fn takes() -> String {
        "a text".to_owned()
    }

    fn read(value: &Value) -> std::result::Result<Self, Wrong> {
        value.as_str().map(str::to_owned).ok_or(Wrong(None))
    }

    fn write(&self) -> Value {
        json!(self)
    }
}

impl ParameterValue for [u32; 3] {
    const IS_LIST: bool = true;

    fn takes() -> String {
        "three whole numbers (z, y, x), 0 or more".to_owned()
    }

    fn read(value: &Value) -> std::result::Result<Self, Wrong> {
        let number = |value: &Value| value.as_u64().and_then(|n| n.try_into().ok());
        let numbers: Option<Vec<u32>> = value.as_array().and_then(|list| list.iter().map(number).collect());
        numbers.and_then(|numbers| numbers.try_into().ok()).ok_or(Wrong(None))
    }

    fn write(&self) -> Value {
        json!(self)
    }
}

impl<T: ParameterValue> ParameterValue for Option<T> {
    const IS_LIST: bool = T::IS_LIST;

    fn takes() -> String {
        format!("{}, or null", T::takes())
    }

    fn read(value: &Value) -> std::result::Result<Self, Wrong> {
        if value.is_null() { Ok(None) } else { T::read(value).map(Some) }
    }

    fn write(&self) -> Value {
        self.as_ref().map_or(Value::Null, T::write)
    }
}

impl<T: Named> ParameterValue for T {
    fn takes() -> String {
        let names: Vec<&str> = T::NAMES.iter().map(|(name, _)| *name).collect();
        one_of(&names)
    }

    fn read(value: &Value) -> std::result::Result<Self, Wrong> {
        let name = value.as_str().ok_or(Wrong(None))?;
        T::parse(name).map_err(|error| Wrong(Some(error)))
    }

    fn write(&self) -> Value {
        json!(self.name())
    }
}

/// The names of a choice as a text: `a`, `b` or `c`.
pub(crate) fn one_of(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}

/// A name, or the only key of a mapping with what it holds.
pub(crate) fn name_and_content(value: &Value) -> Option<(&str, &Value)> {
    match value {
        Value::String(name) => Some((name, &Value::Null)),
        Value::Object(map) if map.len() == 1 => map.iter().next().map(|(name, held)| (name.as_str(), held)),
        _ => None,
    }
}

/// Checks that a filter has all parameters that are given.
///
/// # Errors
/// [`Error::UnknownParameter`] with those that it has.
pub(crate) fn check_names(
    filter: &'static str,
    parameters: &[Parameter],
    given: &Map<String, Value>,
) -> Result<()> {
    let names = || parameters.iter().map(|parameter| parameter.name);
    match given.keys().find(|key| !names().any(|name| name == *key)) {
        None => Ok(()),
        Some(unknown) => Err(Error::UnknownParameter {
            filter,
            parameter: unknown.clone(),
            known: names().collect(),
            suggestion: nearest(unknown, names()),
        }),
    }
}

/// Reads a parameter of a filter.
///
/// # Errors
/// [`Error::Filter`] with what it takes, if it is something else or is missing and has no default.
pub(crate) fn read_parameter<T: ParameterValue>(
    filter: &'static str,
    parameter: &'static str,
    given: &Map<String, Value>,
    default: Option<T>,
) -> Result<T> {
    let wrong = |value: String, reason: String| Error::Filter {
        filter,
        parameter,
        value,
        remedy: format!("it takes {}{reason}", T::takes()),
    };
    match (given.get(parameter), default) {
        (Some(value), _) => T::read(value).map_err(|Wrong(error)| {
            // What the parameter takes has all names already.
            let error = error.map(Error::without_choices);
            wrong(value.to_string(), error.map_or(String::new(), |error| format!(" ({error})")))
        }),
        (None, Some(default)) => Ok(default),
        (None, None) => Err(wrong("missing".to_owned(), String::new())),
    }
}

/// How a filter, or what holds one, is made of parameters.
pub(crate) type Reader<T> = fn(&Map<String, Value>) -> Result<T>;

/// Reads a filter, a name or a mapping from one to its parameters, by the names of those that there
/// are; `kind` is what messages call these.
pub(crate) fn read_named<T>(
    value: &Value,
    kind: &'static str,
    known: &[(&'static str, Reader<T>)],
) -> std::result::Result<T, Wrong> {
    let (name, content) = name_and_content(value).ok_or(Wrong(None))?;
    let Some((_, read)) = known.iter().find(|(known, _)| *known == name) else {
        return Err(Wrong(Some(unknown_name(kind, name, known.iter().map(|(name, _)| *name)))));
    };
    let parameters = match content {
        Value::Null => &Map::new(),
        Value::Object(parameters) => parameters,
        _ => return Err(Wrong(None)),
    };
    read(parameters).map_err(|error| Wrong(Some(error)))
}
