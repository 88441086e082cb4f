/* Responses of filters and feature maps in buffers of the caller: right values, in the right places,
 * and nothing beside them. */
#include <math.h>

#include "support.h"

static radiomics_context *context;
static phantom of;

/* The ball of label 1 touches these planes. */
enum { BOX_Z = 1, BOX_Y = 2, BOX_X = 2, BOX = 9, BOX_VOXELS = BOX * BOX * BOX };

static radiomics_settings *settings_of(const char *yaml) {
    radiomics_settings *settings = NULL;
    CHECK_OK(context, radiomics_settings_from_yaml(context, yaml, &settings));
    return settings;
}

/* Memory that was never written to, so that valgrind sees what is left out, and a guard behind it. */
static double *buffer_of(size_t voxels) {
    double *memory = malloc((voxels + 1) * sizeof *memory);
    CHECK(memory);
    memory[voxels] = -77;
    return memory;
}

static radiomics_output output_to(double *const *buffers, size_t count, size_t length) {
    radiomics_output output = RADIOMICS_OUTPUT_INIT;
    output.buffers = buffers;
    output.buffer_count = count;
    output.buffer_length = length;
    return output;
}

static int32_t counting(size_t done, size_t total, void *user_data) {
    size_t *seen = user_data;
    CHECK(done >= seen[0] && done <= total);
    seen[0] = done;
    seen[1] = total;
    ++seen[2];
    return 0;
}

/* Mean of the voxels round one, of those with label 1 or of all. */
static double mean_round(int k, int j, int i, int across, int radius, int masked) {
    double sum = 0, n = 0;
    for (int z = k - across; z <= k + across; ++z)
        for (int y = j - radius; y <= j + radius; ++y)
            for (int x = i - radius; x <= i + radius; ++x) {
                if (z < 0 || z >= NZ || y < 0 || y >= NY || x < 0 || x >= NX) continue;
                const int at = (z * NY + y) * NX + x;
                if (masked && of.labels[at] != 1) continue;
                sum += of.intensities[at];
                n += 1;
            }
    return sum / n;
}

static void filters(void) {
    radiomics_settings *settings = settings_of("filters: [original, {mean: {support_voxels: 3}}, square]");
    const char *name = radiomics_settings_filter_name(settings, 0);
    CHECK(strcmp(name, "original") == 0);
    CHECK(strcmp(radiomics_settings_filter_name(settings, 1), "mean-3-3D") == 0);
    CHECK(strcmp(radiomics_settings_filter_name(settings, 2), "square") == 0);
    CHECK(radiomics_settings_filter_name(settings, 3) == NULL && radiomics_settings_filter_name(NULL, 0) == NULL);

    double *buffers[] = {buffer_of(VOXELS), buffer_of(VOXELS), buffer_of(VOXELS)};
    radiomics_output output = output_to(buffers, 3, VOXELS);
    size_t seen[3] = {0};
    output.progress = counting;
    output.user_data = seen;
    CHECK_OK(context, radiomics_filter(context, &of.image, settings, &output));
    CHECK(seen[0] == 3 && seen[1] == 3 && seen[2] >= 4);
    for (int at = 0; at < VOXELS; ++at) CHECK(buffers[0][at] == of.intensities[at]);
    for (int k = 1; k < NZ - 1; ++k)
        for (int j = 1; j < NY - 1; ++j)
            for (int i = 1; i < NX - 1; ++i)
                CHECK(fabs(buffers[1][(k * NY + j) * NX + i] - mean_round(k, j, i, 1, 1, 0)) < 1e-9);
    for (int at = 0; at < VOXELS; ++at) CHECK(isfinite(buffers[2][at]));

    /* The mean alone, of the image from its last voxel to the first, is the same the other way round. */
    double *turned = buffer_of(VOXELS), *wanted[] = {NULL, turned, NULL};
    radiomics_image backwards = of.image;
    backwards.data = &of.intensities[VOXELS - 1];
    backwards.strides[0] = -NY * NX;
    backwards.strides[1] = -NX;
    backwards.strides[2] = -1;
    output = output_to(wanted, 3, VOXELS + 100);
    CHECK_OK(context, radiomics_filter(context, &backwards, settings, &output));
    for (int at = 0; at < VOXELS; ++at) CHECK(fabs(turned[at] - buffers[1][VOXELS - 1 - at]) < 1e-9);
    CHECK(turned[VOXELS] == -77);

    /* Into the image itself, which nobody reads any more by then. */
    memcpy(turned, buffers[0], VOXELS * sizeof *turned);
    radiomics_image own = view_of(turned, RADIOMICS_DTYPE_F64);
    CHECK_OK(context, radiomics_filter(context, &own, settings, &output));
    CHECK(memcmp(turned, buffers[1], VOXELS * sizeof *turned) == 0);

    /* Nothing wanted, nothing done. */
    double *nothing[] = {NULL, NULL, NULL};
    output = output_to(nothing, 3, 0);
    CHECK_OK(context, radiomics_filter(context, &of.image, settings, &output));
    for (int index = 0; index < 3; ++index) {
        CHECK(buffers[index][VOXELS] == -77);
        free(buffers[index]);
    }
    free(turned);
    radiomics_settings_free(settings);
}

