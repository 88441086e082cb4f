/* Jobs of many masks and labels: what is wrong with one region leaves the others, values come into memory of the caller,
 * and tables become text. */
#include <math.h>

#include "support.h"

static radiomics_context *context;
static radiomics_settings *settings;
static phantom of;
/* The same labels with those of the ball moved to 3, and one voxel of 5, which is too few. */
static uint8_t others[VOXELS];

typedef struct watched {
    const int32_t *states;
    const double *values;
    size_t columns, last, seen;
} watched;

static int32_t watch(size_t done, size_t total, void *user_data) {
    watched *at = user_data;
    CHECK(done >= at->last && done <= total);
    at->last = done;
    /* Once the state of the first label is there, so are its values. */
    if (at->states[0] == RADIOMICS_STATUS_OK && !at->seen) {
        at->seen = 1;
        CHECK(at->values[0] != -77 && at->values[at->columns - 1] != -77);
    }
    return 0;
}

static void missing(const radiomics_table *table, size_t mask, int64_t label, const char *text) {
    size_t none = 0;
    CHECK(radiomics_table_find_in(table, mask, label, "original_glcm_contrast_3D_avg", &none) == RADIOMICS_STATUS_UNKNOWN_NAME);
    CHECK(strcmp(radiomics_last_error(NULL), text) == 0);
}

