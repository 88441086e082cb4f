//! Filters as text: a mapping from a filter's name to its parameters.

use serde_json::{Map, Value, json};

use super::Filter;
use crate::error::{Error, Result};

/// Reads filters: each a name (`square`) or a mapping from one to its parameters
/// (`{mean: {support_voxels: 5}}`). A parameter that is given a list stands for one filter per
/// member, all combinations if there are several; `order` alone takes a list itself.
///
/// # Errors
/// [`Error::InvalidFilter`] for what is no filter, with what is wrong about it, and as
/// [`Filter::validate`].
pub fn read_filters(values: &[Value]) -> Result<Vec<Filter>> {
    let mut filters = Vec::new();
    for value in values {
        for single in expand(&canonical(value)) {
            filters.push(read_filter(&single)?);
        }
    }
    Ok(filters)
}

fn read_filter(value: &Value) -> Result<Filter> {
    let invalid = |error: serde_json::Error| Error::InvalidFilter {
        given: value.to_string(),
        reason: error.to_string(),
    };
    let filter: Filter = serde_json::from_value(value.clone()).map_err(invalid)?;
    filter.validate()?;
    Ok(filter)
}

/// The filters that have no parameters.
const PLAIN: [&str; 5] = ["original", "square", "square_root", "logarithm", "exponential"];

/// A filter without parameters as its name, any other as a mapping: whoever writes `gradient` or
/// `{square: {}}` is understood.
fn canonical(value: &Value) -> Value {
    match value {
        Value::String(name) if !PLAIN.contains(&name.as_str()) => json!({ name: {} }),
        Value::Object(map) if map.len() == 1 => match map.iter().next() {
            Some((name, Value::Null)) => canonical(&json!(name)),
            Some((name, Value::Object(given))) if given.is_empty() => canonical(&json!(name)),
            _ => value.clone(),
        },
        _ => value.clone(),
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filters::{Boundary, Dimensions, Mean};

    fn read(text: &str) -> Result<Vec<Filter>> {
        let map = crate::document::yaml_map(text)?;
        read_filters(map["filters"].as_array().unwrap())
    }

    #[test]
    fn lists_stand_for_one_filter_per_member() {
        let filters =
            read("filters: [original, mean: {support_voxels: [3, 5], dimensions: 2D}, square: ]").unwrap();
        let mean = |support_voxels| {
            Filter::Mean(Mean { support_voxels, dimensions: Dimensions::Two, boundary: Boundary::Mirror })
        };
        assert_eq!(filters, [Filter::Original, mean(3), mean(5), Filter::Square]);
    }

    #[test]
    fn a_name_alone_leaves_parameters_at_their_default() {
        assert_eq!(
            read("filters: [gradient, {square: {}}]").unwrap(),
            read("filters: [gradient: {}, square]").unwrap()
        );
    }

    #[test]
    fn messages_say_what_is_wrong() {
        let message = |text: &str| read(text).unwrap_err().to_string();
        assert!(message("filters: [sqare]").contains("unknown variant `sqare`"));
        assert!(message("filters: [mean]").contains("missing field `support_voxels`"));
        assert!(message("filters: [mean: {support_voxels: 3, sigma: 1}]").contains("unknown field `sigma`"));
        assert!(
            message("filters: [mean: {support_voxels: 3, boundary: wrap}]")
                .contains("expected one of `zero`")
        );
    }

    #[test]
    fn plain_filters_are_those_that_read_from_a_name() {
        for name in PLAIN {
            assert!(read_filter(&json!(name)).is_ok(), "{name}");
        }
    }
}
