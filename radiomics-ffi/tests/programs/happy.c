/* Every function does what the header says. */
#include <math.h>
#include <stddef.h>

#include "support.h"

static void settings_of_every_kind(radiomics_context *context) {
    radiomics_settings *settings = NULL, *other = NULL;
    char *yaml = NULL, *json = NULL;

    CHECK_OK(context, radiomics_settings_from_profile(context, "pyradiomics", &settings));
    CHECK_OK(context, radiomics_settings_to_yaml(context, settings, &yaml));
    CHECK(strstr(yaml, "bin_width: 25.0\n"));
    CHECK_OK(context, radiomics_settings_from_yaml(context, yaml, &other));
    CHECK_OK(context, radiomics_settings_to_json(context, other, &json));
    radiomics_settings_free(other);
    CHECK_OK(context, radiomics_settings_from_json(context, json, &other));
    radiomics_string_free(json);
    radiomics_settings_free(settings);

    CHECK_OK(context, radiomics_settings_update(context, other, "bin_width: 7", &settings));
    CHECK_OK(context, radiomics_settings_to_json(context, settings, &json));
    CHECK(strstr(json, "\"bin_width\": 7.0"));
    radiomics_string_free(json);
    radiomics_string_free(yaml);
    radiomics_settings_free(other);
    radiomics_settings_free(settings);

    CHECK_OK(context, radiomics_settings_from_ibsi_configuration(context, "C", &settings));
    radiomics_settings_free(settings);

    int64_t label = 0;
    const char *parameters = "setting: {binWidth: 5, label: 2}\nfeatureClass: {firstorder: [Mean]}\n";
    CHECK_OK(context, radiomics_settings_from_pyradiomics(context, parameters, &settings, &label));
    CHECK(label == 2);
    CHECK_OK(context, radiomics_settings_from_pyradiomics(context, "", &other, NULL));
    radiomics_settings_free(other);
    radiomics_settings_free(settings);
}

static void rows_and_values(radiomics_context *context, const phantom *of) {
    radiomics_settings *settings = NULL;
    radiomics_table *table = NULL;
    CHECK_OK(context, radiomics_settings_from_profile(context, "ibsi", &settings));
    CHECK_OK(context, radiomics_extract(context, &of->image, &of->mask, 1, settings, &table));

    const size_t length = radiomics_table_length(table);
    const double *values = radiomics_table_values(table);
    CHECK(length > 150);
    for (size_t index = 0; index < length; ++index) {
        radiomics_row row = RADIOMICS_ROW_INIT;
        CHECK(radiomics_table_row(table, index, &row) == RADIOMICS_STATUS_OK);
        CHECK(memcmp(&row.value, &values[index], sizeof row.value) == 0);
        CHECK(row.status == (isnan(row.value) ? RADIOMICS_VALUE_STATUS_UNDEFINED : RADIOMICS_VALUE_STATUS_OK));
        CHECK(row.label == 1 && strcmp(row.image, "original") == 0);
        CHECK(strstr(row.column, row.family) && strstr(row.column, row.feature));
        size_t found = length;
        CHECK(radiomics_table_find(table, 1, row.column, &found) == RADIOMICS_STATUS_OK);
        CHECK(found == index);
        if (strcmp(row.ibsi_id, "Q4LE") == 0) {
            double sum = 0, n = 0;
            for (int at = 0; at < VOXELS; ++at)
                if (of->labels[at] == 1) sum += of->intensities[at], n += 1;
            CHECK(strcmp(row.family, "intensity_statistics") == 0 && strcmp(row.feature, "mean") == 0);
            CHECK(strcmp(row.pyradiomics, "Mean") == 0);
            CHECK(fabs(row.value - sum / n) < 1e-9);
        }
    }
    radiomics_table_free(table);
    radiomics_settings_free(settings);
}

