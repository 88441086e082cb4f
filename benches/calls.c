/* Times what a program in C pays for a call: of a region of 27 voxels, on a thread that is kept and on that of the call
 * itself, for the 18 statistics of IBSI (first order) and for all features of a profile; and for look-ups by name in a
 * table of 200 labels.
 *
 *     scripts/install-c "$PWD/target/c" release
 *     cc -O2 -std=c11 -D_DEFAULT_SOURCE benches/calls.c -o target/calls -Itarget/c/include \
 *         target/c/lib/libradiomics.a -lpthread -ldl -lm
 *     target/calls
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "radiomics.h"

enum { SIDE = 3, PITCH = 4, ACROSS = 5, LAYERS = 8, LABELS = ACROSS * ACROSS * LAYERS, CALLS = 400, LOOKUPS = 1200 };
enum { ROWS = PITCH * ACROSS, SLICES = PITCH * LAYERS, VOXELS = SLICES * ROWS * ROWS };
static int16_t intensities[VOXELS];
static uint8_t labels[VOXELS];

static void require(radiomics_context *context, radiomics_status status) {
    if (status == RADIOMICS_STATUS_OK) return;
    fprintf(stderr, "%s\n", radiomics_last_error(context));
    exit(1);
}

static double microseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return 1e6 * (double)now.tv_sec + 1e-3 * (double)now.tv_nsec;
}

static radiomics_image view(const void *data, int32_t dtype, size_t slices, size_t rows) {
    radiomics_image image = RADIOMICS_IMAGE_INIT;
    image.data = data;
    image.dtype = dtype;
    image.shape[0] = slices;
    image.shape[1] = image.shape[2] = rows;
    image.spacing_mm[0] = image.spacing_mm[1] = image.spacing_mm[2] = 1.0;
    return image;
}

/* Labels 1 to LABELS, cubes with a gap between them. */
static void fill(void) {
    uint32_t random = 1;
    for (int at = 0; at < VOXELS; ++at) {
        const int x = at % ROWS, y = at / ROWS % ROWS, z = at / (ROWS * ROWS);
        const int is_gap = x % PITCH == SIDE || y % PITCH == SIDE || z % PITCH == SIDE;
        random = random * 1664525u + 1013904223u;
        intensities[at] = (int16_t)(random >> 25);
        labels[at] = (uint8_t)(is_gap ? 0 : 1 + (z / PITCH * ACROSS + y / PITCH) * ACROSS + x / PITCH);
    }
}

static void time_calls(radiomics_context *context, const char *where, const char *what, const char *yaml) {
    static int16_t few[SIDE * SIDE * SIDE];
    static uint8_t ones[SIDE * SIDE * SIDE];
    for (int at = 0; at < SIDE * SIDE * SIDE; ++at) {
        few[at] = intensities[at];
        ones[at] = 1;
    }
    radiomics_settings *settings = NULL;
    require(context, radiomics_settings_from_yaml(context, yaml, &settings));
    const radiomics_image image = view(few, RADIOMICS_DTYPE_I16, SIDE, SIDE);
    const radiomics_image mask = view(ones, RADIOMICS_DTYPE_U8, SIDE, SIDE);
    double least = 1e300, sum = 0;
    size_t values = 0;
    for (int call = 0; call < CALLS; ++call) {
        radiomics_table *table = NULL;
        const double begin = microseconds();
        require(context, radiomics_extract(context, &image, &mask, 1, settings, &table));
        values = radiomics_table_length(table);
        volatile double first = radiomics_table_values(table)[0];
        (void)first;
        radiomics_table_free(table);
        const double took = microseconds() - begin;
        least = took < least ? took : least;
        sum += took;
    }
    printf("27 voxels, %-21s %-20s %4zu values: %6.0f us, least %6.0f us\n", where, what, values, sum / CALLS, least);
    radiomics_settings_free(settings);
}

static void time_lookups(radiomics_context *context) {
    radiomics_settings *settings = NULL;
    require(context, radiomics_settings_from_yaml(context, "bin_number: 16", &settings));
    const radiomics_image image = view(intensities, RADIOMICS_DTYPE_I16, SLICES, ROWS);
    const radiomics_image mask = view(labels, RADIOMICS_DTYPE_U8, SLICES, ROWS);
    const radiomics_image *images[] = {&image};
    radiomics_job job = RADIOMICS_JOB_INIT;
    job.images = images;
    job.image_count = 1;
    job.mask = &mask;
    job.settings = settings;
    radiomics_table *table = NULL;
    require(context, radiomics_extract_many(context, &job, &table));
    radiomics_row row = RADIOMICS_ROW_INIT;
    const size_t rows = radiomics_table_length(table), of_each = rows / LABELS;
    char(*names)[128] = malloc(of_each * sizeof *names);
    double begin = microseconds();
    for (size_t at = 0; at < of_each; ++at) {
        require(context, radiomics_table_row(table, at, &row));
        snprintf(names[at], sizeof names[at], "%s", row.column);
    }
    printf("%zu rows, the first one and its like: %.2f ms\n", rows, 1e-3 * (microseconds() - begin));
    begin = microseconds();
    double sum = 0;
    for (size_t n = 0; n < LOOKUPS; ++n) {
        size_t at = 0;
        require(context, radiomics_table_find(table, (int64_t)(1 + n * 7 % LABELS), names[n * 13 % of_each], &at));
        require(context, radiomics_table_row(table, at, &row));
        sum += row.value == row.value ? row.value : 0;
    }
    printf("%d look-ups: %.2f ms (%g)\n", LOOKUPS, 1e-3 * (microseconds() - begin), sum);
    free(names);
    radiomics_table_free(table);
    radiomics_settings_free(settings);
}

int main(void) {
    fill();
    for (int inline_ = 0; inline_ < 2; ++inline_) {
        const char *where = inline_ ? "no thread" : "a thread that is kept";
        radiomics_context *context = NULL;
        radiomics_context_options options = RADIOMICS_CONTEXT_OPTIONS_INIT;
        options.threads = 1;
        options.executor = inline_ ? RADIOMICS_EXECUTOR_INLINE : RADIOMICS_EXECUTOR_THREADS;
        require(NULL, radiomics_context_new(&options, &context));
        time_calls(context, where, "first order of IBSI", "families: [intensity_statistics]");
        time_calls(context, where, "IBSI, 16 bins", "bin_number: 16");
        time_calls(context, where, "profile pyradiomics", "profile: pyradiomics");
        time_calls(context, where, "all features of IBSI", "profile: ibsi");
        if (!inline_) time_lookups(context);
        radiomics_context_free(context);
    }
    return 0;
}
