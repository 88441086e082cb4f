//! The layout of the header's structs, on the machines that we have: programs compiled with an
//! older header depend on it. Structs may grow at their end, and then the sizes here do.

use radiomics::catalogue::radiomics_feature;
use radiomics::columns::radiomics_column;
use radiomics::context::radiomics_context_options;
use radiomics::extract::radiomics_job;
use radiomics::image::radiomics_image;
use radiomics::maps::{radiomics_map, radiomics_maps_job};
use radiomics::matrices::radiomics_matrix;
use radiomics::output::radiomics_output;
use radiomics::table::radiomics_row;
use std::mem::offset_of;

#[test]
#[cfg(target_pointer_width = "64")]
fn fields_stay_where_they_are() {
    assert_eq!(size_of::<radiomics_context_options>(), 16);
    assert_eq!(offset_of!(radiomics_context_options, threads), 8);

    assert_eq!(size_of::<radiomics_image>(), 192);
    let image = [
        offset_of!(radiomics_image, data),
        offset_of!(radiomics_image, dtype),
        offset_of!(radiomics_image, reserved),
        offset_of!(radiomics_image, shape),
        offset_of!(radiomics_image, strides),
        offset_of!(radiomics_image, spacing_mm),
        offset_of!(radiomics_image, origin_mm),
        offset_of!(radiomics_image, direction),
    ];
    assert_eq!(image, [8, 16, 20, 24, 48, 72, 96, 120]);

    assert_eq!(size_of::<radiomics_job>(), 80);
    let job = [
        offset_of!(radiomics_job, images),
        offset_of!(radiomics_job, image_names),
        offset_of!(radiomics_job, image_count),
        offset_of!(radiomics_job, mask),
        offset_of!(radiomics_job, labels),
        offset_of!(radiomics_job, label_count),
        offset_of!(radiomics_job, settings),
        offset_of!(radiomics_job, progress),
        offset_of!(radiomics_job, user_data),
    ];
    assert_eq!(job, [8, 16, 24, 32, 40, 48, 56, 64, 72]);

    assert_eq!(size_of::<radiomics_row>(), 112);
    let row = [
        offset_of!(radiomics_row, label),
        offset_of!(radiomics_row, value),
        offset_of!(radiomics_row, status),
        offset_of!(radiomics_row, reserved),
        offset_of!(radiomics_row, column),
        offset_of!(radiomics_row, image),
        offset_of!(radiomics_row, family),
        offset_of!(radiomics_row, feature),
        offset_of!(radiomics_row, aggregation),
        offset_of!(radiomics_row, ibsi_id),
        offset_of!(radiomics_row, ibsi_parameter_id),
        offset_of!(radiomics_row, pyradiomics),
        offset_of!(radiomics_row, discretisation),
        offset_of!(radiomics_row, reason),
    ];
    assert_eq!(row, [8, 16, 24, 28, 32, 40, 48, 56, 64, 72, 80, 88, 96, 104]);

    assert_eq!(size_of::<radiomics_feature>(), 72);
    let feature = [
        offset_of!(radiomics_feature, family),
        offset_of!(radiomics_feature, family_ibsi_id),
        offset_of!(radiomics_feature, name),
        offset_of!(radiomics_feature, ibsi_id),
        offset_of!(radiomics_feature, ibsi_parameter_id),
        offset_of!(radiomics_feature, pyradiomics),
        offset_of!(radiomics_feature, summary),
        offset_of!(radiomics_feature, aggregations),
    ];
    assert_eq!(feature, [8, 16, 24, 32, 40, 48, 56, 64]);

    assert_eq!(size_of::<radiomics_output>(), 56);
    let output = [
        offset_of!(radiomics_output, buffers),
        offset_of!(radiomics_output, buffer_count),
        offset_of!(radiomics_output, buffer_length),
        offset_of!(radiomics_output, outside),
        offset_of!(radiomics_output, progress),
        offset_of!(radiomics_output, user_data),
    ];
    assert_eq!(output, [8, 16, 24, 32, 40, 48]);

    assert_eq!(size_of::<radiomics_maps_job>(), 56);
    let maps_job = [
        offset_of!(radiomics_maps_job, image),
        offset_of!(radiomics_maps_job, mask),
        offset_of!(radiomics_maps_job, label),
        offset_of!(radiomics_maps_job, settings),
        offset_of!(radiomics_maps_job, radius),
        offset_of!(radiomics_maps_job, in_plane),
        offset_of!(radiomics_maps_job, unmasked),
    ];
    assert_eq!(maps_job, [8, 16, 24, 32, 40, 48, 52]);

    assert_eq!(size_of::<radiomics_map>(), 72);
    let map = [
        offset_of!(radiomics_map, column),
        offset_of!(radiomics_map, image),
        offset_of!(radiomics_map, family),
        offset_of!(radiomics_map, feature),
        offset_of!(radiomics_map, aggregation),
        offset_of!(radiomics_map, ibsi_id),
        offset_of!(radiomics_map, ibsi_parameter_id),
        offset_of!(radiomics_map, pyradiomics),
    ];
    assert_eq!(map, [8, 16, 24, 32, 40, 48, 56, 64]);

    assert_eq!(size_of::<radiomics_column>(), 80);
    assert_eq!(offset_of!(radiomics_column, column), 8);
    assert_eq!(offset_of!(radiomics_column, pyradiomics), 64);
    assert_eq!(offset_of!(radiomics_column, discretisation), 72);

    assert_eq!(size_of::<radiomics_matrix>(), 72);
    let matrix = [
        offset_of!(radiomics_matrix, family),
        offset_of!(radiomics_matrix, slice),
        offset_of!(radiomics_matrix, has_offset),
        offset_of!(radiomics_matrix, offset),
        offset_of!(radiomics_matrix, cell_count),
        offset_of!(radiomics_matrix, levels),
        offset_of!(radiomics_matrix, columns),
        offset_of!(radiomics_matrix, values),
    ];
    assert_eq!(matrix, [8, 16, 24, 28, 40, 48, 56, 64]);
}
