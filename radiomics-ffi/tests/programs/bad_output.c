/* Each bad input to filters and maps is answered by its status and a text that names the value at
 * fault; no buffer is touched, also when a job is cancelled in the middle. */
#include <math.h>

#include "support.h"

static radiomics_context *context;
static phantom of;
static const radiomics_status invalid = RADIOMICS_STATUS_INVALID_ARGUMENT;

/* Two buffers that nothing may write to. */
static double memory[2 * VOXELS], before[2 * VOXELS];
static double *const buffers[] = {memory, memory + VOXELS};

static radiomics_output output_of(size_t count) {
    radiomics_output output = RADIOMICS_OUTPUT_INIT;
    output.buffers = buffers;
    output.buffer_count = count;
    output.buffer_length = VOXELS;
    return output;
}

static void answered(radiomics_status expected, const char *part, radiomics_status found, int line) {
    if (found != expected || !strstr(radiomics_last_error(context), part)) {
        fprintf(stderr, "line %d: status %d instead of %d, or \"%s\" does not hold \"%s\"\n", line, (int)found,
                (int)expected, radiomics_last_error(context), part);
        exit(1);
    }
    CHECK(memcmp(memory, before, sizeof memory) == 0);
}

#define REFUSED(expected, part, call) answered(expected, part, call, __LINE__)

static radiomics_settings *settings_of(const char *yaml) {
    radiomics_settings *settings = NULL;
    CHECK_OK(context, radiomics_settings_from_yaml(context, yaml, &settings));
    return settings;
}

static int32_t stop_at(size_t done, size_t total, void *user_data) {
    size_t *stop = user_data;
    CHECK(done <= total);
    stop[1] = done;
    stop[2] = total;
    return done >= stop[0];
}

/* What is wrong about a radiomics_output, through a function that takes one for two things. */
static void outputs(radiomics_status (*call)(const radiomics_output *), const char *what) {
    char text[200];
    radiomics_output output = output_of(2);
    REFUSED(invalid, "`output` is NULL", call(NULL));
    output.struct_size = 0;
    REFUSED(invalid, "set it to sizeof(radiomics_output), which is", call(&output));
    output.struct_size = 55;
    REFUSED(invalid, "the struct_size of `output` is 55", call(&output));
    output.struct_size = sizeof output;
    output.buffers = NULL;
    REFUSED(invalid, "`buffers` is NULL", call(&output));
    output = output_of(1);
    snprintf(text, sizeof text, "`buffer_count` is 1, and the number of %ss is 2", what);
    REFUSED(invalid, text, call(&output));
    output = output_of(3);
    REFUSED(invalid, "`buffer_count` is 3", call(&output));
    output = output_of(2);
    output.buffer_length = 5;
    snprintf(text, sizeof text, "`buffer_length` is 5: a %s of shape (z, y, x) [", what);
    REFUSED(invalid, text, call(&output));
    REFUSED(invalid, "] needs room for ", call(&output));
    output.buffer_length = VOXELS;
    double *const twice[] = {memory, memory};
    output.buffers = twice;
    REFUSED(invalid, "`buffers[0]` and `buffers[1]` overlap", call(&output));
    double *const closely[] = {memory + 1, memory};
    output.buffers = closely;
    REFUSED(invalid, "`buffers[1]` and `buffers[0]` overlap", call(&output));
    double *const odd[] = {memory, (double *)(void *)((char *)memory + 4)};
    output.buffers = odd;
    REFUSED(invalid, "`buffers[1]` is at address", call(&output));
    /* A struct of a later version. */
    struct {
        radiomics_output known;
        double later;
    } grown = {output_of(2), 1.0};
    grown.known.struct_size = sizeof grown;
    REFUSED(invalid, "does not know", call(&grown.known));
}

static radiomics_settings *two_filters, *two_maps;
static radiomics_maps *maps;

static radiomics_status filter_to(const radiomics_output *output) {
    return radiomics_filter(context, &of.image, two_filters, output);
}

static radiomics_status maps_to(const radiomics_output *output) {
    return radiomics_maps_compute(context, maps, output);
}

