//! The layout of the header's structs, on the machines that we have: programs compiled with an
//! older header depend on it. Structs may grow at their end, and then the sizes here do.

use radiomics::catalogue::radiomics_feature;
use radiomics::columns::radiomics_column;
use radiomics::context::radiomics_context_options;
use radiomics::extract::radiomics_job;
use radiomics::image::radiomics_image;
use radiomics::keys::radiomics_key;
use radiomics::labels::radiomics_label;
use radiomics::maps::{radiomics_map, radiomics_maps_job};
use radiomics::mask::radiomics_mask_info;
use radiomics::matrices::radiomics_matrix;
use radiomics::outcome::radiomics_outcome;
use radiomics::output::radiomics_output;
use radiomics::region::radiomics_surface;
use radiomics::stability::radiomics_reliability;
use radiomics::table::{radiomics_row, radiomics_warning};
use std::mem::offset_of;

/// Asserts the size of a struct and the places of its fields, in bytes.
macro_rules! lies {
    ($type:ident: $size:literal, $($field:ident $offset:literal),+) => {
        assert_eq!(size_of::<$type>(), $size, "size of {}", stringify!($type));
        $(assert_eq!(offset_of!($type, $field), $offset, "{}.{}", stringify!($type), stringify!($field));)+
    };
}

#[test]
#[cfg(target_pointer_width = "64")]
fn fields_stay_where_they_are() {
    lies!(radiomics_context_options: 40, threads 8, executor 16, reserved 20, parallel_for 24, host 32);
    lies!(radiomics_image: 192, data 8, dtype 16, reserved 20, shape 24, strides 48, spacing_mm 72,
        origin_mm 96, direction 120);
    lies!(radiomics_job: 152, images 8, image_names 16, image_count 24, mask 32, labels 40,
        label_count 48, settings 56, progress 64, user_data 72,
        memory_mb 80, record_failures 88, reserved 92, masks 96, mask_count 104, values 112, float_values 120,
        value_count 128, states 136, state_count 144);
    lies!(radiomics_row: 120, label 8, value 16, status 24, reserved 28, column 32, image 40, family
        48, feature 56, aggregation 64, ibsi_id 72, ibsi_parameter_id 80, pyradiomics 88,
        discretisation 96, reason 104, mask 112);
    lies!(radiomics_warning: 48, label 8, code 16, image 24, message 32, mask 40);
    lies!(radiomics_feature: 72, family 8, family_ibsi_id 16, name 24, ibsi_id 32, ibsi_parameter_id
        40, pyradiomics 48, summary 56, aggregations 64);
    lies!(radiomics_output: 80, buffers 8, buffer_count 16, buffer_length 24, outside 32, progress
        40, user_data 48, memory_mb 56, float_buffers 64, as_they_come 72, reserved 76);
    lies!(radiomics_maps_job: 80, image 8, mask 16, label 24, settings 32, radius 40, in_plane 48,
        unmasked 52, progress 56, user_data 64, memory_mb 72);
    lies!(radiomics_map: 72, column 8, image 16, family 24, feature 32, aggregation 40, ibsi_id 48,
        ibsi_parameter_id 56, pyradiomics 64);
    lies!(radiomics_column: 80, column 8, pyradiomics 64, discretisation 72);
    lies!(radiomics_matrix: 72, family 8, slice 16, has_offset 24, offset 28, cell_count 40, levels
        48, columns 56, values 64);
    lies!(radiomics_outcome: 64, mask 8, label 16, image 24, first_row 32, row_count 40, status 48, reserved 52, text 56);
    lies!(radiomics_label: 72, label 8, voxels 16, first 24, shape 48);
    lies!(radiomics_surface: 40, vertex_count 8, vertices 16, triangle_count 24, triangles 32);
    lies!(radiomics_mask_info: 40, voxels 8, volume_mm3 16, before 24, beyond_edge 32);
    lies!(radiomics_key: 64, name 8, summary 16, takes 24, only_with 32, ibsi 40, ibsi_value 48, pyradiomics_value 56);
    lies!(radiomics_reliability: 88, icc_1_1 8, icc_2_1 32, icc_3_1 56, cases 80);
}
