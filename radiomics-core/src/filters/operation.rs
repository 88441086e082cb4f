//! What a filter consists of: [`parameters!`] makes it known to texts, [`Operation`] is what it does.

use ndarray::{Array3, ArrayRef3};
use serde_json::{Map, Value};

use super::parameter::Parameter;
use super::reach::{About, MAX_REACH, Reach};
use crate::error::{Error, Result};
use crate::kernels::Isa;

/// What a filter does with its parameters.
pub(crate) trait Operation: AsText {
    /// The response to `image` (z, y, x), which is taken to end where the array does.
    ///
    /// # Errors
    /// [`Error::Filter`] for an image that the filter cannot take.
    fn apply(&self, image: &ArrayRef3<f64>, about: About, isa: Isa) -> Result<Array3<f64>>;

    /// How far the response at a voxel looks, at a spacing (z, y, x) in mm.
    fn reach(&self, spacing_mm: [f64; 3]) -> Reach;

    /// Checks the parameters.
    ///
    /// # Errors
    /// [`Error::Filter`] naming the filter, the parameter, its value and what it must be.
    fn validate(&self) -> Result<()> {
        Ok(())
    }

    /// A name that tells the filter and its parameters, for columns of results.
    fn name(&self) -> String;
}

/// What is known of a filter without an image. [`parameters!`] implements it.
pub(crate) trait Described: Sized {
    /// What documents call the filter.
    const NAME: &'static str;
    /// The filter's identifier in IBSI 2; empty if that has no such filter.
    const IBSI_ID: &'static str;
    /// PyRadiomics' name of the type of image that it makes; empty if that has no such filter.
    const PYRADIOMICS: &'static str;
    /// The filter's parameters, in the order in which they are written.
    const PARAMETERS: &'static [Parameter];

    /// Reads parameters; those that are not given are at their default.
    ///
    /// # Errors
    /// [`Error::UnknownParameter`], and [`Error::Filter`] for one that is missing or of another kind.
    fn read(given: &Map<String, Value>) -> Result<Self>;

    /// All parameters, those at their default as well.
    fn write_parameters(&self) -> Map<String, Value>;

    /// The error of a parameter whose value is not what it must be.
    fn invalid(parameter: &'static str, value: impl ToString, remedy: impl Into<String>) -> Error {
        Error::Filter { filter: Self::NAME, parameter, value: value.to_string(), remedy: remedy.into() }
    }

    /// Checks that a parameter is a finite number above 0.
    ///
    /// # Errors
    /// [`Error::Filter`] for any other number.
    fn positive(parameter: &'static str, value: f64) -> Result<()> {
        if value.is_finite() && value > 0.0 {
            return Ok(());
        }
        Err(Self::invalid(parameter, value, "it must be a finite number above 0"))
    }

    /// Checks that a kernel, as wide as `parameter` makes it, is not wider than an image can be.
    ///
    /// # Errors
    /// [`Error::Filter`] for a wider one.
    fn check_reach(parameter: &'static str, value: f64, reach: [usize; 3]) -> Result<()> {
        if reach.iter().all(|&voxels| voxels <= MAX_REACH) {
            return Ok(());
        }
        let remedy =
            format!("at this voxel spacing it looks more than {MAX_REACH} voxels far: make it smaller");
        Err(Self::invalid(parameter, value, remedy))
    }
}

/// What a filter says of itself, whatever type it is of.
pub(crate) trait AsText {
    /// What documents call the filter.
    fn kind(&self) -> &'static str;

    /// The filter as it is written in documents: a mapping from its name to its parameters, or the
    /// name alone if it has none.
    fn write(&self) -> Value;
}

impl<T: Described> AsText for T {
    fn kind(&self) -> &'static str {
        T::NAME
    }

    fn write(&self) -> Value {
        let name = T::NAME.to_owned();
        if T::PARAMETERS.is_empty() {
            return Value::String(name);
        }
        Value::Object(Map::from_iter([(name, Value::Object(self.write_parameters()))]))
    }
}

