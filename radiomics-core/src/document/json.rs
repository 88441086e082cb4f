//! JSON in which every key is there once: of two values for one setting, nobody knows which is meant.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::faults;

/// The keys and values of a JSON document, or what is wrong with it.
pub(super) fn json_map(text: &str) -> Result<Map<String, Value>, String> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Unique.deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    match value {
        Ok(Value::Object(map)) => Ok(map),
        Ok(other) => Err(format!(
            "it must be a mapping of settings, but is {}",
            crate::error::shown(&other.to_string())
        )),
        Err(error) => Err(faults::of_json(&error, text)),
    }
}

/// Any value, without a key that is there twice.
struct Unique;

impl<'de> DeserializeSeed<'de> for Unique {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Unique {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(member) = members.next_element_seed(Unique)? {
            list.push(member);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if map.contains_key(&key) {
                return Err(A::Error::custom(format!("the key `{key}` {}", faults::TWICE)));
            }
            map.insert(key, entries.next_value_seed(Unique)?);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_there_once_on_every_level() {
        let text = r#"{"a": [1, -2, 2.5, null, true, {"b": "c"}], "d": {}}"#;
        assert_eq!(json_map(text).unwrap(), serde_json::from_str::<Map<String, Value>>(text).unwrap());
        for text in [
            r#"{"bin_width": 10, "bin_width": 25}"#,
            r#"{"filters": [{"mean": {"bin_width": 3, "bin_width": 3}}]}"#,
        ] {
            assert!(json_map(text).unwrap_err().starts_with("the key `bin_width` is given twice"), "{text}");
        }
        assert_eq!(json_map("[1]").unwrap_err(), "it must be a mapping of settings, but is [1]");
        assert!(json_map("{} x").unwrap_err().contains("it is no JSON in line 1, column 4, at `x`"));
    }
}