static void jobs(void) {
    const radiomics_image other = view_of(others, RADIOMICS_DTYPE_U8);
    const radiomics_image *masks[] = {&of.mask, &other};
    const radiomics_image *images[] = {&of.image};
    radiomics_columns *columns = NULL;
    CHECK_OK(context, radiomics_columns_new(context, settings, NULL, 0, &columns));
    const size_t each = radiomics_columns_length(columns);
    radiomics_columns_free(columns);
    const char *names[] = {"ct"};
    columns = NULL;
    CHECK_STATUS(context, RADIOMICS_STATUS_INVALID_ARGUMENT, radiomics_columns_new(context, settings, names, 0, &columns));
    CHECK(columns == NULL && strstr(radiomics_last_error(context), "`image_count` is 0"));

    /* Labels 1 and 2 of one mask, 3, 2 and 5 of the other. */
    enum { LABELS = 5 };
    const int64_t labels[LABELS] = {1, 2, 2, 3, 5};
    double *values = malloc((LABELS * each + 1) * sizeof *values);
    float *floats = malloc((LABELS * each + 1) * sizeof *floats);
    CHECK(values && floats);
    for (size_t at = 0; at <= LABELS * each; ++at) values[at] = -77, floats[at] = -77;
    int32_t states[LABELS + 1];
    for (int at = 0; at <= LABELS; ++at) states[at] = -1;
    watched watching = {states, values, each, 0, 0};
    radiomics_job job = RADIOMICS_JOB_INIT;
    job.images = images;
    job.image_count = 1;
    job.masks = masks;
    job.mask_count = 2;
    job.settings = settings;
    job.record_failures = 1;
    job.values = values;
    job.value_count = LABELS * each;
    job.states = states;
    job.state_count = LABELS;
    job.progress = watch;
    job.user_data = &watching;
    radiomics_table *table = NULL;
    CHECK_OK(context, radiomics_extract_many(context, &job, &table));
    CHECK(radiomics_table_length(table) == LABELS * each && radiomics_table_outcome_count(table) == LABELS);
    CHECK(memcmp(values, radiomics_table_values(table), LABELS * each * sizeof *values) == 0);
    CHECK(values[LABELS * each] == -77 && states[LABELS] == -1 && watching.seen == 1);
    for (size_t index = 0; index < LABELS; ++index) {
        radiomics_outcome outcome = RADIOMICS_OUTCOME_INIT;
        CHECK(radiomics_table_outcome(table, index, &outcome) == RADIOMICS_STATUS_OK);
        CHECK(outcome.label == labels[index] && outcome.mask == (index >= 2) && strcmp(outcome.image, "original") == 0);
        CHECK(outcome.first_row == index * each && outcome.row_count == each && outcome.status == states[index]);
        CHECK(outcome.status == (index == 4 ? RADIOMICS_STATUS_REGION_TOO_SMALL : RADIOMICS_STATUS_OK));
        CHECK((index == 4) == (strstr(outcome.text, "voxel") != NULL));
        size_t row = 0;
        CHECK(radiomics_table_find_in(table, outcome.mask, outcome.label, "original_intensity_statistics_mean", &row) ==
              RADIOMICS_STATUS_OK);
        CHECK(row >= outcome.first_row && row < outcome.first_row + each && isnan(values[row]) == (index == 4));
    }
    radiomics_outcome none = RADIOMICS_OUTCOME_INIT;
    CHECK(radiomics_table_outcome(table, LABELS, &none) == RADIOMICS_STATUS_INVALID_ARGUMENT);
    /* The ball is the same region in both masks; without a mask the first that has the label is meant. */
    CHECK(memcmp(values, values + 3 * each, each * sizeof *values) == 0);
    size_t first = 0, second = 0;
    CHECK(radiomics_table_find(table, 2, "original_intensity_statistics_mean", &first) == RADIOMICS_STATUS_OK);
    CHECK(radiomics_table_find_in(table, 1, 2, "original_intensity_statistics_mean", &second) == RADIOMICS_STATUS_OK);
    CHECK(second - first == each);
    CHECK(radiomics_table_find_in(table, 1, 1, "original_intensity_statistics_mean", &second) ==
          RADIOMICS_STATUS_UNKNOWN_NAME);
    radiomics_row row = RADIOMICS_ROW_INIT;
    CHECK(radiomics_table_row(table, 4 * each, &row) == RADIOMICS_STATUS_OK && row.mask == 1 && row.label == 5);
    /* Whose row it is stands in every form of the table, and whom a warning is about. */
    char *csv = NULL, *json = NULL;
    CHECK(radiomics_table_to_csv(table, &csv) == RADIOMICS_STATUS_OK);
    CHECK(strncmp(csv, "label,mask,column,image,", 24) == 0 && strstr(csv, "\n1,0,original_") && strstr(csv, "\n3,1,original_"));
    CHECK(radiomics_table_to_json(table, &json) == RADIOMICS_STATUS_OK);
    const char *warnings = strstr(json, "\"warnings\"");
    CHECK(warnings && strstr(warnings, "\"mask\": 0") && strstr(warnings, "\"mask\": 1"));
    radiomics_string_free(csv);
    radiomics_string_free(json);
    struct ArrowArray array;
    struct ArrowSchema schema;
    CHECK(radiomics_table_to_arrow(table, &array, &schema) == RADIOMICS_STATUS_OK);
    CHECK(array.n_children == 10 && strcmp(schema.children[1]->name, "mask") == 0);
    CHECK(strcmp(schema.children[1]->format, "l") == 0);
    const int64_t *of_rows = array.children[1]->buffers[1];
    CHECK(of_rows[0] == 0 && of_rows[2 * each - 1] == 0 && of_rows[2 * each] == 1 && of_rows[LABELS * each - 1] == 1);
    array.release(&array);
    schema.release(&schema);
    missing(table, 0, 5, "the table has no label 5 of mask 0: choose 1, 2");
    missing(table, 2, 1, "`mask` is 2, and the number of the table's masks is 2: give 0 to 1");
    CHECK(radiomics_table_find(table, 7, "original_glcm_contrast_3D_avg", &first) == RADIOMICS_STATUS_UNKNOWN_NAME);
    CHECK(strcmp(radiomics_last_error(NULL), "the table has no label 7: choose 1, 2, 3, 5") == 0);
    CHECK(radiomics_table_find(table, 1, "original_glcm_contrst_3D_avg", &first) == RADIOMICS_STATUS_UNKNOWN_NAME);
    CHECK(strcmp(radiomics_last_error(NULL), "the table has no column `original_glcm_contrst_3D_avg`; did you mean "
                                             "`original_glcm_contrast_3D_avg`?") == 0);
    CHECK(radiomics_table_find(table, 1, "volume", &first) == RADIOMICS_STATUS_UNKNOWN_NAME);
    CHECK(strstr(radiomics_last_error(NULL), "has no column `volume`: choose original_intensity_statistics_mean, ") &&
          strstr(radiomics_last_error(NULL), " in all)"));
    radiomics_table_free(table);

    job.values = NULL;
    job.float_values = floats;
    watching.last = 0;
    CHECK_OK(context, radiomics_extract_many(context, &job, &table));
    for (size_t at = 0; at < LABELS * each; ++at)
        CHECK(isnan(values[at]) ? isnan(floats[at]) : floats[at] == (float)values[at]);
    CHECK(floats[LABELS * each] == -77);
    radiomics_table_free(table);

    /* Without record_failures the text says which mask, and what was computed before stays. */
    for (int at = 0; at <= LABELS; ++at) states[at] = -1;
    job.record_failures = 0;
    watching.last = 0;
    table = NULL;
    CHECK_STATUS(context, RADIOMICS_STATUS_REGION_TOO_SMALL, radiomics_extract_many(context, &job, &table));
    CHECK(table == NULL && strstr(radiomics_last_error(context), "mask 1 (from 0)"));
    CHECK(states[0] == 0 && states[3] == 0 && states[4] == -1);

    job.value_count = LABELS * each - 1;
    CHECK_STATUS(context, RADIOMICS_STATUS_INVALID_ARGUMENT, radiomics_extract_many(context, &job, &table));
    CHECK(strstr(radiomics_last_error(context), "`value_count` is ") && strstr(radiomics_last_error(context), "5 labels"));
    job.values = values;
    CHECK_STATUS(context, RADIOMICS_STATUS_INVALID_ARGUMENT, radiomics_extract_many(context, &job, &table));
    CHECK(strstr(radiomics_last_error(context), "`values` and `float_values`"));
    job.values = NULL;
    job.float_values = NULL;
    job.state_count = LABELS - 1;
    CHECK_STATUS(context, RADIOMICS_STATUS_INVALID_ARGUMENT, radiomics_extract_many(context, &job, &table));
    job.state_count = LABELS;
    job.mask = &of.mask;
    CHECK_STATUS(context, RADIOMICS_STATUS_INVALID_ARGUMENT, radiomics_extract_many(context, &job, &table));
    CHECK(strstr(radiomics_last_error(context), "`mask` and `masks`"));
    job.mask = NULL;
    job.mask_count = 0;
    CHECK_STATUS(context, RADIOMICS_STATUS_INVALID_ARGUMENT, radiomics_extract_many(context, &job, &table));
    job.masks = NULL;
    job.mask_count = 2;
    job.mask = &of.mask;
    CHECK_STATUS(context, RADIOMICS_STATUS_INVALID_ARGUMENT, radiomics_extract_many(context, &job, &table));
    CHECK(strstr(radiomics_last_error(context), "`masks` is NULL, and `mask_count` is 2"));
    job.mask_count = 0;
    job.labels = labels;
    CHECK_STATUS(context, RADIOMICS_STATUS_INVALID_ARGUMENT, radiomics_extract_many(context, &job, &table));
    CHECK(strstr(radiomics_last_error(context), "`label_count` is 0") &&
          strstr(radiomics_last_error(context), "NULL means every label"));
    job.labels = NULL;
    for (int flag = -1; flag <= 2; flag += 3) {
        job.record_failures = flag;
        CHECK_STATUS(context, RADIOMICS_STATUS_INVALID_ARGUMENT, radiomics_extract_many(context, &job, &table));
        CHECK(strstr(radiomics_last_error(context), flag == 2 ? "`record_failures` is 2: give 0 or 1" :
                                                                "`record_failures` is -1: give 0 or 1"));
    }
    job.record_failures = 0;
    job.mask = NULL;
    CHECK_STATUS(context, RADIOMICS_STATUS_INVALID_ARGUMENT, radiomics_extract_many(context, &job, &table));
    CHECK(strstr(radiomics_last_error(context), "`mask` and `masks` are both NULL"));
    /* A mask without labels would have no rows, and so no trace in the table. */
    static uint8_t nothing[VOXELS];
    radiomics_image empty = of.mask;
    empty.data = nothing;
    const radiomics_image *with_empty[] = {&of.mask, &empty};
    job.masks = with_empty;
    job.mask_count = 2;
    for (int flag = 0; flag < 2; ++flag) {
        job.record_failures = flag;
        CHECK_STATUS(context, RADIOMICS_STATUS_EMPTY_MASK, radiomics_extract_many(context, &job, &table));
        CHECK(strstr(radiomics_last_error(context), "`masks[1]`: the mask is empty") &&
              strstr(radiomics_last_error(context), "give `labels`"));
    }
    free(values);
    free(floats);
}