static void warnings(radiomics_context *context, const phantom *of) {
    radiomics_settings *settings = NULL;
    radiomics_table *table = NULL;
    const int64_t labels[] = {1, 2};
    const radiomics_image *image = &of->image;
    radiomics_job job = RADIOMICS_JOB_INIT;
    CHECK_OK(context, radiomics_settings_from_yaml(context, "{families: [glcm], bin_number: 4}", &settings));
    job.images = &image;
    job.image_count = 1;
    job.mask = &of->mask;
    job.labels = labels;
    job.label_count = 2;
    job.settings = settings;
    CHECK_OK(context, radiomics_extract_many(context, &job, &table));

    /* Both regions reach to the last slice, and four levels are few. */
    CHECK(radiomics_table_warning_count(table) == 4 && radiomics_table_warning_count(NULL) == 0);
    for (size_t index = 0; index < 4; ++index) {
        radiomics_warning warning = RADIOMICS_WARNING_INIT;
        CHECK(radiomics_table_warning(table, index, &warning) == RADIOMICS_STATUS_OK);
        CHECK(warning.label == labels[index / 2] && strcmp(warning.image, "original") == 0);
        CHECK(strcmp(warning.code, index % 2 == 0 ? "region_at_border" : "few_levels") == 0);
        CHECK(strstr(warning.message, index % 2 == 0 ? "along z" : "`bin_number` 4 the region has 4 grey levels"));
    }
    radiomics_warning none = RADIOMICS_WARNING_INIT;
    CHECK(radiomics_table_warning(table, 4, &none) == RADIOMICS_STATUS_INVALID_ARGUMENT && none.code == NULL);
    radiomics_table_free(table);
    radiomics_settings_free(settings);
}

static void several_labels_and_images(radiomics_context *context, const phantom *of) {
    radiomics_settings *settings = NULL;
    radiomics_table *table = NULL;
    CHECK_OK(context, radiomics_settings_from_yaml(context, "families: [intensity_statistics]", &settings));

    /* The same voxels from the last one to the first: the region is mirrored, its mean is not. */
    radiomics_image backwards = of->image, mask = of->mask;
    backwards.data = &of->intensities[VOXELS - 1];
    backwards.strides[0] = -NY * NX;
    backwards.strides[1] = -NX;
    backwards.strides[2] = -1;
    const radiomics_image *images[] = {&of->image, &backwards};
    const char *names[] = {"forth", "back"};
    radiomics_job job = RADIOMICS_JOB_INIT;
    job.images = images;
    job.image_names = names;
    job.image_count = 2;
    job.mask = &mask;
    job.settings = settings;
    CHECK_OK(context, radiomics_extract_many(context, &job, &table));
    const size_t each = radiomics_table_length(table) / 4;
    for (size_t index = 0; index < 4 * each; ++index) {
        radiomics_row row = RADIOMICS_ROW_INIT;
        CHECK(radiomics_table_row(table, index, &row) == RADIOMICS_STATUS_OK);
        CHECK(row.label == (index < 2 * each ? 1 : 2));
        CHECK(strcmp(row.image, names[index / each % 2]) == 0);
    }
    radiomics_table_free(table);

    const int64_t labels[] = {2};
    job.labels = labels;
    job.label_count = 1;
    job.image_count = 1;
    job.image_names = NULL;
    CHECK_OK(context, radiomics_extract_many(context, &job, &table));
    CHECK(radiomics_table_length(table) == each);
    size_t index = 0;
    CHECK(radiomics_table_find(table, 2, "original_intensity_statistics_mean", &index) == RADIOMICS_STATUS_OK);
    radiomics_table_free(table);

    /* A label that is not there is recorded, and the other one computed. */
    const int64_t held_and_absent[] = {2, 7};
    job.labels = held_and_absent;
    job.label_count = 2;
    job.record_failures = 1;
    CHECK_OK(context, radiomics_extract_many(context, &job, &table));
    CHECK(radiomics_table_length(table) == 2 * each);
    for (size_t at = 0; at < 2 * each; ++at) {
        radiomics_row row = RADIOMICS_ROW_INIT;
        CHECK(radiomics_table_row(table, at, &row) == RADIOMICS_STATUS_OK);
        CHECK((row.status == RADIOMICS_VALUE_STATUS_FAILED) == (row.label == 7));
        CHECK((strcmp(row.reason, "failed") == 0) == (row.label == 7) && (row.label != 7 || isnan(row.value)));
    }
    radiomics_warning why = RADIOMICS_WARNING_INIT;
    const size_t last = radiomics_table_warning_count(table) - 1;
    CHECK(radiomics_table_warning(table, last, &why) == RADIOMICS_STATUS_OK);
    CHECK(strcmp(why.code, "failed") == 0 && strstr(why.message, "label 7"));
    radiomics_table_free(table);
    job.record_failures = 0;
    radiomics_settings_free(settings);
}

