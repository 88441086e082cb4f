//! Filters as text: a mapping from a filter's name to its parameters.

use serde_json::{Map, Value};

use super::Filter;
use crate::error::{Error, Result};

/// Reads filters: each a name (`square`) or a mapping from one to its parameters
/// (`{mean: {support_voxels: 5}}`). A parameter that is given a list stands for one filter per
/// member, all combinations if there are several; `order` alone takes a list itself.
///
/// # Errors
/// [`Error::InvalidFilter`] for what is no filter, with what is wrong about it, and as
/// [`Filter::validate`].
pub(crate) fn read_filters(values: &[Value]) -> Result<Vec<Filter>> {
    let mut filters = Vec::new();
    for value in values {
        for single in expand(value) {
            let filter: Filter = serde_json::from_value(single.clone()).map_err(|error| {
                Error::InvalidFilter { given: single.to_string(), reason: error.to_string() }
            })?;
            filter.validate()?;
            filters.push(filter);
        }
    }
    Ok(filters)
}

/// One value for each combination of the members of its lists.
fn expand(value: &Value) -> Vec<Value> {
    let Some((name, parameters)) = value.as_object().and_then(single_entry) else {
        return vec![value.clone()];
    };
    let mut combinations = vec![Map::new()];
    for (key, given) in parameters {
        let members = match given {
            Value::Array(members) if key != "order" => members.clone(),
            other => vec![other.clone()],
        };
        let with = |map: &Map<String, Value>, member: &Value| {
            let mut map = map.clone();
            map.insert(key.clone(), member.clone());
            map
        };
        combinations =
            combinations.iter().flat_map(|map| members.iter().map(move |member| with(map, member))).collect();
    }
    let filter = |map| Value::Object(Map::from_iter([(name.clone(), Value::Object(map))]));
    combinations.into_iter().map(filter).collect()
}

fn single_entry(map: &Map<String, Value>) -> Option<(&String, &Map<String, Value>)> {
    match map.iter().next() {
        Some((name, Value::Object(parameters))) if map.len() == 1 => Some((name, parameters)),
        _ => None,
    }
}