/* Calls with a context that is in use are refused: they could wait for the call that waits for them. */
static int32_t calls_again(size_t done, size_t total, void *refused) {
    (void)done, (void)total;
    radiomics_labels *found = NULL;
    radiomics_mask *ball = NULL;
    CHECK(radiomics_labels_new(context, &of.mask, &found) == RADIOMICS_STATUS_INVALID_ARGUMENT && !found);
    CHECK(strstr(radiomics_last_error(context), "`context` is in use by another call"));
    CHECK(radiomics_mask_of_label(context, &of.mask, 1, &ball) == RADIOMICS_STATUS_INVALID_ARGUMENT && !ball);
    ++*(int *)refused;
    return 0;
}

static void calls_in_calls(void) {
    int refused = 0;
    radiomics_job job = RADIOMICS_JOB_INIT;
    const radiomics_image *images[] = {&of.image};
    job.images = images;
    job.image_count = 1;
    job.mask = &of.mask;
    job.settings = settings;
    job.progress = calls_again;
    job.user_data = &refused;
    radiomics_table *table = NULL;
    CHECK_OK(context, radiomics_extract_many(context, &job, &table));
    CHECK(refused > 1 && radiomics_table_length(table) > 0);
    radiomics_table_free(table);
    radiomics_labels *found = NULL;
    CHECK_OK(context, radiomics_labels_new(context, &of.mask, &found));
    radiomics_labels_free(found);
}

