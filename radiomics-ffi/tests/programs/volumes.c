/* Writes the responses of all filters of settings to a file, and behind them the maps of a region.
 * usage: volumes IMAGE MASK NZ NY NX DZ DY DX FILTERS MAPS OUT; files hold 32-bit floats and doubles,
 * FILTERS and MAPS are settings in YAML. */
#include <math.h>

#include "support.h"

static float *read_voxels(const char *path, size_t voxels) {
    FILE *file = fopen(path, "rb");
    CHECK(file);
    float *data = malloc(voxels * sizeof *data);
    CHECK(data && fread(data, sizeof *data, voxels, file) == voxels);
    fclose(file);
    return data;
}

/* Memory for some volumes in one piece, and where each begins. */
static double **buffers_of(size_t count, size_t voxels) {
    double **buffers = malloc(count * sizeof *buffers), *memory = malloc(count * voxels * sizeof *memory);
    CHECK(buffers && memory);
    for (size_t index = 0; index < count; ++index) buffers[index] = memory + index * voxels;
    return buffers;
}

static radiomics_output output_to(double **buffers, size_t count, size_t voxels) {
    radiomics_output output = RADIOMICS_OUTPUT_INIT;
    output.buffers = (double *const *)buffers;
    output.buffer_count = count;
    output.buffer_length = voxels;
    output.outside = -1.0;
    return output;
}

static void write_and_free(FILE *file, double **buffers, size_t count, size_t voxels) {
    CHECK(fwrite(buffers[0], sizeof(double), count * voxels, file) == count * voxels);
    free(buffers[0]);
    free(buffers);
}

int main(int argc, char **argv) {
    CHECK(argc == 12);
    radiomics_image image = RADIOMICS_IMAGE_INIT;
    image.dtype = RADIOMICS_DTYPE_F32;
    for (int axis = 0; axis < 3; ++axis) {
        image.shape[axis] = strtoul(argv[3 + axis], NULL, 10);
        image.spacing_mm[axis] = strtod(argv[6 + axis], NULL);
    }
    radiomics_image mask = image;
    size_t voxels = image.shape[0] * image.shape[1] * image.shape[2], count = 0;
    float *intensities = read_voxels(argv[1], voxels), *labels = read_voxels(argv[2], voxels);
    image.data = intensities;
    mask.data = labels;
    FILE *out = fopen(argv[11], "wb");
    CHECK(out);

    radiomics_context *context = NULL;
    radiomics_settings *settings = NULL;
    CHECK(radiomics_context_new(NULL, &context) == RADIOMICS_STATUS_OK);
    CHECK_OK(context, radiomics_settings_from_yaml(context, argv[9], &settings));
    for (; radiomics_settings_filter_name(settings, count); ++count)
        printf("%s\n", radiomics_settings_filter_name(settings, count));
    double **buffers = buffers_of(count, voxels);
    radiomics_output output = output_to(buffers, count, voxels);
    CHECK_OK(context, radiomics_filter(context, &image, settings, &output));
    write_and_free(out, buffers, count, voxels);
    radiomics_settings_free(settings);

    CHECK_OK(context, radiomics_settings_from_yaml(context, argv[10], &settings));
    radiomics_maps_job job = RADIOMICS_MAPS_JOB_INIT;
    radiomics_maps *maps = NULL;
    job.image = &image;
    job.mask = &mask;
    job.label = 1;
    job.settings = settings;
    CHECK_OK(context, radiomics_maps_new(context, &job, &maps));
    radiomics_image box = RADIOMICS_IMAGE_INIT;
    CHECK(radiomics_maps_image(maps, &box) == RADIOMICS_STATUS_OK);
    voxels = box.shape[0] * box.shape[1] * box.shape[2];
    count = radiomics_maps_length(maps);
    for (size_t index = 0; index < count; ++index) {
        radiomics_map map = RADIOMICS_MAP_INIT;
        CHECK(radiomics_maps_map(maps, index, &map) == RADIOMICS_STATUS_OK);
        printf("%s\n", map.column);
    }
    buffers = buffers_of(count, voxels);
    output = output_to(buffers, count, voxels);
    CHECK_OK(context, radiomics_maps_compute(context, maps, &output));
    write_and_free(out, buffers, count, voxels);
    radiomics_maps_free(maps);
    radiomics_settings_free(settings);
    radiomics_context_free(context);
    CHECK(fclose(out) == 0);
    free(labels);
    free(intensities);
    return 0;
}