static void filters(void) {
    outputs(filter_to, "response");
    radiomics_output output = output_of(2);
    REFUSED(invalid, "`image` is NULL", radiomics_filter(context, NULL, two_filters, &output));
    REFUSED(invalid, "`settings` is NULL", radiomics_filter(context, &of.image, NULL, &output));
    CHECK(radiomics_filter(NULL, &of.image, two_filters, &output) == invalid);
    radiomics_image image = of.image;
    image.struct_size = 8;
    REFUSED(invalid, "sizeof(radiomics_image)", radiomics_filter(context, &image, two_filters, &output));
    image = of.image;
    image.data = NULL;
    REFUSED(invalid, "the data of `image` are NULL", radiomics_filter(context, &image, two_filters, &output));
    image = of.image;
    image.dtype = 11;
    REFUSED(invalid, "the dtype of `image` is 11", radiomics_filter(context, &image, two_filters, &output));
    image = of.image;
    image.shape[0] = SIZE_MAX;
    REFUSED(invalid, "does not fit into memory", radiomics_filter(context, &image, two_filters, &output));
    image.shape[0] = 0;
    REFUSED(RADIOMICS_STATUS_EMPTY_IMAGE, "[0, 12, 14]", radiomics_filter(context, &image, two_filters, &output));
    image = of.image;
    image.spacing_mm[1] = 0;
    REFUSED(RADIOMICS_STATUS_INVALID_GEOMETRY, "above 0", radiomics_filter(context, &image, two_filters, &output));
    /* The buffer of a larger image. */
    image = of.image;
    image.dtype = RADIOMICS_DTYPE_U8;
    image.shape[0] = 2 * NZ;
    REFUSED(invalid, "needs room for 3360 values", radiomics_filter(context, &image, two_filters, &output));

    /* A filter that no image of this spacing can take, after one that it can. */
    radiomics_settings *wide = settings_of("filters: [square, {laplacian_of_gaussian: {sigma_mm: 99999}}]");
    REFUSED(RADIOMICS_STATUS_INVALID_SETTING, "`sigma_mm` is 99999", radiomics_filter(context, &of.image, wide, &output));
    radiomics_settings_free(wide);
    /* Texts that are no filter get no settings. */
    const char *texts[] = {"filters: [squar]",
                           "filters: [{mean: {support_voxels: 4}}]",
                           "filters: [{mean: {size: 3}}]",
                           "filters: []",
                           "filters: [square, square]",
                           "filters: [{separable_wavelet: {wavelet: haar99, subband: LLL}}]"};
    for (size_t at = 0; at < sizeof texts / sizeof *texts; ++at) {
        radiomics_settings *none = NULL;
        REFUSED(RADIOMICS_STATUS_INVALID_SETTING, "", radiomics_settings_from_yaml(context, texts[at], &none));
        CHECK(none == NULL && strlen(radiomics_last_error(context)) > 10);
    }
    for (size_t stop = 0; stop < 2; ++stop) {
        size_t stops[3] = {stop, 9, 9};
        output.progress = stop_at;
        output.user_data = stops;
        REFUSED(RADIOMICS_STATUS_CANCELLED, "cancelled after", filter_to(&output));
        CHECK(stops[1] == stop && stops[2] == 2);
    }
}

/* Preparing maps fails. */
static void job_refused(radiomics_maps_job job, radiomics_status status, const char *part) {
    radiomics_maps *const untouched = (radiomics_maps *)&of;
    radiomics_maps *made = untouched;
    REFUSED(status, part, radiomics_maps_new(context, &job, &made));
    CHECK(made == untouched);
}

static void settings_refused(radiomics_maps_job job, const char *yaml, radiomics_status status, const char *part) {
    radiomics_settings *settings = settings_of(yaml);
    job.settings = settings;
    job_refused(job, status, part);
    radiomics_settings_free(settings);
}

static void jobs_of_maps(radiomics_maps_job good) {
    radiomics_maps *made = NULL;
    radiomics_maps_job job = good;
    CHECK(radiomics_maps_new(context, NULL, &made) == invalid);
    CHECK(radiomics_maps_new(context, &good, NULL) == invalid);
    CHECK(radiomics_maps_new(NULL, &good, &made) == invalid && made == NULL);
    job.struct_size = sizeof(size_t) + 3;
    job_refused(job, invalid, "set it to sizeof(radiomics_maps_job), which is");
    job = good;
    job.image = NULL;
    job_refused(job, invalid, "`image` is NULL");
    job = good;
    job.mask = NULL;
    job_refused(job, invalid, "`mask` is NULL");
    job = good;
    job.settings = NULL;
    job_refused(job, invalid, "`settings` is NULL");
    job = good;
    job.radius = 16;
    job_refused(job, RADIOMICS_STATUS_INVALID_SETTING, "`radius` is 16");
    job.radius = SIZE_MAX;
    job_refused(job, RADIOMICS_STATUS_INVALID_SETTING, "from 1 to 15");
    job = good;
    job.in_plane = 2;
    job_refused(job, invalid, "`in_plane` is 2");
    job = good;
    job.unmasked = -1;
    job_refused(job, invalid, "`unmasked` is -1");
    job = good;
    job.label = 9;
    job_refused(job, RADIOMICS_STATUS_LABEL_NOT_PRESENT, "it holds 1, 2");
    job.label = 0;
    job_refused(job, RADIOMICS_STATUS_LABEL_NOT_PRESENT, "background");

    settings_refused(good, "filters: [square, original]", RADIOMICS_STATUS_INVALID_SETTING, "give one filter");
    settings_refused(good, "families: [morphology]", RADIOMICS_STATUS_INVALID_SETTING, "this family has no maps");
    settings_refused(good, "resegment_range: [9000, null]", RADIOMICS_STATUS_REGION_TOO_SMALL, "resegmentation");
    settings_refused(good, "bin_width: 0.0001", RADIOMICS_STATUS_UNSUITABLE_DISCRETISATION, "grey levels");
    settings_refused(good, "resample_spacing_mm: 0.00001", RADIOMICS_STATUS_GRID_TOO_LARGE, "voxels");

    /* Masks that do not lie on the image, and voxels that are no number. */
    static phantom other;
    other = of;
    job = good;
    job.mask = &other.mask;
    other.mask.origin_mm[2] = 1000;
    job_refused(job, RADIOMICS_STATUS_GEOMETRY_MISMATCH, "origin");
    other.mask = of.mask;
    other.mask.shape[0] = NZ - 2;
    job_refused(job, RADIOMICS_STATUS_SHAPE_MISMATCH, "[8, 12, 14]");
    other.mask = of.mask;
    other.mask.data = other.labels;
    memset(other.labels, 0, sizeof other.labels);
    job_refused(job, RADIOMICS_STATUS_EMPTY_MASK, "empty");
    other.labels[3] = 1;
    job_refused(job, RADIOMICS_STATUS_REGION_TOO_SMALL, "1 voxel");
    static float fractions[VOXELS];
    for (int at = 0; at < VOXELS; ++at) fractions[at] = of.labels[at] == 1 ? NAN : 0;
    radiomics_image image = view_of(fractions, RADIOMICS_DTYPE_F32);
    job = good;
    job.image = &image;
    job_refused(job, RADIOMICS_STATUS_NON_FINITE_VOXELS, "NaN");
    job = good;
    fractions[2] = 0.25f;
    job.mask = &image;
    job_refused(job, RADIOMICS_STATUS_FRACTIONAL_MASK, "");
}