/* The maps of a job go where they should: `across` and `radius` are the window's. */
static void means_of_windows(radiomics_maps_job job, int across, int radius) {
    radiomics_maps *maps = NULL;
    CHECK_OK(context, radiomics_maps_new(context, &job, &maps));
    CHECK(radiomics_maps_length(maps) == 2);
    double *means = buffer_of(BOX_VOXELS), *both[] = {means, NULL};
    radiomics_output output = output_to(both, 2, BOX_VOXELS);
    output.outside = -1e9;
    CHECK_OK(context, radiomics_maps_compute(context, maps, &output));
    for (int k = 0; k < BOX; ++k)
        for (int j = 0; j < BOX; ++j)
            for (int i = 0; i < BOX; ++i) {
                const double value = means[(k * BOX + j) * BOX + i];
                const int z = k + BOX_Z, y = j + BOX_Y, x = i + BOX_X;
                if (of.labels[(z * NY + y) * NX + x] == 1)
                    CHECK(fabs(value - mean_round(z, y, x, across, radius, !job.unmasked)) < 1e-9);
                else
                    CHECK(value == -1e9);
            }
    CHECK(means[BOX_VOXELS] == -77);
    free(means);
    radiomics_maps_free(maps);
}

static void maps_of_windows(void) {
    radiomics_settings *settings = settings_of(
        "{features: [intensity_statistics.mean, glcm.joint_entropy], aggregations: [3D_avg], bin_width: 25}");
    radiomics_maps_job job = RADIOMICS_MAPS_JOB_INIT;
    job.image = &of.image;
    job.mask = &of.mask;
    job.label = 1;
    job.settings = settings;
    means_of_windows(job, 1, 1);
    job.radius = 2;
    means_of_windows(job, 2, 2);
    job.unmasked = 1;
    means_of_windows(job, 2, 2);
    job.in_plane = 1;
    means_of_windows(job, 0, 2);
    job.unmasked = 0;
    job.radius = 0;
    means_of_windows(job, 0, 1);
    job.in_plane = 0;

    radiomics_maps *maps = NULL;
    CHECK_OK(context, radiomics_maps_new(context, &job, &maps));
    radiomics_map map = RADIOMICS_MAP_INIT;
    CHECK(radiomics_maps_map(maps, 1, &map) == RADIOMICS_STATUS_OK);
    CHECK(strcmp(map.column, "original_glcm_joint_entropy_3D_avg") == 0 && strcmp(map.image, "original") == 0);
    CHECK(strcmp(map.family, "glcm") == 0 && strcmp(map.feature, "joint_entropy") == 0);
    CHECK(strcmp(map.aggregation, "3D_avg") == 0 && strcmp(map.ibsi_id, "TU9B") == 0);
    CHECK(map.ibsi_parameter_id[0] == 0 && strcmp(map.pyradiomics, "JointEntropy") == 0);

    radiomics_image box = RADIOMICS_IMAGE_INIT;
    CHECK(radiomics_maps_image(maps, &box) == RADIOMICS_STATUS_OK);
    for (int axis = 0; axis < 3; ++axis) {
        CHECK(box.shape[axis] == BOX && box.spacing_mm[axis] == of.image.spacing_mm[axis]);
        CHECK(box.origin_mm[axis] == 3.0 && box.direction[axis][axis] == 1.0);
    }
    CHECK(box.data == NULL && box.dtype == RADIOMICS_DTYPE_F64 && box.strides[0] == 0);

    /* Both maps from one call, or one by one, are the same bits. */
    double *first = buffer_of(BOX_VOXELS), *second = buffer_of(BOX_VOXELS), *again = buffer_of(BOX_VOXELS);
    double *both[] = {first, second}, *one[] = {NULL, again};
    radiomics_output output = output_to(both, 2, BOX_VOXELS);
    size_t seen[3] = {0}, region = 0;
    output.progress = counting;
    output.user_data = seen;
    CHECK_OK(context, radiomics_maps_compute(context, maps, &output));
    for (int at = 0; at < VOXELS; ++at) region += of.labels[at] == 1;
    CHECK(seen[0] == region && seen[1] == region && seen[2] > 1);
    output = output_to(one, 2, BOX_VOXELS);
    CHECK_OK(context, radiomics_maps_compute(context, maps, &output));
    CHECK(memcmp(second, again, BOX_VOXELS * sizeof *again) == 0);
    CHECK(memcmp(first, second, BOX_VOXELS * sizeof *again) != 0);

    /* A map is an image: its mean over the region is the mean of its values there. */
    radiomics_image region_of_box = box;
    region_of_box.data = &of.labels[(BOX_Z * NY + BOX_Y) * NX + BOX_X];
    region_of_box.dtype = RADIOMICS_DTYPE_U8;
    region_of_box.strides[0] = NY * NX;
    region_of_box.strides[1] = NX;
    region_of_box.strides[2] = 1;
    box.data = second;
    double sum = 0;
    for (int at = 0; at < BOX_VOXELS; ++at) sum += second[at];
    radiomics_settings *mean_only = settings_of("features: [intensity_statistics.mean]");
    radiomics_table *table = NULL;
    CHECK_OK(context, radiomics_extract(context, &box, &region_of_box, 1, mean_only, &table));
    CHECK(fabs(radiomics_table_values(table)[0] - sum / (double)region) < 1e-9);
    radiomics_table_free(table);
    radiomics_settings_free(mean_only);

    CHECK(first[BOX_VOXELS] == -77 && second[BOX_VOXELS] == -77 && again[BOX_VOXELS] == -77);
    free(first);
    free(second);
    free(again);
    radiomics_maps_free(maps);
    radiomics_settings_free(settings);
}