static void texts(void) {
    radiomics_table *table = NULL;
    CHECK_OK(context, radiomics_extract(context, &of.image, &of.mask, 1, settings, &table));
    char *json = NULL, *csv = NULL, *from = NULL;
    CHECK(radiomics_table_to_json(table, &json) == RADIOMICS_STATUS_OK);
    CHECK(radiomics_table_to_csv(table, &csv) == RADIOMICS_STATUS_OK);
    CHECK(radiomics_table_provenance(table, &from) == RADIOMICS_STATUS_OK);
    CHECK(strstr(from, "\"library\": \"radiomics-rs\"") && strstr(from, "\"bin_number\": 8") && strstr(from, "\"int16\""));
    CHECK(strstr(json, "\"provenance\"") && strstr(json, "\"column\": \"original_intensity_statistics_mean\""));
    CHECK(strstr(json, "\"warnings\"") && strstr(json, "\"region_at_border\""));
    size_t lines = 0;
    for (const char *at = csv; *at; ++at) lines += *at == '\n';
    CHECK(lines == radiomics_table_length(table) + 1 && strncmp(csv, "label,column,image,", 19) == 0);
    /* Values are read back the same. */
    const char *line = strchr(csv, '\n') + 1;
    for (size_t index = 0; index < radiomics_table_length(table); ++index, line = strchr(line, '\n') + 1) {
        const char *field = line;
        for (int comma = 0; comma < 8; ++comma) field = strchr(field, ',') + 1;
        const double value = radiomics_table_values(table)[index];
        CHECK(isnan(value) ? *field == ',' : strtod(field, NULL) == value);
    }
    radiomics_string_free(json);
    radiomics_string_free(csv);
    radiomics_string_free(from);
    json = NULL;
    CHECK(radiomics_table_to_json(NULL, &json) == RADIOMICS_STATUS_INVALID_ARGUMENT && json == NULL);
    CHECK(radiomics_table_to_csv(table, NULL) == RADIOMICS_STATUS_INVALID_ARGUMENT);
    radiomics_table_free(table);
}

