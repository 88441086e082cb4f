//! How the value of a key is read.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::Error;
use crate::names::Named;

/// What a value stands for, unless it is of the wrong kind.
pub(super) type Read<T> = std::result::Result<T, WrongKind>;

/// The value is not of the kind that its key takes, or is a name that does not exist.
#[derive(Debug)]
pub(super) struct WrongKind(pub Option<Error>);

impl From<Error> for WrongKind {
    fn from(error: Error) -> Self {
        Self(Some(error))
    }
}

pub(super) fn read<T: DeserializeOwned>(value: &Value) -> Read<T> {
    T::deserialize(value).map_err(|_| WrongKind(None))
}

/// The member of a closed choice that a name stands for.
pub(super) fn named<T: Named>(value: &Value) -> Read<T> {
    // What the key takes, and so the message, has all names.
    Ok(T::parse(&read::<String>(value)?).map_err(Error::without_choices)?)
}
