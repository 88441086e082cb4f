//! Filters as text: a mapping from a filter's name to its parameters.

use serde_json::{Map, Value};

use super::kinds::{FILTERS, Filter};
use super::parameter::name_and_content;
use crate::error::Result;

/// Reads filters: each a name (`square`) or a mapping from one to its parameters
/// (`{mean: {support_voxels: 5}}`). A parameter that is given a list stands for one filter per
/// member, all combinations if there are several, unless its values are lists themselves.
///
/// # Errors
/// [`Error::UnknownName`](crate::Error::UnknownName) for a filter that does not exist,
/// [`Error::UnknownParameter`](crate::Error::UnknownParameter) for a parameter that it does not have,
/// [`Error::Filter`](crate::Error::Filter) for one that is missing or that it cannot take, and
/// [`Error::InvalidFilter`](crate::Error::InvalidFilter) for what has not the form of a filter.
pub fn read_filters(values: &[Value]) -> Result<Vec<Filter>> {
    values.iter().flat_map(expand).map(|value| Filter::read(&value)).collect()
}

/// One value for each combination of the members of its lists.
fn expand(value: &Value) -> Vec<Value> {
    let Some((name, Value::Object(parameters))) = name_and_content(value) else {
        return vec![value.clone()];
    };
    let kind = FILTERS.iter().find(|kind| kind.name == name);
    let parameters_of_kind = kind.map_or(&[][..], |kind| kind.parameters);
    let takes_list = |key: &str| parameters_of_kind.iter().any(|known| known.name == key && known.takes_list);
    let mut combinations = vec![Map::new()];
    for (key, given) in parameters {
        let members = match given {
            // One without members would leave no filter at all: it is refused where it is read.
            Value::Array(members) if !takes_list(key) && !members.is_empty() => members.as_slice(),
            single => std::slice::from_ref(single),
        };
        let with = |map: &Map<String, Value>, member: &Value| {
            let mut map = map.clone();
            map.insert(key.clone(), member.clone());
            map
        };
        combinations =
            combinations.iter().flat_map(|map| members.iter().map(move |member| with(map, member))).collect();
    }
    let filter = |map| Value::Object(Map::from_iter([(name.to_owned(), Value::Object(map))]));
    combinations.into_iter().map(filter).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

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
    fn a_parameter_whose_values_are_lists_takes_one() {
        let riesz = read("filters: [riesz: {order: [0, 1, 0], of: [simoncelli, {simoncelli: {level: 2}}]}]");
        let names: Vec<String> = riesz.unwrap().iter().map(Filter::name).collect();
        assert_eq!(names, ["riesz-z0y1x0-simoncelli-level1-3D", "riesz-z0y1x0-simoncelli-level2-3D"]);
    }

    #[test]
    fn a_name_alone_leaves_parameters_at_their_default() {
        assert_eq!(
            read("filters: [gradient, {square: {}}]").unwrap(),
            read("filters: [gradient: {}, square]").unwrap()
        );
    }

    #[test]
    fn filters_are_written_as_they_are_read() {
        let text = json!(["square", {"mean": {"support_voxels": 3, "dimensions": "2D", "boundary": "zero"}}]);
        let filters = read_filters(text.as_array().unwrap()).unwrap();
        assert_eq!(json!(filters), text);
        assert_eq!(serde_json::from_value::<Vec<Filter>>(text).unwrap(), filters);
        let error = serde_json::from_value::<Filter>(json!("sqare")).unwrap_err();
        assert_eq!(error.to_string(), "there is no filter `sqare`; did you mean `square`?");
    }

    #[test]
    fn messages_say_what_is_wrong_and_what_was_meant() {
        let message = |filter: &str| read(&format!("filters: [{filter}]")).unwrap_err().to_string();
        assert_eq!(message("sqare"), "there is no filter `sqare`; did you mean `square`?");
        assert!(message("phase").starts_with("there is no filter `phase`: choose original, mean, "));
        for kind in FILTERS {
            let Some(name) = kind.pyradiomics else { continue };
            for name in [name.to_owned(), name.to_lowercase()].iter().filter(|name| *name != kind.name) {
                let meant = format!("there is no filter `{name}`; did you mean `{}`?", kind.name);
                assert_eq!(message(name), meant);
            }
        }
        assert_eq!(
            message("mean"),
            "filter `mean`: `support_voxels` is missing: it takes a whole number, 0 or more"
        );
        assert_eq!(
            message("mean: {support_voxels: 3, sigma: 1}"),
            "filter `mean` has no parameter `sigma`; it takes support_voxels, dimensions, boundary"
        );
        assert_eq!(
            message("gabor: {sigma: 1, lambda_mm: 2}"),
            "filter `gabor` has no parameter `sigma`; did you mean `sigma_mm`?"
        );
        assert_eq!(
            message("laplacian_of_gaussian: {sigma_mm: []}"),
            "filter `laplacian_of_gaussian`: `sigma_mm` is []: it takes a number"
        );
        assert!(message("mean: {support_voxels: 3, sigma: []}").contains("has no parameter `sigma`"));
        assert_eq!(message("square: {by: 2}"), "filter `square` has no parameter `by`; it takes none");
        assert_eq!(
            message("mean: {support_voxels: 3, boundary: miror}"),
            "filter `mean`: `boundary` is \"miror\": it takes `mirror`, `nearest`, `periodic` or `zero` (there is \
             no boundary `miror`; did you mean `mirror`?)"
        );
        assert_eq!(
            message("mean: {support_voxels: wide}"),
            "filter `mean`: `support_voxels` is \"wide\": it takes a whole number, 0 or more"
        );
        let form = "is no filter: it must be a name, or a mapping from one name to parameters";
        for wrong in ["5", "mean: 5", "{mean: {support_voxels: 3}, square: {}}"] {
            assert!(message(wrong).ends_with(form), "{}", message(wrong));
        }
    }

    #[test]
    fn messages_about_what_a_parameter_holds_say_where_it_is() {
        let message = |filter: &str| read(&format!("filters: [{filter}]")).unwrap_err().to_string();
        assert_eq!(
            message("riesz: {order: [0, 1, 0], of: {simoncelli: {levle: 2}}}"),
            "filter `riesz`: `of` is {\"simoncelli\":{\"levle\":2}}: it takes a filter, `laplacian_of_gaussian` or \
             `simoncelli` (filter `simoncelli` has no parameter `levle`; did you mean `level`?)"
        );
        assert_eq!(
            message("riesz: {order: [0, 1, 0], of: simoncelly}"),
            "filter `riesz`: `of` is \"simoncelly\": it takes a filter, `laplacian_of_gaussian` or `simoncelli` \
             (there is no filter with a Riesz transform `simoncelly`; did you mean `simoncelli`?)"
        );
        assert_eq!(
            message("riesz: {order: [0, 1], of: simoncelli}"),
            "filter `riesz`: `order` is [0,1]: it takes three whole numbers (z, y, x), 0 or more"
        );
        assert_eq!(
            message("local_binary_pattern_3d: {map: kurtose}"),
            "filter `local_binary_pattern_3d`: `map` is \"kurtose\": it takes `kurtosis`, or `{degree: n}` with a \
             whole number (there is no map `kurtose`; did you mean `kurtosis`?)"
        );
    }
}