static void prepared_maps(void) {
    outputs(maps_to, "map");
    radiomics_output output = output_of(2);
    REFUSED(invalid, "`maps` is NULL", radiomics_maps_compute(context, NULL, &output));
    CHECK(radiomics_maps_compute(NULL, maps, &output) == invalid);
    output.buffer_length = 9 * 9 * 9 - 1;
    REFUSED(invalid, "a map of shape (z, y, x) [9, 9, 9] needs room for 729 values", maps_to(&output));

    radiomics_map map = {0};
    CHECK(radiomics_maps_map(maps, 0, &map) == invalid);
    map.struct_size = sizeof map;
    CHECK(radiomics_maps_map(maps, 2, &map) == invalid && radiomics_maps_map(maps, SIZE_MAX, &map) == invalid);
    CHECK(radiomics_maps_map(NULL, 0, &map) == invalid && radiomics_maps_map(maps, 0, NULL) == invalid);
    CHECK(map.column == NULL);
    radiomics_image image = {0};
    CHECK(radiomics_maps_image(maps, &image) == invalid && radiomics_maps_image(maps, NULL) == invalid);
    image.struct_size = sizeof image;
    CHECK(radiomics_maps_image(NULL, &image) == invalid && image.dtype == 0);

    /* Cancelled before the first voxel and in the middle. What is done cannot be cancelled any more. */
    output = output_of(2);
    output.progress = stop_at;
    size_t stops[3] = {0, 9, 9}, last;
    output.user_data = stops;
    REFUSED(RADIOMICS_STATUS_CANCELLED, "cancelled after 0 of", maps_to(&output));
    CHECK(stops[1] == 0 && stops[2] > 256);
    last = stops[2];
    stops[0] = 1;
    REFUSED(RADIOMICS_STATUS_CANCELLED, "cancelled after", maps_to(&output));
    CHECK(stops[1] >= 1 && stops[1] < last);
    stops[0] = last;
    CHECK_OK(context, maps_to(&output));
    CHECK(stops[1] == last && memcmp(memory, before, sizeof memory) != 0);
    memcpy(before, memory, sizeof memory);
}

int main(void) {
    fill(&of);
    for (int at = 0; at < 2 * VOXELS; ++at) memory[at] = before[at] = at + 0.5;
    radiomics_context_options options = RADIOMICS_CONTEXT_OPTIONS_INIT;
    options.threads = 1;
    CHECK(radiomics_context_new(&options, &context) == RADIOMICS_STATUS_OK);
    two_filters = settings_of("filters: [square, {mean: {support_voxels: 3}}]");
    two_maps = settings_of("features: [intensity_statistics.mean, ngtdm.coarseness]");
    radiomics_maps_job job = RADIOMICS_MAPS_JOB_INIT;
    job.image = &of.image;
    job.mask = &of.mask;
    job.label = 1;
    job.settings = two_maps;
    CHECK_OK(context, radiomics_maps_new(context, &job, &maps));
    CHECK(radiomics_maps_length(maps) == 2);
    filters();
    jobs_of_maps(job);
    prepared_maps();
    /* After all that the context works, and so do the maps. */
    radiomics_output output = output_of(2);
    CHECK_OK(context, filter_to(&output));
    CHECK(memcmp(memory, before, sizeof memory) != 0);
    memcpy(before, memory, sizeof memory);
    CHECK_OK(context, maps_to(&output));
    CHECK(memcmp(memory, before, sizeof memory) != 0);
    radiomics_maps_free(maps);
    radiomics_settings_free(two_maps);
    radiomics_settings_free(two_filters);
    radiomics_context_free(context);
    return 0;
}
