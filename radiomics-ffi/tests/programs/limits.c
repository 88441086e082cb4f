/* A call that needs more memory than it may take, or than there is, is refused with a text that says how
 * much, and the context works on.
 * usage: limits [limit]; with `limit` the memory of the process itself is limited. */
#include <math.h>
#include <stddef.h>
#include <sys/resource.h>
#include <unistd.h>

#include "support.h"

enum { SIDE = 160, ALL = SIDE * SIDE * SIDE };
static int16_t intensities[ALL];
static uint8_t labels[ALL];
static radiomics_context *context;
static radiomics_settings *settings, *filters;
static radiomics_image image, mask;
static phantom small;

/* What a call may take. */
static double memory_mb;

static radiomics_status extract(void) {
    const radiomics_image *one = &image;
    const int64_t label = 1;
    radiomics_table *table = NULL;
    radiomics_job job = RADIOMICS_JOB_INIT;
    job.images = &one;
    job.image_count = 1;
    job.mask = &mask;
    job.labels = &label;
    job.label_count = 1;
    job.settings = settings;
    job.memory_mb = memory_mb;
    const radiomics_status status = radiomics_extract_many(context, &job, &table);
    CHECK((status == RADIOMICS_STATUS_OK) == (table != NULL));
    radiomics_table_free(table);
    return status;
}

static double *response;

static radiomics_output into_response(void) {
    radiomics_output output = RADIOMICS_OUTPUT_INIT;
    output.buffers = &response;
    output.buffer_count = 1;
    output.buffer_length = ALL;
    output.memory_mb = memory_mb;
    return output;
}

static radiomics_status filter(void) {
    const radiomics_output output = into_response();
    response[0] = -77;
    const radiomics_status status = radiomics_filter(context, &image, filters, &output);
    CHECK(status == RADIOMICS_STATUS_OK || response[0] == -77);
    return status;
}

static radiomics_maps_job maps_job(void) {
    radiomics_maps_job job = RADIOMICS_MAPS_JOB_INIT;
    job.image = &image;
    job.mask = &mask;
    job.label = 1;
    job.settings = settings;
    job.memory_mb = memory_mb;
    return job;
}

static radiomics_status prepare(void) {
    const radiomics_maps_job job = maps_job();
    radiomics_maps *maps = NULL;
    const radiomics_status status = radiomics_maps_new(context, &job, &maps);
    CHECK((status == RADIOMICS_STATUS_OK) == (maps != NULL));
    radiomics_maps_free(maps);
    return status;
}

/* Maps of the box of label 2, prepared without a limit. */
static radiomics_maps *maps_of_box;

static radiomics_status compute(void) {
    const radiomics_output output = into_response();
    response[0] = -77;
    const radiomics_status status = radiomics_maps_compute(context, maps_of_box, &output);
    CHECK(status == RADIOMICS_STATUS_OK || response[0] == -77);
    return status;
}

/* Structs of callers whose header had no such field end before it: what is there is not looked at. */
static void of_older_callers(void) {
    radiomics_maps_job of_maps = maps_job();
    radiomics_maps *maps = NULL;
    of_maps.image = &small.image;
    of_maps.mask = &small.mask;
    of_maps.memory_mb = -1;
    of_maps.struct_size = offsetof(radiomics_maps_job, progress);
    CHECK_OK(context, radiomics_maps_new(context, &of_maps, &maps));

    radiomics_output output = into_response();
    output.memory_mb = -1;
    output.struct_size = offsetof(radiomics_output, memory_mb);
    CHECK_OK(context, radiomics_maps_compute(context, maps, &output));
    radiomics_maps_free(maps);

    const radiomics_image *one = &small.image;
    radiomics_table *table = NULL;
    radiomics_job job = RADIOMICS_JOB_INIT;
    job.images = &one;
    job.image_count = 1;
    job.mask = &small.mask;
    job.settings = settings;
    job.memory_mb = -1;
    job.struct_size = offsetof(radiomics_job, memory_mb);
    CHECK_OK(context, radiomics_extract_many(context, &job, &table));
    radiomics_table_free(table);
}

static radiomics_status (*const calls[])(void) = {extract, filter, prepare, compute};
enum { CALLS = sizeof calls / sizeof *calls };