/* One call for three bin widths has the bits of three calls, and its rows say which width it is. */
static void several_discretisations(radiomics_context *context, const phantom *of) {
    const char *documents[] = {"bin_width: [10, 2.5, 0.5]", "bin_width: 10", "bin_width: 2.5", "bin_width: 0.5"};
    const char *names[] = {"", "bin_width_10", "bin_width_2.5", "bin_width_0.5"};
    radiomics_table *tables[4] = {NULL};
    for (int which = 0; which < 4; ++which) {
        radiomics_settings *settings = NULL;
        CHECK_OK(context, radiomics_settings_from_yaml(context, documents[which], &settings));
        CHECK_OK(context, radiomics_extract(context, &of->image, &of->mask, 1, settings, &tables[which]));
        radiomics_settings_free(settings);
    }
    int once = 0, by_width[4] = {0};
    for (size_t index = 0; index < radiomics_table_length(tables[0]); ++index) {
        radiomics_row row = RADIOMICS_ROW_INIT, alone = RADIOMICS_ROW_INIT;
        CHECK(radiomics_table_row(tables[0], index, &row) == RADIOMICS_STATUS_OK);
        int of_width = 1;
        for (int which = 1; which < 4; ++which)
            if (strcmp(row.discretisation, names[which]) == 0) of_width = which;
        char column[256];
        const size_t suffix = row.discretisation[0] ? strlen(row.discretisation) + 1 : 0;
        snprintf(column, sizeof column, "%.*s", (int)(strlen(row.column) - suffix), row.column);
        CHECK(strcmp(row.column + strlen(row.column) - strlen(row.discretisation), row.discretisation) == 0);
        size_t found = 0;
        CHECK(radiomics_table_find(tables[of_width], 1, column, &found) == RADIOMICS_STATUS_OK);
        CHECK(radiomics_table_row(tables[of_width], found, &alone) == RADIOMICS_STATUS_OK);
        CHECK(memcmp(&row.value, &alone.value, sizeof row.value) == 0 && alone.discretisation[0] == 0);
        CHECK(radiomics_table_find(tables[0], 1, row.column, &found) == RADIOMICS_STATUS_OK && found == index);
        suffix ? ++by_width[of_width] : ++once;
        /* A caller that was compiled with an older header has no such field, and nothing is written there. */
        radiomics_row older = RADIOMICS_ROW_INIT;
        older.struct_size = offsetof(radiomics_row, discretisation);
        CHECK(radiomics_table_row(tables[0], index, &older) == RADIOMICS_STATUS_OK);
        CHECK(older.discretisation == NULL && older.column == row.column);
    }
    CHECK(once > 0 && by_width[1] > 0 && by_width[1] == by_width[2] && by_width[2] == by_width[3]);
    CHECK((size_t)(once + by_width[1]) == radiomics_table_length(tables[1]));

    struct ArrowArray array;
    struct ArrowSchema schema;
    CHECK(radiomics_table_to_arrow(tables[0], &array, &schema) == RADIOMICS_STATUS_OK);
    CHECK(array.n_children == 10 && strcmp(schema.children[9]->name, "discretisation") == 0);
    array.release(&array);
    schema.release(&schema);
    for (int which = 0; which < 4; ++which) radiomics_table_free(tables[which]);
}

