/* Four threads with a context each get the same bits, at the same time, while jobs of other
 * contexts are cancelled in the middle: of regions, of feature maps and of filters. */
#include <pthread.h>

#include "support.h"

static phantom of;
static double expected[4000];
static size_t length;
static radiomics_settings *settings, *filters;
static radiomics_maps *maps;

/* Maps of the ball, which has a box of 9 * 9 * 9 voxels, and responses of the image. */
enum { MAPS = 2, BOX_VOXELS = 729, FILTERS = 3 };
static double expected_maps[MAPS * BOX_VOXELS], expected_responses[FILTERS * VOXELS];

typedef struct watch {
    size_t stop_at, last, calls, total;
} watch;

/* Counts the calls, which must not go back, and cancels at a step. */
static int32_t watching(size_t done, size_t total, void *user_data) {
    watch *of_job = user_data;
    CHECK(done <= total && done >= of_job->last);
    of_job->last = done;
    of_job->total = total;
    ++of_job->calls;
    return done >= of_job->stop_at;
}

static void run(radiomics_context *context) {
    const radiomics_image *image = &of.image;
    const int64_t labels[] = {1, 2};
    watch all = {SIZE_MAX, 0, 0, 0}, some = {0, 0, 0, 0};
    radiomics_job job = RADIOMICS_JOB_INIT;
    radiomics_table *table = NULL;
    job.images = &image;
    job.image_count = 1;
    job.mask = &of.mask;
    job.labels = labels;
    job.label_count = 2;
    job.settings = settings;
    job.progress = watching;
    job.user_data = &all;
    CHECK_OK(context, radiomics_extract_many(context, &job, &table));
    CHECK(all.calls > 1 && all.last == all.total);
    CHECK(radiomics_table_length(table) % 2 == 0);
    const size_t each = radiomics_table_length(table) / 2;
    CHECK(length == 0 || each == length);
    const double *values = radiomics_table_values(table);
    if (length == 0) {
        CHECK(each <= sizeof expected / sizeof *expected);
        memcpy(expected, values, each * sizeof *values);
        length = each;
    }
    CHECK(memcmp(values, expected, each * sizeof *values) == 0);
    radiomics_table_free(table);

    /* Cancelled before it begins and in the middle. */
    const size_t stops[] = {0, all.total / 2};
    for (int i = 0; i < 2; ++i) {
        some = (watch){stops[i], 0, 0, 0};
        job.user_data = &some;
        table = NULL;
        CHECK_STATUS(context, RADIOMICS_STATUS_CANCELLED, radiomics_extract_many(context, &job, &table));
        CHECK(table == NULL && some.last >= stops[i] && some.last < all.total);
        CHECK(strstr(radiomics_last_error(context), "cancelled after"));
    }
    /* What is done cannot be cancelled any more. */
    some = (watch){all.total, 0, 0, 0};
    CHECK_OK(context, radiomics_extract_many(context, &job, &table));
    CHECK(some.last == all.total && memcmp(radiomics_table_values(table), expected, each * sizeof *expected) == 0);
    radiomics_table_free(table);
}

static radiomics_status maps_to(radiomics_context *context, const radiomics_output *output) {
    return radiomics_maps_compute(context, maps, output);
}

static radiomics_status responses_to(radiomics_context *context, const radiomics_output *output) {
    return radiomics_filter(context, &of.image, filters, output);
}