/// Makes the struct of a filter's parameters, and all that texts know of it:
///
/// ```text
/// parameters! {
///     /// What the filter does.
///     pub struct Mean = "mean", "S60F", "" {
///         /// What the parameter does.
///         pub support_voxels: usize,
///         /// What a parameter with a default does.
///         pub boundary: Boundary = Boundary::Mirror,
///     }
/// }
/// ```
///
/// The three texts are the name in documents, the identifier in IBSI 2 and the type of image of
/// PyRadiomics, empty where there is none. The documentation of a parameter is what documents and
/// pages say about it, so that nothing is written twice.
macro_rules! parameters {
    (
        $(#[doc = $about:literal])+
        $visible:vis struct $filter:ident = $name:literal, $ibsi_id:literal, $pyradiomics:literal {
            $(
                $(#[doc = $text:literal])+
                pub $parameter:ident: $type:ty $(= $default:expr)?,
            )*
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Clone, Debug, PartialEq)]
        $visible struct $filter {
            $(
                $(#[doc = $text])+
                pub $parameter: $type,
            )*
        }

        parameters!(@new $filter [] [] $({ $parameter: $type $(= $default)? })*);

        impl $crate::filters::operation::Described for $filter {
            const NAME: &'static str = $name;
            const IBSI_ID: &'static str = $ibsi_id;
            const PYRADIOMICS: &'static str = $pyradiomics;
            const PARAMETERS: &'static [$crate::filters::parameter::Parameter] = &[
                $(
                    $crate::filters::parameter::Parameter {
                        name: stringify!($parameter),
                        summary: concat!($($text),+).trim_ascii_start(),
                        takes_list: <$type as $crate::filters::parameter::ParameterValue>::IS_LIST,
                        takes: <$type as $crate::filters::parameter::ParameterValue>::takes,
                        default: parameters!(@written $type $(, $default)?),
                    },
                )*
            ];

            fn read(given: &serde_json::Map<String, serde_json::Value>) -> $crate::error::Result<Self> {
                $crate::filters::parameter::check_names($name, Self::PARAMETERS, given)?;
                Ok(Self {
                    $(
                        $parameter: $crate::filters::parameter::read_parameter(
                            $name,
                            stringify!($parameter),
                            given,
                            parameters!(@default $($default)?),
                        )?,
                    )*
                })
            }

            fn write_parameters(&self) -> serde_json::Map<String, serde_json::Value> {
                serde_json::Map::from_iter([
                    $(
                        (
                            stringify!($parameter).to_owned(),
                            $crate::filters::parameter::ParameterValue::write(&self.$parameter),
                        ),
                    )*
                ])
            }
        }
    };
    (@new $filter:ident [$($given:tt)*] [$($field:tt)*] { $name:ident: $type:ty = $default:expr } $($rest:tt)*) => {
        parameters!(@new $filter [$($given)*] [$($field)* $name: $default,] $($rest)*);
    };
    (@new $filter:ident [$($given:tt)*] [$($field:tt)*] { $name:ident: $type:ty } $($rest:tt)*) => {
        parameters!(@new $filter [$($given)* $name: $type,] [$($field)* $name,] $($rest)*);
    };
    (@new $filter:ident [] [$($field:tt)*]) => {
        /// The filter of a document that gives no parameter.
        impl Default for $filter {
            fn default() -> Self {
                Self { $($field)* }
            }
        }
    };
    (@new $filter:ident [$($given:tt)*] [$($field:tt)*]) => {
        impl $filter {
            /// The filter with the parameters that have no default; the others have that of documents.
            pub fn new($($given)*) -> Self {
                Self { $($field)* }
            }
        }
    };
    (@written $type:ty) => { None };
    (@written $type:ty, $default:expr) => {
        Some(|| {
            let default: $type = $default;
            $crate::filters::parameter::ParameterValue::write(&default)
        })
    };
    (@default) => { None };
    (@default $default:expr) => { Some($default) };
}
pub(crate) use parameters;
