//! What C gets of columns and of texture matrices is what Rust has, to the bit.

#![allow(unsafe_code, reason = "it calls what C calls")]

use std::ffi::{CStr, CString, c_char};
use std::ptr::{null, null_mut};

use radiomics::columns::*;
use radiomics::context::*;
use radiomics::image::{radiomics_dtype, radiomics_image};
use radiomics::matrices::*;
use radiomics::settings::*;
use radiomics::status::radiomics_status as Status;
use radiomics_core::aggregation::Span;
use radiomics_core::example::DigitalPhantom;
use radiomics_core::matrices::matrices;
use radiomics_core::{Discretisation, Execution, Named, Settings, Voxels, catalogue, document};

/// A context and settings, freed at the end.
struct Session {
    context: *mut radiomics_context,
    settings: *mut radiomics_settings,
}

impl Session {
    fn new(yaml: &str) -> Self {
        let (mut context, mut settings) = (null_mut(), null_mut());
        let text = CString::new(yaml).unwrap();
        // SAFETY: pointers to objects of this function.
        unsafe {
            assert_eq!(radiomics_context_new(null(), &mut context), Status::Ok);
            let made = radiomics_settings_from_yaml(context, text.as_ptr(), &mut settings);
            assert_eq!(made, Status::Ok);
        }
        Self { context, settings }
    }

    fn error(&self) -> String {
        // SAFETY: the context lives.
        unsafe { CStr::from_ptr(radiomics_last_error(self.context)) }.to_str().unwrap().to_owned()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // SAFETY: each is freed once.
        unsafe {
            radiomics_settings_free(self.settings);
            radiomics_context_free(self.context);
        }
    }
}

fn text(pointer: *const c_char) -> Option<String> {
    // SAFETY: texts of the library are NULL or end in NUL and live as long as their handle.
    (!pointer.is_null()).then(|| unsafe { CStr::from_ptr(pointer) }.to_str().unwrap().to_owned())
}

const SEVERAL: &str = "{bin_number: [4, 8], filters: [original, square], aggregations: [2D_avg, 3D_avg, 3D]}";

#[test]
fn columns_are_those_of_rust() {
    let session = Session::new(SEVERAL);
    let names = [c"first", c"second"].map(CStr::as_ptr);
    let expected = catalogue::columns(&document::from_yaml(SEVERAL).unwrap(), &["first", "second"]).unwrap();
    let mut columns = null_mut();
    // SAFETY: pointers to objects of this function, and handles that are freed at the end.
    unsafe {
        let made = radiomics_columns_new(session.context, session.settings, names.as_ptr(), 2, &mut columns);
        assert_eq!(made, Status::Ok);
        assert_eq!(radiomics_columns_length(columns), expected.len());
        for (index, wanted) in expected.iter().enumerate() {
            let mut found: radiomics_column = std::mem::zeroed();
            found.struct_size = size_of::<radiomics_column>();
            assert_eq!(radiomics_columns_column(columns, index, &mut found), Status::Ok);
            let discretisation =
                wanted.discretisation.as_ref().map_or_else(String::new, Discretisation::name);
            assert_eq!(text(found.column), Some(wanted.name()));
            assert_eq!(text(found.image), Some(wanted.image.clone()));
            assert_eq!(text(found.family).as_deref(), Some(wanted.family));
            assert_eq!(text(found.feature).as_deref(), Some(wanted.feature.name));
            assert_eq!(text(found.aggregation).as_deref(), Some(wanted.aggregation.name()));
            assert_eq!(text(found.ibsi_id).as_deref(), Some(wanted.feature.ibsi_id));
            assert_eq!(text(found.pyradiomics).as_deref(), wanted.feature.pyradiomics);
            assert_eq!(text(found.discretisation), Some(discretisation));
        }
        let mut found: radiomics_column = std::mem::zeroed();
        found.struct_size = size_of::<radiomics_column>();
        assert_eq!(radiomics_columns_column(columns, expected.len(), &mut found), Status::InvalidArgument);
        radiomics_columns_free(columns);
    }
}

