/* Four threads with a context each get the same bits, at the same time, while jobs of other
 * contexts are cancelled in the middle. */
#include <pthread.h>

#include "support.h"

static phantom of;
static double expected[4000];
static size_t length;
static radiomics_settings *settings;

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
    const int64_t labels[] = {1, 2, 1};
    watch all = {SIZE_MAX, 0, 0, 0}, some = {0, 0, 0, 0};
    radiomics_job job = {0};
    radiomics_table *table = NULL;
    job.struct_size = sizeof job;
    job.images = &image;
    job.image_count = 1;
    job.mask = &of.mask;
    job.labels = labels;
    job.label_count = 3;
    job.settings = settings;
    job.progress = watching;
    job.user_data = &all;
    CHECK_OK(context, radiomics_extract_many(context, &job, &table));
    CHECK(all.calls > 1 && all.last == all.total);
    CHECK(radiomics_table_length(table) % 3 == 0);
    const size_t each = radiomics_table_length(table) / 3;
    CHECK(length == 0 || each == length);
    const double *values = radiomics_table_values(table);
    CHECK(memcmp(values, values + 2 * each, each * sizeof *values) == 0);
    if (length == 0) {
        CHECK(each <= sizeof expected / sizeof *expected);
        memcpy(expected, values, each * sizeof *values);
        length = each;
    }
    CHECK(memcmp(values, expected, each * sizeof *values) == 0);
    radiomics_table_free(table);

    /* Cancelled before it begins, in the middle, and at the last step but one. */
    const size_t stops[] = {0, all.total / 2, all.total - 1};
    for (int i = 0; i < 3; ++i) {
        some = (watch){stops[i], 0, 0, 0};
        job.user_data = &some;
        table = NULL;
        CHECK_STATUS(context, RADIOMICS_STATUS_CANCELLED, radiomics_extract_many(context, &job, &table));
        CHECK(table == NULL && some.last >= stops[i] && some.last < all.total);
        CHECK(strstr(radiomics_last_error(context), "cancelled after"));
    }
}

static void *in_a_thread(void *threads) {
    radiomics_context_options options = {sizeof options, *(size_t *)threads};
    radiomics_context *context = NULL;
    CHECK(radiomics_context_new(&options, &context) == RADIOMICS_STATUS_OK);
    for (int round = 0; round < 3; ++round) run(context);
    radiomics_context_free(context);
    return NULL;
}

int main(void) {
    fill(&of);
    radiomics_context *context = NULL;
    CHECK(radiomics_context_new(NULL, &context) == RADIOMICS_STATUS_OK);
    CHECK_OK(context, radiomics_settings_from_profile(context, "ibsi", &settings));
    run(context);
    pthread_t threads[4];
    size_t counts[4] = {1, 2, 3, 1};
    for (int i = 0; i < 4; ++i) CHECK(pthread_create(&threads[i], NULL, in_a_thread, &counts[i]) == 0);
    for (int i = 0; i < 4; ++i) CHECK(pthread_join(threads[i], NULL) == 0);
    radiomics_settings_free(settings);
    radiomics_context_free(context);
    return 0;
}