static void arrow(radiomics_context *context, const phantom *of) {
    radiomics_settings *settings = NULL;
    radiomics_table *table = NULL;
    CHECK_OK(context, radiomics_settings_from_yaml(context, "families: [intensity_statistics]", &settings));
    CHECK_OK(context, radiomics_extract(context, &of->image, &of->mask, 1, settings, &table));
    struct ArrowArray array, moved;
    struct ArrowSchema schema;
    CHECK(radiomics_table_to_arrow(table, &array, &schema) == RADIOMICS_STATUS_OK);
    CHECK(array.length == (int64_t)radiomics_table_length(table) && array.n_children == 9);
    CHECK(strcmp(schema.format, "+s") == 0 && strcmp(schema.children[7]->name, "value") == 0);
    CHECK(memcmp(array.children[7]->buffers[1], radiomics_table_values(table),
                 sizeof(double) * radiomics_table_length(table)) == 0);
    radiomics_table_free(table);
    radiomics_settings_free(settings);
    /* A consumer may move a child out and release it later than its parent. */
    moved = *array.children[7];
    array.children[7]->release = NULL;
    array.release(&array);
    schema.release(&schema);
    CHECK(array.release == NULL && schema.release == NULL);
    moved.release(&moved);
}

static void catalogue(void) {
    radiomics_catalogue *all = NULL;
    CHECK(radiomics_catalogue_new(&all) == RADIOMICS_STATUS_OK);
    int with_id = 0, found = 0;
    for (size_t index = 0; index < radiomics_catalogue_length(all); ++index) {
        radiomics_feature feature = RADIOMICS_FEATURE_INIT;
        CHECK(radiomics_catalogue_feature(all, index, &feature) == RADIOMICS_STATUS_OK);
        CHECK(feature.family[0] && feature.name[0] && feature.summary[0]);
        with_id += feature.ibsi_id[0] != 0;
        if (strcmp(feature.family, "glcm") == 0 && strcmp(feature.name, "contrast") == 0) {
            CHECK(strcmp(feature.pyradiomics, "Contrast") == 0 && strcmp(feature.ibsi_id, "ACUI") == 0);
            CHECK(strstr(feature.aggregations, "3D_avg,3D_merged"));
            ++found;
        }
    }
    CHECK(with_id >= 169 && found == 1);
    radiomics_catalogue_free(all);
}

int main(int argc, char **argv) {
    CHECK(argc == 2 && strcmp(radiomics_version(), argv[1]) == 0);
    CHECK(radiomics_abi_version() == RADIOMICS_ABI_VERSION);
    CHECK(strcmp(radiomics_status_text(RADIOMICS_STATUS_CANCELLED), "cancelled") == 0);

    static phantom of;
    fill(&of);
    radiomics_context_options options = RADIOMICS_CONTEXT_OPTIONS_INIT;
    options.threads = 2;
    radiomics_context *context = NULL;
    CHECK(radiomics_context_new(&options, &context) == RADIOMICS_STATUS_OK);
    settings_of_every_kind(context);
    rows_and_values(context, &of);
    warnings(context, &of);
    several_labels_and_images(context, &of);
    several_discretisations(context, &of);
    arrow(context, &of);
    catalogue();
    char *report = NULL;
    CHECK_OK(context, radiomics_verify(context, NULL, NULL, &report));
    CHECK(strstr(report, "482 of 482 published values"));
    radiomics_string_free(report);
    CHECK_OK(context, radiomics_verify(context, NULL, NULL, NULL));
    CHECK(radiomics_last_error(context)[0] == 0);
    radiomics_context_free(context);

    radiomics_context_free(NULL);
    radiomics_settings_free(NULL);
    radiomics_table_free(NULL);
    radiomics_catalogue_free(NULL);
    radiomics_string_free(NULL);
    return 0;
}
