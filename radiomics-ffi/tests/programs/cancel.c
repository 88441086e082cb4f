/* A context is cancelled from another thread and from the handler of a signal: every call that takes
 * long ends within 0.2 s and writes nothing, and the next one runs. */
#include <pthread.h>
#include <signal.h>
#include <sys/time.h>
#include <time.h>

#include "support.h"

/* A region that all calls below take seconds for. */
enum { SIDE = 128, ALL = SIDE * SIDE * SIDE };
static int16_t intensities[ALL];
static uint8_t labels[ALL];
static double responses[ALL];

static radiomics_context *context;
static radiomics_image image, mask;
static radiomics_settings *everything, *slow_filter, *of_maps;
static radiomics_maps *maps;
static phantom small;

static double seconds(void) {
    struct timespec now;
    CHECK(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void sleep_for(double time) {
    struct timespec rest = {(time_t)time, (long)(1e9 * (time - (double)(time_t)time))};
    while (nanosleep(&rest, &rest) != 0) {
    }
}

/* The calls. Each leaves what it writes to as it was if it does not succeed. */

static radiomics_status extract(void) {
    radiomics_table *table = NULL;
    const radiomics_status status = radiomics_extract(context, &image, &mask, 1, everything, &table);
    CHECK((status == RADIOMICS_STATUS_OK) == (table != NULL));
    radiomics_table_free(table);
    return status;
}

static radiomics_status extract_all_labels(void) {
    const radiomics_image *images[] = {&image, &image};
    const char *names[] = {"one", "other"};
    radiomics_table *table = NULL;
    radiomics_job job = RADIOMICS_JOB_INIT;
    job.images = images;
    job.image_names = names;
    job.image_count = 2;
    job.mask = &mask;
    job.settings = everything;
    const radiomics_status status = radiomics_extract_many(context, &job, &table);
    CHECK((status == RADIOMICS_STATUS_OK) == (table != NULL));
    radiomics_table_free(table);
    return status;
}

static radiomics_status filter(void) {
    double *const buffer = responses;
    radiomics_output output = RADIOMICS_OUTPUT_INIT;
    output.buffers = &buffer;
    output.buffer_count = 1;
    output.buffer_length = ALL;
    responses[0] = responses[ALL - 1] = -77;
    const radiomics_status status = radiomics_filter(context, &image, slow_filter, &output);
    CHECK(status == RADIOMICS_STATUS_OK || (responses[0] == -77 && responses[ALL - 1] == -77));
    return status;
}

static radiomics_status prepare_with(const radiomics_settings *settings, radiomics_maps **made) {
    radiomics_maps_job job = RADIOMICS_MAPS_JOB_INIT;
    job.image = &image;
    job.mask = &mask;
    job.label = 1;
    job.radius = 2;
    job.settings = settings;
    return radiomics_maps_new(context, &job, made);
}

static radiomics_status prepare(void) {
    radiomics_maps *made = NULL;
    const radiomics_status status = prepare_with(slow_filter, &made);
    CHECK((status == RADIOMICS_STATUS_OK) == (made != NULL));
    radiomics_maps_free(made);
    return status;
}

static radiomics_status compute(void) {
    radiomics_image box = RADIOMICS_IMAGE_INIT;
    CHECK(radiomics_maps_image(maps, &box) == RADIOMICS_STATUS_OK);
    CHECK(radiomics_maps_length(maps) == 1);
    double *const buffer = responses;
    radiomics_output output = RADIOMICS_OUTPUT_INIT;
    output.buffers = &buffer;
    output.buffer_count = 1;
    output.buffer_length = ALL;
    responses[0] = -77;
    const radiomics_status status = radiomics_maps_compute(context, maps, &output);
    CHECK(status == RADIOMICS_STATUS_OK || responses[0] == -77);
    return status;
}

static radiomics_status count_matrices(void) {
    radiomics_matrices *made = NULL;
    const radiomics_status status = radiomics_matrices_new(context, &image, &mask, 1, everything, &made);
    CHECK((status == RADIOMICS_STATUS_OK) == (made != NULL));
    radiomics_matrices_free(made);
    return status;
}

/* Every second voxel has another label, so that to go over all takes long. */
enum { MANY = 48 * 1024 * 1024 };
static uint8_t *many;
static radiomics_image crowded;

static radiomics_status list_labels(void) {
    radiomics_labels *made = NULL;
    const radiomics_status status = radiomics_labels_new(context, &crowded, &made);
    CHECK((status == RADIOMICS_STATUS_OK) == (made != NULL));
    radiomics_labels_free(made);
    return status;
}

static radiomics_status mask_of(void) {
    radiomics_mask *made = NULL;
    const radiomics_status status = radiomics_mask_of_label(context, &crowded, 1, &made);
    CHECK((status == RADIOMICS_STATUS_OK) == (made != NULL));
    radiomics_mask_free(made);
    return status;
}

static radiomics_status extract_crowd(void) {
    const radiomics_image *images[] = {&crowded};
    radiomics_table *table = NULL;
    radiomics_job job = RADIOMICS_JOB_INIT;
    job.images = images;
    job.image_count = 1;
    job.mask = &crowded;
    job.settings = everything;
    const radiomics_status status = radiomics_extract_many(context, &job, &table);
    CHECK((status == RADIOMICS_STATUS_OK) == (table != NULL));
    radiomics_table_free(table);
    return status;
}

static const struct {
    const char *name;
    radiomics_status (*call)(void);
} calls[] = {{"radiomics_extract", extract},   {"radiomics_extract_many", extract_all_labels},
             {"radiomics_filter", filter},     {"radiomics_maps_new", prepare},
             {"radiomics_maps_compute", compute}, {"radiomics_matrices_new", count_matrices},
             {"radiomics_labels_new", list_labels},
             {"radiomics_extract_many, all labels", extract_crowd},
             {"radiomics_mask_of_label", mask_of}};

/* The other thread cancels after some time, and says when that was. */
typedef struct alarm_clock {
    double after, rang;
} alarm_clock;

static void *ring(void *given) {
    alarm_clock *clock = given;
    sleep_for(clock->after);
    clock->rang = seconds();
    radiomics_context_cancel(context);
    return NULL;
}

static void small_job_runs(void) {
    radiomics_table *table = NULL;
    CHECK_OK(context, radiomics_extract(context, &small.image, &small.mask, 1, of_maps, &table));
    radiomics_table_free(table);
}

/* Seconds from cancelling to the end of a call; less than 0 if the call was done before. */
static double time_to_stop(radiomics_status (*call)(void), double after) {
    pthread_t thread;
    alarm_clock clock = {after, 0};
    CHECK(pthread_create(&thread, NULL, ring, &clock) == 0);
    const radiomics_status status = call();
    const double end = seconds();
    CHECK(pthread_join(thread, NULL) == 0);
    small_job_runs();
    if (status == RADIOMICS_STATUS_OK) return end - clock.rang < 0 ? -1 : end - clock.rang;
    CHECK_STATUS(context, RADIOMICS_STATUS_CANCELLED, status);
    CHECK(strstr(radiomics_last_error(context), "cancelled"));
    return end - clock.rang;
}

static void from_another_thread(void) {
    const double delays[] = {0.03, 0.2, 0.7};
    for (size_t which = 0; which < sizeof calls / sizeof *calls; ++which)
        for (int at = 0; at < 3; ++at) {
            /* A machine that does something else meanwhile gets another chance. */
            double took = 9;
            for (int attempt = 0; attempt < 3 && took >= 0.2; ++attempt) {
                const double found = time_to_stop(calls[which].call, delays[at]);
                if (found < took) took = found;
            }
            printf("%s, cancelled after %.2f s: stopped in %.3f s\n", calls[which].name, delays[at], took);
            CHECK(took < 0.2);
            /* The shortest time is too short for any of the calls to end by itself. */
            CHECK(at > 0 || took >= 0 || calls[which].call == mask_of);
        }
}

static void on_signal(int number) {
    (void)number;
    radiomics_context_cancel(context);
}

static void from_a_signal(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    CHECK(sigaction(SIGALRM, &action, NULL) == 0);
    struct itimerval timer;
    memset(&timer, 0, sizeof timer);
    timer.it_value.tv_usec = 100000;
    CHECK(setitimer(ITIMER_REAL, &timer, NULL) == 0);
    const double start = seconds();
    CHECK_STATUS(context, RADIOMICS_STATUS_CANCELLED, extract());
    printf("a signal after 0.1 s: stopped %.3f s after the start\n", seconds() - start);
    small_job_runs();
}

static int32_t cancelling(size_t done, size_t total, void *user_data) {
    ++*(int *)user_data;
    if (done < total) radiomics_context_cancel(context);
    return 0;
}

static void from_a_callback(void) {
    const radiomics_image *one = &small.image;
    int told = 0;
    radiomics_table *table = NULL;
    radiomics_job job = RADIOMICS_JOB_INIT;
    job.images = &one;
    job.image_count = 1;
    job.mask = &small.mask;
    job.settings = everything;
    job.progress = cancelling;
    job.user_data = &told;
    CHECK_STATUS(context, RADIOMICS_STATUS_CANCELLED, radiomics_extract_many(context, &job, &table));
    CHECK(told > 0 && table == NULL);
}

int main(void) {
    uint32_t random = 1;
    for (int k = 0, at = 0; k < SIDE; ++k)
        for (int j = 0; j < SIDE; ++j)
            for (int i = 0; i < SIDE; ++i, ++at) {
                random = random * 1664525u + 1013904223u;
                intensities[at] = (int16_t)(random >> 22);
                labels[at] = k > 0 && k < SIDE - 1 && j > 0 && i > 0;
            }
    fill(&small);
    many = malloc(MANY);
    CHECK(many != NULL);
    for (size_t at = 0; at < MANY; ++at) many[at] = 1 + at % 2;
    crowded = view_of(many, RADIOMICS_DTYPE_U8);
    crowded.shape[0] = 48, crowded.shape[1] = crowded.shape[2] = 1024;
    image = view_of(intensities, RADIOMICS_DTYPE_I16);
    mask = view_of(labels, RADIOMICS_DTYPE_U8);
    for (int axis = 0; axis < 3; ++axis) image.shape[axis] = mask.shape[axis] = SIDE;
    radiomics_context_options options = RADIOMICS_CONTEXT_OPTIONS_INIT;
    options.threads = 2;
    CHECK(radiomics_context_new(&options, &context) == RADIOMICS_STATUS_OK);
    CHECK_OK(context, radiomics_settings_from_yaml(context, "bin_number: 64", &everything));
    const char *gabor = "{filters: [{gabor: {sigma_mm: 6, lambda_mm: 3, delta_theta: 0.1, "
                        "orthogonal_planes: true}}], features: [glcm.contrast], bin_number: 16}";
    CHECK_OK(context, radiomics_settings_from_yaml(context, gabor, &slow_filter));
    const char *one_map = "{features: [glcm.joint_entropy], aggregations: [3D_avg], bin_number: 64}";
    CHECK_OK(context, radiomics_settings_from_yaml(context, one_map, &of_maps));
    CHECK_OK(context, prepare_with(of_maps, &maps));

    radiomics_context_cancel(NULL);
    radiomics_context_cancel(context);
    small_job_runs();
    from_another_thread();
    from_a_signal();
    from_a_callback();
    radiomics_maps_free(maps);
    radiomics_settings_free(of_maps);
    radiomics_settings_free(slow_filter);
    radiomics_settings_free(everything);
    radiomics_context_free(context);
    free(many);
    return 0;
}