/* A tenth of a megabyte is too little for any, and a terabyte enough. */
static void by_the_caller(void) {
    for (int which = 0; which < CALLS; ++which) {
        const double wrong[] = {-1, (double)NAN, -(double)INFINITY};
        for (int at = 0; at < 3; ++at) {
            memory_mb = wrong[at];
            CHECK_STATUS(context, RADIOMICS_STATUS_INVALID_ARGUMENT, calls[which]());
            CHECK(strstr(radiomics_last_error(context), "`memory_mb` is "));
        }
        memory_mb = 0.1;
        CHECK_STATUS(context, RADIOMICS_STATUS_OUT_OF_MEMORY, calls[which]());
        printf("%s\n", radiomics_last_error(context));
        CHECK(strstr(radiomics_last_error(context), "of memory, and 100.0 kB are left of the 100.0 kB that `memory_mb`"));
        memory_mb = 1e6;
        CHECK_OK(context, calls[which]());
        memory_mb = 0;
        CHECK_OK(context, calls[which]());
    }
}

/* Address space of the process, in bytes; 0 where it is not known. */
static size_t address_space(void) {
    size_t pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file) return 0;
    CHECK(fscanf(file, "%zu", &pages) == 1);
    fclose(file);
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

static void by_the_system(void) {
    const size_t taken = address_space();
    if (taken == 0) {
        printf("skipped the system's limit: it is not known here how much memory is taken\n");
        return;
    }
    struct rlimit before, less;
    CHECK(getrlimit(RLIMIT_AS, &before) == 0);
    less = before;
    memory_mb = 0;
    int refused = 0, done = 0;
    for (size_t more = 48; more <= 256; more += 16) {
        less.rlim_cur = taken + (more << 20);
        CHECK(setrlimit(RLIMIT_AS, &less) == 0);
        for (int which = 0; which < CALLS; ++which) {
            const radiomics_status status = calls[which]();
            if (status != RADIOMICS_STATUS_OK) CHECK_STATUS(context, RADIOMICS_STATUS_OUT_OF_MEMORY, status);
            status == RADIOMICS_STATUS_OK ? ++done : ++refused;
            /* The context goes on working within the limit. */
            radiomics_table *table = NULL;
            CHECK_OK(context, radiomics_extract(context, &small.image, &small.mask, 1, settings, &table));
            radiomics_table_free(table);
        }
        CHECK(setrlimit(RLIMIT_AS, &before) == 0);
    }
    printf("within limits of memory %d calls were done, and %d refused\n", done, refused);
    CHECK(refused > 0 && done > 0);
    for (int which = 0; which < CALLS; ++which) CHECK_OK(context, calls[which]());
}

int main(int argc, char **argv) {
    (void)argv;
    uint32_t random = 1;
    for (int at = 0; at < ALL; ++at) {
        random = random * 1664525u + 1013904223u;
        intensities[at] = (int16_t)(random >> 22);
        /* A slab of label 1, and in its middle a box of label 2. */
        const int z = at / (SIDE * SIDE), y = at / SIDE % SIDE, x = at % SIDE;
        const int is_box = z >= 60 && z < 100 && y >= 60 && y < 100 && x >= 60 && x < 100;
        labels[at] = is_box ? 2 : x > 3;
    }
    fill(&small);
    image = view_of(intensities, RADIOMICS_DTYPE_I16);
    mask = view_of(labels, RADIOMICS_DTYPE_U8);
    for (int axis = 0; axis < 3; ++axis) image.shape[axis] = mask.shape[axis] = SIDE;
    response = malloc(ALL * sizeof *response);
    CHECK(response);
    radiomics_context_options options = RADIOMICS_CONTEXT_OPTIONS_INIT;
    options.threads = 2;
    CHECK(radiomics_context_new(&options, &context) == RADIOMICS_STATUS_OK);
    CHECK_OK(context, radiomics_settings_from_yaml(context, "features: [intensity_statistics.mean]", &settings));
    CHECK_OK(context, radiomics_settings_from_yaml(context, "filters: [{mean: {support_voxels: 3}}]", &filters));
    radiomics_maps_job of_box = maps_job();
    of_box.label = 2;
    CHECK_OK(context, radiomics_maps_new(context, &of_box, &maps_of_box));
    of_older_callers();
    by_the_caller();
    if (argc > 1) by_the_system();
    radiomics_maps_free(maps_of_box);
    radiomics_settings_free(filters);
    radiomics_settings_free(settings);
    radiomics_context_free(context);
    free(response);
    return 0;
}