/* All bits are those expected, and a job that is cancelled writes none. */
static void run_into_buffers(radiomics_context *context, const double *values, size_t count, size_t voxels,
                             radiomics_status (*job)(radiomics_context *, const radiomics_output *)) {
    double *memory = malloc(count * voxels * sizeof *memory), *buffers[FILTERS];
    CHECK(memory && count <= FILTERS);
    for (size_t index = 0; index < count; ++index) buffers[index] = memory + index * voxels;
    watch all = {SIZE_MAX, 0, 0, 0};
    radiomics_output output = RADIOMICS_OUTPUT_INIT;
    output.buffers = buffers;
    output.buffer_count = count;
    output.buffer_length = voxels;
    output.progress = watching;
    output.user_data = &all;
    CHECK_OK(context, job(context, &output));
    CHECK(all.calls > 1 && all.last == all.total);
    CHECK(memcmp(memory, values, count * voxels * sizeof *memory) == 0);

    memset(memory, 7, count * voxels * sizeof *memory);
    const size_t stops[] = {0, all.total / 2};
    for (int i = 0; i < 2; ++i) {
        watch some = {stops[i], 0, 0, 0};
        output.user_data = &some;
        const radiomics_status status = job(context, &output);
        CHECK(some.last >= stops[i]);
        /* Threads may have done the second half before anybody could be told of the first one. */
        if (i > 0 && some.last == some.total) {
            CHECK_STATUS(context, RADIOMICS_STATUS_OK, status);
            CHECK(memcmp(memory, values, count * voxels * sizeof *memory) == 0);
            continue;
        }
        CHECK_STATUS(context, RADIOMICS_STATUS_CANCELLED, status);
        CHECK(strstr(radiomics_last_error(context), "cancelled after"));
        for (size_t at = 0; at < count * voxels * sizeof *memory; ++at) CHECK(((char *)memory)[at] == 7);
    }
    free(memory);
}

static void *in_a_thread(void *threads) {
    radiomics_context_options options = RADIOMICS_CONTEXT_OPTIONS_INIT;
    options.threads = *(size_t *)threads;
    radiomics_context *context = NULL;
    CHECK(radiomics_context_new(&options, &context) == RADIOMICS_STATUS_OK);
    for (int round = 0; round < 3; ++round) {
        run(context);
        run_into_buffers(context, expected_maps, MAPS, BOX_VOXELS, maps_to);
        run_into_buffers(context, expected_responses, FILTERS, VOXELS, responses_to);
    }
    radiomics_context_free(context);
    return NULL;
}

/* What all threads are to find: maps of one handle, which they share, and responses. */
static void expect(radiomics_context *context) {
    radiomics_settings *of_maps = NULL;
    const char *features = "{features: [intensity_statistics.mean, ngtdm.contrast], bin_width: 10}";
    const char *three = "filters: [square, gradient, {laws: {kernels: L5E5E5, rotation_invariant: true}}]";
    CHECK_OK(context, radiomics_settings_from_yaml(context, features, &of_maps));
    CHECK_OK(context, radiomics_settings_from_yaml(context, three, &filters));
    radiomics_maps_job job = RADIOMICS_MAPS_JOB_INIT;
    job.image = &of.image;
    job.mask = &of.mask;
    job.label = 1;
    job.settings = of_maps;
    CHECK_OK(context, radiomics_maps_new(context, &job, &maps));
    radiomics_settings_free(of_maps);
    double *of_box[MAPS], *of_image[FILTERS];
    for (int index = 0; index < MAPS; ++index) of_box[index] = expected_maps + index * BOX_VOXELS;
    for (int index = 0; index < FILTERS; ++index) of_image[index] = expected_responses + index * VOXELS;
    radiomics_output output = RADIOMICS_OUTPUT_INIT;
    output.buffers = of_box;
    output.buffer_count = MAPS;
    output.buffer_length = BOX_VOXELS;
    CHECK_OK(context, maps_to(context, &output));
    output.buffers = of_image;
    output.buffer_count = FILTERS;
    output.buffer_length = VOXELS;
    CHECK_OK(context, responses_to(context, &output));
}

int main(void) {
    fill(&of);
    radiomics_context *context = NULL;
    CHECK(radiomics_context_new(NULL, &context) == RADIOMICS_STATUS_OK);
    CHECK_OK(context, radiomics_settings_from_profile(context, "ibsi", &settings));
    run(context);
    expect(context);
    pthread_t threads[4];
    size_t counts[4] = {1, 2, 3, 1};
    for (int i = 0; i < 4; ++i) CHECK(pthread_create(&threads[i], NULL, in_a_thread, &counts[i]) == 0);
    for (int i = 0; i < 4; ++i) CHECK(pthread_join(threads[i], NULL) == 0);
    radiomics_maps_free(maps);
    radiomics_settings_free(filters);
    radiomics_settings_free(settings);
    radiomics_context_free(context);
    return 0;
}