/* Responses and maps in 32 bits, and as they come, have the values that they have otherwise. */
static void outputs(void) {
    radiomics_settings *filters = NULL;
    CHECK_OK(context, radiomics_settings_from_yaml(context, "filters: [{mean: {support_voxels: 3}}, square]", &filters));
    static double whole[VOXELS], second[VOXELS], direct[VOXELS];
    static float floats[VOXELS];
    double *doubles[] = {whole, second}, *directly[] = {direct, NULL};
    float *in_floats[] = {NULL, floats};
    radiomics_output output = RADIOMICS_OUTPUT_INIT;
    output.buffers = doubles;
    output.buffer_count = 2;
    output.buffer_length = VOXELS;
    CHECK_OK(context, radiomics_filter(context, &of.image, filters, &output));
    output.buffers = directly;
    output.as_they_come = 1;
    CHECK_OK(context, radiomics_filter(context, &of.image, filters, &output));
    CHECK(memcmp(whole, direct, sizeof whole) == 0);
    output.float_buffers = in_floats;
    CHECK_STATUS(context, RADIOMICS_STATUS_INVALID_ARGUMENT, radiomics_filter(context, &of.image, filters, &output));
    output.buffers = NULL;
    for (int coming = 0; coming < 2; ++coming) {
        memset(floats, 0, sizeof floats);
        output.as_they_come = coming;
        CHECK_OK(context, radiomics_filter(context, &of.image, filters, &output));
        for (int at = 0; at < VOXELS; ++at) CHECK(floats[at] == (float)second[at]);
    }
    output.as_they_come = 2;
    CHECK_STATUS(context, RADIOMICS_STATUS_INVALID_ARGUMENT, radiomics_filter(context, &of.image, filters, &output));
    CHECK(strstr(radiomics_last_error(context), "`as_they_come` is 2"));
    radiomics_settings_free(filters);

    radiomics_maps_job job = RADIOMICS_MAPS_JOB_INIT;
    radiomics_maps *maps = NULL;
    CHECK_OK(context, radiomics_settings_from_yaml(context, "{features: [glcm.contrast, glcm.joint_entropy], bin_number: 8}",
                                                   &filters));
    job.image = &of.image;
    job.mask = &of.mask;
    job.label = 1;
    job.settings = filters;
    CHECK_OK(context, radiomics_maps_new(context, &job, &maps));
    CHECK(radiomics_maps_length(maps) == 2);
    output = (radiomics_output)RADIOMICS_OUTPUT_INIT;
    output.buffers = doubles;
    output.buffer_count = 2;
    output.buffer_length = VOXELS;
    output.outside = -5;
    memset(second, 0, sizeof second);
    CHECK_OK(context, radiomics_maps_compute(context, maps, &output));
    output.buffers = NULL;
    output.float_buffers = in_floats;
    for (int coming = 0; coming < 2; ++coming) {
        memset(floats, 0, sizeof floats);
        output.as_they_come = coming;
        CHECK_OK(context, radiomics_maps_compute(context, maps, &output));
        for (int at = 0; at < VOXELS; ++at)
            CHECK(isnan(second[at]) ? isnan(floats[at]) : floats[at] == (float)second[at]);
    }
    radiomics_maps_free(maps);
    radiomics_settings_free(filters);
}

int main(void) {
    fill(&of);
    for (int at = 0; at < VOXELS; ++at) others[at] = of.labels[at] == 1 ? 3 : of.labels[at];
    others[0] = 5;
    radiomics_context_options options = RADIOMICS_CONTEXT_OPTIONS_INIT;
    options.threads = 2;
    CHECK(radiomics_context_new(&options, &context) == RADIOMICS_STATUS_OK);
    CHECK_OK(context, radiomics_settings_from_yaml(context, "{families: [intensity_statistics, glcm], bin_number: 8}", &settings));
    jobs();
    texts();
    outputs();
    calls_in_calls();
    radiomics_settings_free(settings);
    radiomics_context_free(context);
    return 0;
}
