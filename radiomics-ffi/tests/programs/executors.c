/* Contexts that compute on their own threads, on the thread of the call, or on threads of the caller have the same
 * values, are cancelled alike, and tell of progress on the thread of the call. */
#include <pthread.h>
#include <string.h>

#include "support.h"

static phantom of;
static pthread_t caller;

enum { WORKERS = 3 };

/* What a thread of the caller's is to do. */
typedef struct piece {
    size_t first, n;
    void (*task)(size_t, void *);
    void *data;
} piece;

static void *work(void *given) {
    const piece *of_n = given;
    for (size_t index = of_n->first; index < of_n->n; index += WORKERS) of_n->task(index, of_n->data);
    return NULL;
}

static size_t loops, tasks;

/* Threads that are started for each loop; a host has a pool. */
static void in_parallel(size_t n, void (*task)(size_t, void *), void *data, void *host) {
    CHECK(host == &loops && n >= 1 && n <= WORKERS && pthread_equal(pthread_self(), caller));
    ++loops;
    tasks += n;
    pthread_t threads[WORKERS];
    piece pieces[WORKERS];
    for (size_t worker = 0; worker < WORKERS; ++worker) {
        pieces[worker] = (piece){worker, n, task, data};
        CHECK(pthread_create(&threads[worker], NULL, work, &pieces[worker]) == 0);
    }
    for (size_t worker = 0; worker < WORKERS; ++worker) CHECK(pthread_join(threads[worker], NULL) == 0);
}

/* A host that never gets round to it: what it leaves is done by the thread of the call. */
static void idle(size_t n, void (*task)(size_t, void *), void *data, void *host) {
    (void)n, (void)task, (void)data, (void)host;
}

static int32_t count(size_t done, size_t total, void *user_data) {
    size_t *told = user_data;
    CHECK(pthread_equal(pthread_self(), caller) && done >= told[0] && done <= total);
    told[0] = done;
    return ++told[1] == told[2];
}

static radiomics_table *table_of(radiomics_context *context, radiomics_status expected, size_t cancel_at) {
    radiomics_settings *settings = NULL;
    radiomics_table *table = NULL;
    const radiomics_image *image = &of.image;
    size_t told[] = {0, 0, cancel_at};
    radiomics_job job = RADIOMICS_JOB_INIT;
    CHECK_OK(context, radiomics_settings_from_yaml(context, "{filters: [original, square], bin_number: 16}", &settings));
    job.images = &image;
    job.image_count = 1;
    job.mask = &of.mask;
    job.settings = settings;
    job.progress = count;
    job.user_data = told;
    CHECK_STATUS(context, expected, radiomics_extract_many(context, &job, &table));
    CHECK(told[1] > 2 || cancel_at);
    radiomics_settings_free(settings);
    return table;
}

int main(void) {
    fill(&of);
    caller = pthread_self();
    radiomics_context_options options[4] = {RADIOMICS_CONTEXT_OPTIONS_INIT, RADIOMICS_CONTEXT_OPTIONS_INIT,
                                            RADIOMICS_CONTEXT_OPTIONS_INIT, RADIOMICS_CONTEXT_OPTIONS_INIT};
    options[0].threads = 2;
    options[1].executor = RADIOMICS_EXECUTOR_INLINE;
    options[2].executor = options[3].executor = RADIOMICS_EXECUTOR_HOST;
    options[2].threads = options[3].threads = WORKERS;
    options[2].parallel_for = in_parallel;
    options[2].host = &loops;
    options[3].parallel_for = idle;
    radiomics_table *tables[4];
    for (int which = 0; which < 4; ++which) {
        radiomics_context *context = NULL;
        CHECK(radiomics_context_new(&options[which], &context) == RADIOMICS_STATUS_OK);
        tables[which] = table_of(context, RADIOMICS_STATUS_OK, 0);
        CHECK(table_of(context, RADIOMICS_STATUS_CANCELLED, 3) == NULL);
        radiomics_context_free(context);
        const size_t length = radiomics_table_length(tables[which]);
        CHECK(length == radiomics_table_length(tables[0]) && length > 300);
        CHECK(memcmp(radiomics_table_values(tables[which]), radiomics_table_values(tables[0]), length * sizeof(double)) == 0);
    }
    CHECK(loops > 5 && tasks > loops);
    for (int which = 0; which < 4; ++which) radiomics_table_free(tables[which]);

    radiomics_context *none = NULL;
    options[2].threads = 1025;
    CHECK(radiomics_context_new(&options[2], &none) == RADIOMICS_STATUS_INVALID_ARGUMENT && none == NULL);
    CHECK(strstr(radiomics_last_error(NULL), "`threads` is 1025: give at most 1024"));
    options[2].threads = 2;
    options[2].parallel_for = NULL;
    CHECK(radiomics_context_new(&options[2], &none) == RADIOMICS_STATUS_INVALID_ARGUMENT && none == NULL);
    CHECK(strstr(radiomics_last_error(NULL), "`parallel_for` is NULL"));
    options[0].parallel_for = in_parallel;
    CHECK(radiomics_context_new(&options[0], &none) == RADIOMICS_STATUS_INVALID_ARGUMENT);
    options[1].executor = 3;
    CHECK(radiomics_context_new(&options[1], &none) == RADIOMICS_STATUS_INVALID_ARGUMENT);
    CHECK(strstr(radiomics_last_error(NULL), "`executor` is 3"));
    return 0;
}
