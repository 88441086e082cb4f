//! C interface of radiomics-rs; `include/radiomics.h` is generated from this crate and
//! `include/radiomics.hpp` wraps it for C++.
//!
//! Every symbol begins with `radiomics_`. Comments become the documentation in the header. Entry
//! points check their arguments, call the core inside of `entry::entry`, which turns panics and
//! errors into a status, and write outputs last. Nothing here computes a number.
#![allow(unsafe_code, reason = "symbols under a fixed name, and pointers of the caller")]
#![allow(non_camel_case_types, reason = "these names are C's")]
#![allow(clippy::missing_safety_doc, reason = "one rule for all pointers, at the top of the header")]

// A panic that aborts would take the host program with it.
#[cfg(not(panic = "unwind"))]
compile_error!("radiomics-ffi promises to catch panics: build it with panic = \"unwind\"");

mod entry;
mod panics;
mod pointers;
mod strings;

// In the order of the header, which blank lines keep.
pub mod version;

pub mod status;

pub mod context;

pub mod settings;

pub mod image;

pub mod progress;

pub mod extract;

mod results;

pub mod arrow;

pub mod table;

pub mod outcome;

mod table_find;
mod table_rows;
pub mod table_text;

pub mod output;

pub mod filter;

pub mod maps;

pub mod catalogue;

pub mod columns;

pub mod matrices;

pub mod labels;

pub mod region;

pub mod mask;

pub mod keys;

pub mod stability;

pub mod verify;
