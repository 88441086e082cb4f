//! Messages in the words of the interface that they are said in.

use super::Error;

/// An interface of the library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interface {
    /// This crate.
    Rust,
    /// The C interface, and C++ over it.
    C,
    /// The Python package, and the command line over it.
    Python,
}

/// What messages call by different names in Rust, C and Python.
const WORDS: [[&str; 3]; 3] = [
    ["`OnError::Record`", "`record_failures`", "`on_error=\"record\"` (`--on-error record`)"],
    ["`memory_bytes`", "`memory_mb`", "`memory_mb`"],
    [
        "`document::pyradiomics::from_yaml`",
        "`radiomics_settings_from_pyradiomics`",
        "`from_pyradiomics`, or give them to `radiomics-rs pyradiomics --param`",
    ],
];

impl Error {
    /// The message in the words of an interface: arguments and functions are called as it calls them. That for
    /// [`Interface::Rust`] is the error as text.
    ///
    /// ```
    /// use radiomics_core::{Interface, document};
    ///
    /// let error = document::from_yaml("setting: {binWidth: 25}").unwrap_err();
    /// assert!(error.message(Interface::C).contains("`radiomics_settings_from_pyradiomics`"));
    /// assert_eq!(error.message(Interface::Rust), error.to_string());
    /// ```
    pub fn message(&self, interface: Interface) -> String {
        let place = match interface {
            Interface::Rust => 0,
            Interface::C => 1,
            Interface::Python => 2,
        };
        WORDS.iter().fold(self.to_string(), |text, words| text.replace(words[0], words[place]))
    }
}
