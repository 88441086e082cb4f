/* An image is not copied: extracting a small region of a large one, or making maps of it, takes far
 * less memory than the image has. */
#include <sys/resource.h>

#include "support.h"

enum { LARGE_Z = 200, LARGE_Y = 512, LARGE_X = 512 };

/* Most memory that the process has had so far, in bytes. */
static double peak(void) {
    struct rusage usage;
    CHECK(getrusage(RUSAGE_SELF, &usage) == 0);
#ifdef __APPLE__
    return (double)usage.ru_maxrss;
#else
    return 1024.0 * (double)usage.ru_maxrss;
#endif
}

int main(void) {
    const size_t voxels = (size_t)LARGE_Z * LARGE_Y * LARGE_X;
    double *intensities = malloc(voxels * sizeof *intensities);
    uint8_t *labels = calloc(voxels, 1);
    CHECK(intensities && labels);
    for (size_t at = 0; at < voxels; ++at) intensities[at] = (double)(at * 2654435761u % 1000);
    /* Written to, so that all of it counts before the measurement. */
    memset(labels, 0, voxels);
    for (size_t k = 90; k < 110; ++k)
        for (size_t j = 250; j < 270; ++j)
            for (size_t i = 250; i < 270; ++i) labels[(k * LARGE_Y + j) * LARGE_X + i] = 1;
    radiomics_image image = view_of(intensities, RADIOMICS_DTYPE_F64), mask = view_of(labels, RADIOMICS_DTYPE_U8);
    image.shape[0] = mask.shape[0] = LARGE_Z;
    image.shape[1] = mask.shape[1] = LARGE_Y;
    image.shape[2] = mask.shape[2] = LARGE_X;

    radiomics_context *context = NULL;
    radiomics_settings *settings = NULL;
    radiomics_table *table = NULL;
    CHECK(radiomics_context_new(NULL, &context) == RADIOMICS_STATUS_OK);
    CHECK_OK(context, radiomics_settings_from_profile(context, "ibsi", &settings));
    const double before = peak(), size = (double)(voxels * sizeof *intensities);
    CHECK_OK(context, radiomics_extract(context, &image, &mask, 1, settings, &table));
    const double grown = peak() - before;
    printf("an image of %.0f MB, peak memory grew by %.0f MB\n", size / 1e6, grown / 1e6);
    CHECK(grown < size / 16);
    radiomics_table_free(table);
    radiomics_settings_free(settings);

    /* Maps beside that: prepared, and computed into memory that was there before. */
    enum { BOX_VOXELS = 20 * 20 * 20 };
    double *map = malloc(BOX_VOXELS * sizeof *map);
    CHECK(map);
    const char *yaml = "{features: [glcm.joint_entropy], aggregations: [3D_avg], bin_number: 32}";
    CHECK_OK(context, radiomics_settings_from_yaml(context, yaml, &settings));
    radiomics_maps_job job = RADIOMICS_MAPS_JOB_INIT;
    radiomics_maps *maps = NULL;
    job.image = &image;
    job.mask = &mask;
    job.label = 1;
    job.settings = settings;
    CHECK_OK(context, radiomics_maps_new(context, &job, &maps));
    radiomics_output output = RADIOMICS_OUTPUT_INIT;
    output.buffers = &map;
    output.buffer_count = 1;
    output.buffer_length = BOX_VOXELS;
    CHECK_OK(context, radiomics_maps_compute(context, maps, &output));
    const double with_maps = peak() - before;
    printf("with maps of 20 * 20 * 20 voxels, peak memory grew by %.0f MB\n", with_maps / 1e6);
    CHECK(map[0] > 0 && with_maps < size / 16);
    radiomics_maps_free(maps);
    free(map);
    radiomics_settings_free(settings);
    radiomics_context_free(context);
    free(labels);
    free(intensities);
    return 0;
}
