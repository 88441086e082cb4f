//! Python objects as the values in which the core takes settings, and back.

use pyo3::IntoPyObjectExt;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyMapping, PySequence, PyString, PyTuple};
use serde_json::{Map, Value};

use crate::guard::SettingsError;

/// A depth that no setting has, so that an object that contains itself ends in an error.
pub const MAX_DEPTH: usize = 8;

/// Keyword arguments as the core's map of settings.
pub fn to_map(given: Option<&Bound<'_, PyDict>>) -> PyResult<Map<String, Value>> {
    let mut map = Map::new();
    for (name, object) in given.iter().flat_map(|given| given.iter()) {
        let Ok(name) = name.extract::<String>() else {
            let kind = name.get_type().name()?;
            return Err(PyTypeError::new_err(format!("the names of settings are strings, not {kind}")));
        };
        let value = to_value(&name, &object, MAX_DEPTH)?;
        map.insert(name, value);
    }
    // An infinite end of a range is an open one.
    if let Some(Value::Array(ends)) = map.get_mut("resegment_range") {
        for (end, infinity) in ends.iter_mut().zip([f64::NEG_INFINITY, f64::INFINITY]) {
            if *end == Value::String(infinity.to_string()) {
                *end = Value::Null;
            }
        }
    }
    Ok(map)
}

/// The value of an object: `None`, numbers, strings, sequences and mappings, and anything of NumPy's that
/// becomes one of these. What JSON cannot hold (NaN, infinities) becomes its text, for the core to
/// refuse.
pub fn to_value(name: &str, object: &Bound<'_, PyAny>, depth: usize) -> PyResult<Value> {
    let refuse = || {
        let kind = object.get_type().name()?;
        Err(PyTypeError::new_err(format!(
            "setting `{name}` holds an object of type {kind}: give None, a bool, a number, a string or a list of these"
        )))
    };
    if depth == 0 {
        return refuse();
    }
    if object.is_none() {
        Ok(Value::Null)
    } else if object.is_instance_of::<PyBool>() {
        Ok(Value::Bool(object.extract()?))
    } else if object.is_instance_of::<PyInt>() {
        match (object.extract::<i64>(), object.extract::<u64>()) {
            (Ok(integer), _) => Ok(integer.into()),
            (_, Ok(integer)) => Ok(integer.into()),
            _ => Ok(Value::String(object.str()?.to_string())),
        }
    } else if object.is_instance_of::<PyFloat>() {
        let number: f64 = object.extract()?;
        Ok(serde_json::Number::from_f64(number).map_or(Value::String(number.to_string()), Value::Number))
    } else if object.is_instance_of::<PyString>() {
        let text = object.extract().map_err(|_| {
            SettingsError::new_err(format!(
                "setting `{name}` holds text with half a character, such as '\\ud800': leave that out"
            ))
        })?;
        Ok(Value::String(text))
    } else if object.hasattr("tolist")? {
        to_value(name, &object.call_method0("tolist")?, depth - 1)
    } else if let Ok(mapping) = object.cast::<PyMapping>() {
        let mut map = Map::new();
        for item in mapping.items()?.iter() {
            let (key, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = item.extract()?;
            map.insert(key.str()?.to_string(), to_value(name, &value, depth - 1)?);
        }
        Ok(Value::Object(map))
    } else if object.cast::<PySequence>().is_ok() {
        let items = object.try_iter()?.map(|item| to_value(name, &item?, depth - 1));
        Ok(Value::Array(items.collect::<PyResult<_>>()?))
    } else if let Ok(number) = object.extract::<f64>() {
        Ok(number.into())
    } else {
        refuse()
    }
}

/// A value as a Python object, arrays as tuples (`frozen`) or as lists.
pub fn to_object(py: Python<'_>, value: &Value, frozen: bool) -> PyResult<Py<PyAny>> {
    match value {
        Value::Null => Ok(py.None()),
        Value::Bool(truth) => truth.into_py_any(py),
        Value::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(integer), _, _) => integer.into_py_any(py),
            (_, Some(integer), _) => integer.into_py_any(py),
            (_, _, number) => number.into_py_any(py),
        },
        Value::String(text) => text.into_py_any(py),
        Value::Array(values) => {
            let items: PyResult<Vec<_>> = values.iter().map(|v| to_object(py, v, frozen)).collect();
            if frozen {
                PyTuple::new(py, items?)?.into_py_any(py)
            } else {
                PyList::new(py, items?)?.into_py_any(py)
            }
        }
        Value::Object(map) => {
            let dict = PyDict::new(py);
            for (key, value) in map {
                dict.set_item(key, to_object(py, value, frozen)?)?;
            }
            dict.into_py_any(py)
        }
    }
}