#[test]
fn names_of_columns_that_cannot_be_told_apart_are_refused() {
    let session = Session::new(SEVERAL);
    let names = [c"same", c"same"].map(CStr::as_ptr);
    let mut columns = null_mut();
    // SAFETY: pointers to objects of this function.
    unsafe {
        let made = radiomics_columns_new(session.context, session.settings, names.as_ptr(), 2, &mut columns);
        assert_eq!(made, Status::InvalidArgument);
        assert!(session.error().contains("two images are called `same`"), "{}", session.error());
        let made = radiomics_columns_new(session.context, session.settings, null(), 2, &mut columns);
        assert_eq!(made, Status::InvalidArgument);
        assert!(columns.is_null());
        assert_eq!(radiomics_columns_length(null()), 0);
        radiomics_columns_free(null_mut());
    }
}

fn described<T>(voxels: *const T, dtype: radiomics_dtype) -> radiomics_image {
    radiomics_image {
        struct_size: size_of::<radiomics_image>(),
        data: voxels.cast(),
        dtype: dtype as i32,
        reserved: 0,
        shape: [4, 4, 5],
        strides: [0; 3],
        spacing_mm: [2.0; 3],
        origin_mm: [0.0; 3],
        direction: [[0.0; 3]; 3],
    }
}

#[test]
fn matrices_are_those_of_rust() {
    const YAML: &str = "{bin_number: null, aggregations: [2D_avg, 3D_avg, 3D]}";
    let session = Session::new(YAML);
    let phantom = DigitalPhantom::new();
    let (image, mask) = (phantom.image(), phantom.mask());
    let (Voxels::I16(intensities), Voxels::U8(labels)) = (image.voxels(), mask.voxels()) else {
        panic!("other types of voxels");
    };
    let settings: Settings = document::from_yaml(YAML).unwrap();
    let expected = matrices(&image, &mask, 1, &settings, &Execution::default()).unwrap();
    let given = [
        described(intensities.as_ptr(), radiomics_dtype::I16),
        described(labels.as_ptr(), radiomics_dtype::U8),
    ];
    let mut counted = null_mut();
    // SAFETY: pointers to objects of this function, and handles that are freed at the end; the arrays
    // are as long as `cell_count` says.
    unsafe {
        let [image, mask] = &given;
        let made = radiomics_matrices_new(session.context, image, mask, 1, session.settings, &mut counted);
        assert_eq!(made, Status::Ok, "{}", session.error());
        assert_eq!(radiomics_matrices_length(counted), expected.len());
        for (index, wanted) in expected.iter().enumerate() {
            let mut found: radiomics_matrix = std::mem::zeroed();
            found.struct_size = size_of::<radiomics_matrix>();
            assert_eq!(radiomics_matrices_matrix(counted, index, &mut found), Status::Ok);
            assert_eq!(text(found.family).as_deref(), Some(wanted.family));
            let slice = match wanted.span {
                Span::Slice(k) => k as i64,
                Span::Volume => -1,
            };
            assert_eq!((found.slice, found.has_offset), (slice, i32::from(wanted.offset.is_some())));
            assert_eq!(found.offset, wanted.offset.unwrap_or([0; 3]));
            let n = found.cell_count;
            let levels = std::slice::from_raw_parts(found.levels, n);
            let columns = std::slice::from_raw_parts(found.columns, n);
            let values = std::slice::from_raw_parts(found.values, n);
            let cells: Vec<_> = (0..n).map(|at| (levels[at], columns[at], values[at])).collect();
            let wanted: Vec<_> = wanted.cells.iter().map(|c| (c.level, c.column, c.value)).collect();
            assert_eq!(cells, wanted);
        }
        radiomics_matrices_free(counted);
        let made = radiomics_matrices_new(session.context, image, mask, 2, session.settings, &mut counted);
        assert_ne!(made, Status::Ok);
        assert!(session.error().contains("label 2"), "{}", session.error());
        radiomics_matrices_free(null_mut());
    }
}