/* On another grid, of another filter, and of all features. */
static void maps_of_everything(void) {
    radiomics_settings *settings =
        settings_of("{resample_spacing_mm: [2, 2, 2], filters: [{mean: {support_voxels: 3}}], bin_number: 8}");
    radiomics_maps_job job = RADIOMICS_MAPS_JOB_INIT;
    job.image = &of.image;
    job.mask = &of.mask;
    job.label = 2;
    job.settings = settings;
    radiomics_maps *maps = NULL;
    CHECK_OK(context, radiomics_maps_new(context, &job, &maps));
    const size_t count = radiomics_maps_length(maps);
    CHECK(count > 130);
    radiomics_image box = RADIOMICS_IMAGE_INIT;
    CHECK(radiomics_maps_image(maps, &box) == RADIOMICS_STATUS_OK);
    CHECK(box.spacing_mm[0] == 2.0 && box.spacing_mm[1] == 2.0 && box.spacing_mm[2] == 2.0);
    const size_t voxels = box.shape[0] * box.shape[1] * box.shape[2];
    double *memory = buffer_of(count * voxels), **buffers = malloc(count * sizeof *buffers);
    CHECK(buffers && voxels > 0 && voxels < VOXELS);
    for (size_t index = 0; index < count; ++index) {
        radiomics_map map = RADIOMICS_MAP_INIT;
        CHECK(radiomics_maps_map(maps, index, &map) == RADIOMICS_STATUS_OK);
        CHECK(strcmp(map.image, "mean-3-3D") == 0);
        buffers[index] = memory + index * voxels;
    }
    radiomics_output output = output_to(buffers, count, voxels);
    output.outside = NAN;
    CHECK_OK(context, radiomics_maps_compute(context, maps, &output));
    size_t defined = 0;
    for (size_t at = 0; at < count * voxels; ++at) defined += !isnan(memory[at]);
    CHECK(defined > count * voxels / 4 && memory[count * voxels] == -77);
    free(buffers);
    free(memory);
    radiomics_maps_free(maps);
    radiomics_settings_free(settings);
}

int main(void) {
    fill(&of);
    radiomics_context_options options = RADIOMICS_CONTEXT_OPTIONS_INIT;
    options.threads = 2;
    CHECK(radiomics_context_new(&options, &context) == RADIOMICS_STATUS_OK);
    filters();
    maps_of_windows();
    maps_of_everything();
    CHECK(radiomics_maps_length(NULL) == 0);
    radiomics_maps_free(NULL);
    CHECK(radiomics_last_error(context)[0] == 0);
    radiomics_context_free(context);
    return 0;
}
