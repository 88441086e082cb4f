//! What the table of filters is made of: a row of the registry, and the macro that makes the enum, its
//! dispatch and the registry of the rows.

use super::operation::Described;
use super::parameter::Parameter;

/// What is known of a kind of filter.
#[derive(Clone, Copy, Debug)]
pub struct FilterKind {
    /// What documents call the filter.
    pub name: &'static str,
    /// Four-character identifier of the IBSI 2 reference manual; empty if IBSI has no such filter.
    pub ibsi_id: &'static str,
    /// PyRadiomics' name of the type of image that it makes, if it has such a filter.
    pub pyradiomics: Option<&'static str>,
    /// What the filter computes, in a line.
    pub summary: &'static str,
    /// The filter's parameters.
    pub parameters: &'static [Parameter],
}

impl FilterKind {
    /// The row of the filter `T`.
    pub(crate) const fn new<T: Described>(summary: &'static str) -> Self {
        Self {
            name: T::NAME,
            ibsi_id: T::IBSI_ID,
            pyradiomics: if T::PYRADIOMICS.is_empty() { None } else { Some(T::PYRADIOMICS) },
            summary: summary.trim_ascii_start(),
            parameters: T::PARAMETERS,
        }
    }
}

/// Makes of the rows of all filters the enum `Filter`, the registry `FILTERS`, the table `READERS` by
/// which texts are read, and `Filter::operation`, which leads from a variant to what it does. A row is
/// a variant with the struct of its parameters, or one without any and after `=` the struct that does
/// the work; its documentation is the summary of the registry.
macro_rules! filters {
    ($( $(#[doc = $summary:literal])+ $variant:ident $(($parameters:ident))? $(= $plain:path)?, )+) => {
        /// A filter and its parameters.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Filter {
            $( $(#[doc = $summary])+ $variant $(($parameters))?, )+
        }

        /// All kinds of filters.
        pub static FILTERS: &[$crate::filters::table::FilterKind] = &[$(
            $crate::filters::table::FilterKind::new::<$($parameters)? $($plain)?>(concat!($($summary),+)),
        )+];

        /// How each filter is read, by its name in documents.
        pub(crate) static READERS: &[(&str, $crate::filters::parameter::Reader<Filter>)] = &[$(
            $( (
                <$parameters as $crate::filters::operation::Described>::NAME,
                |given| $crate::filters::operation::Described::read(given).map(Filter::$variant),
            ), )?
            $( (
                <$plain as $crate::filters::operation::Described>::NAME,
                |given| <$plain as $crate::filters::operation::Described>::read(given).map(|_| Filter::$variant),
            ), )?
        )+];

        impl Filter {
            /// What the filter does.
            pub(crate) fn operation(&self) -> &dyn $crate::filters::operation::Operation {
                match self {
                    $( Filter::$variant $((filters!(@first parameters $parameters)))? => {
                        $( filters!(@first parameters $parameters) )?
                        $(
                            type Plain = $plain;
                            &Plain {}
                        )?
                    } )+
                }
            }
        }
    };
    (@first $name:ident $_:ident) => { $name };
}
pub(crate) use filters;
