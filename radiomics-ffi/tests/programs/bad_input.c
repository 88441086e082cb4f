/* Each bad input is answered by its status and a text that names the value at fault; nothing is
 * written, and the context works on. */
#include <math.h>

#include "support.h"

static radiomics_context *context;
static radiomics_settings *settings;
static phantom of;

/* Extraction fails with this status and a text that holds `part`, and leaves the output alone. */
static void refused(const radiomics_image *image, const radiomics_image *mask, int64_t label,
                    const radiomics_settings *with, radiomics_status status, const char *part) {
    radiomics_table *const untouched = (radiomics_table *)&of;
    radiomics_table *table = untouched;
    CHECK_STATUS(context, status, radiomics_extract(context, image, mask, label, with, &table));
    CHECK(table == untouched);
    if (!strstr(radiomics_last_error(context), part)) {
        fprintf(stderr, "\"%s\" does not hold \"%s\"\n", radiomics_last_error(context), part);
        exit(1);
    }
}

static void image_refused(radiomics_image image, radiomics_status status, const char *part) {
    refused(&image, &of.mask, 1, settings, status, part);
}

static void document_refused(const char *yaml, radiomics_status status, const char *part) {
    radiomics_settings *made = NULL;
    CHECK_STATUS(context, status, radiomics_settings_from_yaml(context, yaml, &made));
    CHECK(made == NULL && strstr(radiomics_last_error(context), part));
}

static void document_unsuitable(const char *yaml, radiomics_status status, const char *part) {
    radiomics_settings *made = NULL;
    CHECK_OK(context, radiomics_settings_from_yaml(context, yaml, &made));
    refused(&of.image, &of.mask, 1, made, status, part);
    radiomics_settings_free(made);
}

static void arguments(void) {
    const radiomics_status invalid = RADIOMICS_STATUS_INVALID_ARGUMENT;
    refused(NULL, &of.mask, 1, settings, invalid, "`image` is NULL");
    refused(&of.image, NULL, 1, settings, invalid, "`mask` is NULL");
    refused(&of.image, &of.mask, 1, NULL, invalid, "`settings` is NULL");
    CHECK(radiomics_extract(context, &of.image, &of.mask, 1, settings, NULL) == invalid);
    CHECK(radiomics_extract(NULL, &of.image, &of.mask, 1, settings, NULL) == invalid);
    CHECK(radiomics_context_new(NULL, NULL) == invalid);
    CHECK(radiomics_settings_to_json(NULL, settings, NULL) == invalid);
    CHECK(strcmp(radiomics_last_error(NULL), "`context` is NULL") == 0);
    CHECK(radiomics_catalogue_new(NULL) == invalid);
    CHECK(radiomics_settings_from_yaml(context, NULL, NULL) == invalid);
    CHECK(radiomics_table_row(NULL, 0, NULL) == invalid);
    CHECK(radiomics_table_to_arrow(NULL, NULL, NULL) == invalid);
    CHECK(radiomics_table_length(NULL) == 0 && radiomics_table_values(NULL) == NULL);
    CHECK(radiomics_catalogue_length(NULL) == 0);
    CHECK(strstr(radiomics_last_error(NULL), "`table` is NULL"));

    radiomics_context_options options = RADIOMICS_CONTEXT_OPTIONS_INIT;
    options.threads = 5000;
    radiomics_context *none = NULL;
    CHECK(radiomics_context_new(&options, &none) == RADIOMICS_STATUS_THREADS && none == NULL);
    CHECK(strstr(radiomics_last_error(NULL), "cannot start 5000 threads: 1024 are the limit"));
    options = (radiomics_context_options)RADIOMICS_CONTEXT_OPTIONS_INIT;
    options.reserved = 5;
    CHECK(radiomics_context_new(&options, &none) == invalid && none == NULL);
    CHECK(strstr(radiomics_last_error(NULL), "`reserved` of `options` is 5: it must be 0"));
    options.struct_size = 3;
    CHECK(radiomics_context_new(&options, &none) == invalid && none == NULL);

    radiomics_image image = of.image;
    image.struct_size = 0;
    image_refused(image, invalid, "set it to sizeof(radiomics_image), which is");
    image = of.image;
    image.reserved = 1;
    image_refused(image, invalid, "`reserved` of `image` is 1");
    image = of.image;
    image.dtype = 77;
    image_refused(image, invalid, "dtype of `image` is 77");
    image = of.image;
    image.data = NULL;
    image_refused(image, invalid, "data of `image` are NULL");
    image = of.image;
    image.data = (const char *)of.image.data + 1;
    image_refused(image, invalid, "voxels of 2 bytes need a multiple");
    image = of.image;
    image.shape[0] = SIZE_MAX;
    image_refused(image, invalid, "does not fit into memory");
    image = of.image;
    image.strides[0] = PTRDIFF_MAX;
    image.strides[1] = NX;
    image.strides[2] = 1;
    image_refused(image, invalid, "does not fit into memory");
    image.strides[0] = 0;
    image_refused(image, invalid, "only an axis of one voxel");

    /* A struct of a later version: its further fields must be 0. */
    struct {
        radiomics_image known;
        double later;
    } grown = {of.image, 0.0};
    grown.known.struct_size = sizeof grown;
    radiomics_table *table = NULL;
    CHECK_OK(context, radiomics_extract(context, &grown.known, &of.mask, 1, settings, &table));
    size_t index = 7;
    const radiomics_status missing = radiomics_table_find(table, 1, "no_such_column", &index);
    CHECK(missing == RADIOMICS_STATUS_UNKNOWN_NAME && index == 7);
    radiomics_row row = {0};
    CHECK(radiomics_table_row(table, 0, &row) == invalid);
    row.struct_size = sizeof row;
    CHECK(radiomics_table_row(table, radiomics_table_length(table), &row) == invalid && row.column == NULL);
    radiomics_table_free(table);
    grown.later = 1.0;
    refused(&grown.known, &of.mask, 1, settings, invalid, "does not know");
}

static void jobs(void) {
    const radiomics_status invalid = RADIOMICS_STATUS_INVALID_ARGUMENT;
    const radiomics_image *images[] = {&of.image, &of.image};
    const char *twice[] = {"a", "a"};
    const char *not_utf8[] = {"\xff", "b"};
    const char *one_empty[] = {"a", ""};
    const char *of_a_filter[] = {"a", "a-square"};
    const int64_t labels[] = {1, 9};
    const int64_t label_twice[] = {1, 2, 1};
    radiomics_job job = RADIOMICS_JOB_INIT;
    radiomics_table *table = NULL;
    job.settings = settings;
    CHECK(radiomics_extract_many(context, NULL, &table) == invalid);
    CHECK(radiomics_extract_many(context, &job, &table) == invalid);
    CHECK(strstr(radiomics_last_error(context), "at least one image"));
    job.images = images;
    job.image_count = 2;
    job.mask = &of.mask;
    CHECK(radiomics_extract_many(context, &job, &table) == invalid);
    CHECK(strstr(radiomics_last_error(context), "several images need names"));
    job.reserved = 7;
    CHECK(radiomics_extract_many(context, &job, &table) == invalid);
    CHECK(strstr(radiomics_last_error(context), "`reserved` of `job` is 7"));
    job.reserved = 0;
    job.image_names = twice;
    CHECK(radiomics_extract_many(context, &job, &table) == invalid);
    CHECK(strstr(radiomics_last_error(context), "two images are called `a`"));
    job.image_names = not_utf8;
    CHECK(radiomics_extract_many(context, &job, &table) == invalid);
    CHECK(strstr(radiomics_last_error(context), "`image_names[0]` is not UTF-8"));
    job.image_names = one_empty;
    CHECK(radiomics_extract_many(context, &job, &table) == invalid);
    CHECK(strstr(radiomics_last_error(context), "the image name `` cannot be used: it is empty"));
    radiomics_settings *filtered = NULL;
    radiomics_columns *columns = NULL;
    CHECK_OK(context, radiomics_settings_from_yaml(context, "filters: [original, square]", &filtered));
    job.image_names = of_a_filter;
    job.settings = filtered;
    CHECK(radiomics_extract_many(context, &job, &table) == invalid);
    CHECK(strstr(radiomics_last_error(context), "makes columns of the name `a-square` too"));
    CHECK(radiomics_columns_new(context, filtered, of_a_filter, 2, &columns) == invalid && columns == NULL);
    CHECK(radiomics_columns_new(context, settings, twice, 2, &columns) == invalid && columns == NULL);
    radiomics_settings_free(filtered);
    job.settings = settings;
    radiomics_image bad = of.image;
    bad.spacing_mm[0] = 0;
    const radiomics_image *one_bad[] = {&of.image, &bad};
    job.images = one_bad;
    CHECK(radiomics_extract_many(context, &job, &table) == RADIOMICS_STATUS_INVALID_GEOMETRY);
    CHECK(strstr(radiomics_last_error(context), "of the image `a-square` is [0.0, 1.5, 1.5] mm"));
    job.images = images;
    job.image_names = NULL;
    job.image_count = 1;
    job.labels = label_twice;
    job.label_count = 3;
    CHECK(radiomics_extract_many(context, &job, &table) == invalid);
    CHECK(strstr(radiomics_last_error(context), "label 1 is given twice"));
    job.labels = NULL;
    job.label_count = 2;
    CHECK(radiomics_extract_many(context, &job, &table) == invalid);
    CHECK(strstr(radiomics_last_error(context), "`labels` is NULL"));
    job.labels = labels;
    CHECK(radiomics_extract_many(context, &job, &table) == RADIOMICS_STATUS_LABEL_NOT_PRESENT);
    CHECK(strstr(radiomics_last_error(context), "image `original`, label 9"));
    CHECK(strstr(radiomics_last_error(context), "; with `record_failures` the others are computed"));
    job.mask = NULL;
    CHECK(radiomics_extract_many(context, &job, &table) == invalid);
    CHECK(strstr(radiomics_last_error(context), "`mask` and `masks` are both NULL"));
    CHECK(table == NULL);
}

static void images_and_masks(void) {
    static phantom other;
    radiomics_image image = of.image, mask = of.mask;
    image.shape[1] = 0;
    image_refused(image, RADIOMICS_STATUS_EMPTY_IMAGE, "[10, 0, 14]");
    image = of.image;
    image.spacing_mm[2] = -1;
    image_refused(image, RADIOMICS_STATUS_INVALID_GEOMETRY, "above 0");
    image.spacing_mm[2] = 0;
    image_refused(image, RADIOMICS_STATUS_INVALID_GEOMETRY, "[3.0, 1.5, 0.0] mm");
    image.spacing_mm[2] = (double)NAN;
    image_refused(image, RADIOMICS_STATUS_INVALID_GEOMETRY, "NaN");
    image = of.image;
    image.origin_mm[0] = (double)INFINITY;
    image_refused(image, RADIOMICS_STATUS_INVALID_GEOMETRY, "origin");
    image = of.image;
    image.direction[0][0] = image.direction[1][1] = 1;
    image_refused(image, RADIOMICS_STATUS_INVALID_GEOMETRY, "direction");
    for (int axis = 0; axis < 3; ++axis) image.direction[axis][axis] = 2;
    image_refused(image, RADIOMICS_STATUS_INVALID_GEOMETRY, "the direction of axis z has length 2");
    for (int axis = 0; axis < 3; ++axis) image.direction[axis][axis] = 1;
    image.direction[0][1] = 0.9;
    image_refused(image, RADIOMICS_STATUS_INVALID_GEOMETRY, "of the image is");
    memset(&mask, 0, sizeof mask);
    mask.struct_size = sizeof mask;
    mask.dtype = of.mask.dtype;
    refused(&of.image, &mask, 1, settings, RADIOMICS_STATUS_EMPTY_IMAGE, "the mask has shape (z, y, x) [0, 0, 0]");
    mask = of.mask;
    mask.spacing_mm[0] = 0;
    refused(&of.image, &mask, 1, settings, RADIOMICS_STATUS_INVALID_GEOMETRY, "(z, y, x) of the mask is [0.0");
    mask = of.mask;
    mask.shape[0] = NZ - 1;
    refused(&of.image, &mask, 1, settings, RADIOMICS_STATUS_SHAPE_MISMATCH, "[9, 12, 14]");
    mask = of.mask;
    mask.origin_mm[1] = 5;
    refused(&of.image, &mask, 1, settings, RADIOMICS_STATUS_GEOMETRY_MISMATCH, "origin");
    mask = of.mask;
    mask.spacing_mm[0] = 3.25;
    refused(&of.image, &mask, 1, settings, RADIOMICS_STATUS_GEOMETRY_MISMATCH, "spacing");
    mask = of.mask;
    mask.direction[0][0] = mask.direction[1][2] = 1;
    mask.direction[2][1] = -1;
    refused(&of.image, &mask, 1, settings, RADIOMICS_STATUS_GEOMETRY_MISMATCH, "direction");
    mask = of.mask;
    refused(&of.image, &of.mask, 0, settings, RADIOMICS_STATUS_LABEL_NOT_PRESENT, "background");
    refused(&of.image, &of.mask, 7, settings, RADIOMICS_STATUS_LABEL_NOT_PRESENT, "it holds 1, 2");

    other = of;
    memset(other.labels, 0, sizeof other.labels);
    other.mask.data = other.labels;
    refused(&of.image, &other.mask, 1, settings, RADIOMICS_STATUS_EMPTY_MASK, "empty");
    other.labels[0] = 1;
    refused(&of.image, &other.mask, 1, settings, RADIOMICS_STATUS_REGION_TOO_SMALL, "1 voxel");

    static float fractions[VOXELS];
    for (int at = 0; at < VOXELS; ++at) fractions[at] = of.labels[at];
    fractions[15] = 0.5f;
    mask = view_of(fractions, RADIOMICS_DTYPE_F32);
    refused(&of.image, &mask, 1, settings, RADIOMICS_STATUS_FRACTIONAL_MASK, "0.5 at (z, y, x) [0, 1, 1]");
    fractions[15] = NAN;
    refused(&of.image, &mask, 1, settings, RADIOMICS_STATUS_FRACTIONAL_MASK, "NaN at (z, y, x) [0, 1, 1]");
    for (int at = 0; at < VOXELS; ++at) fractions[at] = of.labels[at] == 1 ? NAN : 0;
    image = view_of(fractions, RADIOMICS_DTYPE_F32);
    image_refused(image, RADIOMICS_STATUS_NON_FINITE_VOXELS, "NaN");
    for (int at = 0; at < VOXELS; ++at) fractions[at] = of.intensities[at];
    fractions[(5 * NY + 6) * NX + 6] = INFINITY;
    image_refused(image, RADIOMICS_STATUS_NON_FINITE_VOXELS, "the first one at (z, y, x) [5, 6, 6] (inf)");
    radiomics_settings *normalised = NULL;
    CHECK_OK(context, radiomics_settings_from_yaml(context, "normalise: true", &normalised));
    fractions[(5 * NY + 6) * NX + 6] = 0;
    fractions[0] = NAN;
    refused(&image, &of.mask, 1, normalised, RADIOMICS_STATUS_NON_FINITE_VOXELS,
            "`normalise`, which takes the whole image, reads 1 voxel outside of the region");
    radiomics_settings_free(normalised);
}

static void documents(void) {
    document_refused("binWidth: 25", RADIOMICS_STATUS_UNKNOWN_SETTING, "did you mean `bin_width`?");
    document_refused("bin_width: 0", RADIOMICS_STATUS_INVALID_SETTING, "`bin_width` is 0");
    document_refused("bin_width: -1", RADIOMICS_STATUS_INVALID_SETTING, "`bin_width` is -1");
    document_refused("bin_width: []", RADIOMICS_STATUS_INVALID_SETTING, "`bin_width` is []");
    document_refused("bin_number: [16, 32, 16]", RADIOMICS_STATUS_INVALID_SETTING, "16 is given twice");
    document_refused("families: []", RADIOMICS_STATUS_INVALID_SETTING, "nothing would be computed");
    document_refused("filters: [mean: {support_voxels: []}]", RADIOMICS_STATUS_INVALID_SETTING,
                     "filter `mean`: `support_voxels` is []");
    document_refused("filters: [squar]", RADIOMICS_STATUS_INVALID_SETTING, "squar");
    document_refused("- 1", RADIOMICS_STATUS_INVALID_DOCUMENT, "mapping");
    document_refused("a: [", RADIOMICS_STATUS_INVALID_DOCUMENT, "it is no YAML in line 1, column ");
    document_refused("setting: {binWidth: 5}", RADIOMICS_STATUS_INVALID_DOCUMENT, "`radiomics_settings_from_pyradiomics`");
    document_refused("bin_width: 25_0", RADIOMICS_STATUS_INVALID_SETTING, "`bin_width` is \"25_0\": it takes a number above 0");
    document_refused("bin_width: 0b11", RADIOMICS_STATUS_INVALID_DOCUMENT, "`0b11` in line 1 is no number");
    document_refused("bin_width: 025", RADIOMICS_STATUS_INVALID_DOCUMENT, "`025` in line 1 is no number");
    document_refused("features: [glcm]", RADIOMICS_STATUS_UNKNOWN_NAME,
                     "there is no feature `glcm`: choose a feature of this family, such as glcm.joint_maximum, or all of them");
    document_refused("nothing: 1", RADIOMICS_STATUS_UNKNOWN_SETTING, "families, features or profile");
    document_refused("families: [gclm]", RADIOMICS_STATUS_UNKNOWN_NAME, "did you mean `glcm`?");
    document_refused("bin_width: \xc3\x28", RADIOMICS_STATUS_INVALID_ARGUMENT, "not UTF-8");
    document_unsuitable("bin_width: 0.0001", RADIOMICS_STATUS_UNSUITABLE_DISCRETISATION, "grey levels");
    document_unsuitable("bin_width: [5, 0.0001]", RADIOMICS_STATUS_UNSUITABLE_DISCRETISATION, "bin_width_0.0001: ");
    document_unsuitable("bin_edges: [0, 1]", RADIOMICS_STATUS_UNSUITABLE_DISCRETISATION, "`bin_edges`");
    document_unsuitable("bin_number: null", RADIOMICS_STATUS_UNSUITABLE_DISCRETISATION, "without discretisation");
    document_unsuitable("resample_spacing_mm: 0.00001", RADIOMICS_STATUS_GRID_TOO_LARGE, "voxels");
    document_unsuitable("resegment_range: [9000, null]", RADIOMICS_STATUS_REGION_TOO_SMALL, "resegmentation");

    radiomics_settings *made = NULL;
    CHECK(radiomics_settings_from_json(context, "{", &made) == RADIOMICS_STATUS_INVALID_DOCUMENT);
    CHECK(radiomics_settings_from_json(context, "{\"bin_width\": 1, \"bin_width\": 2}", &made) ==
          RADIOMICS_STATUS_INVALID_DOCUMENT);
    CHECK(strstr(radiomics_last_error(context), "`bin_width` is given twice"));
    CHECK(radiomics_settings_from_profile(context, "ipsi", &made) == RADIOMICS_STATUS_UNKNOWN_NAME);
    CHECK(strstr(radiomics_last_error(context), "did you mean `ibsi`? Choose ibsi, pyradiomics or ibsi_2d"));
    CHECK(radiomics_settings_from_profile(context, "nope", &made) == RADIOMICS_STATUS_UNKNOWN_NAME);
    CHECK(strstr(radiomics_last_error(context), "there is no profile `nope`: choose ibsi, pyradiomics or ibsi_2d"));
    CHECK(radiomics_settings_from_ibsi_configuration(context, "F", &made) == RADIOMICS_STATUS_UNKNOWN_NAME);
    CHECK(strstr(radiomics_last_error(context), "there is no IBSI configuration `F`: choose digital_phantom, A, B, C, D or E"));
    CHECK(radiomics_settings_from_json(context, "{a: 1}", &made) == RADIOMICS_STATUS_INVALID_DOCUMENT);
    CHECK(strstr(radiomics_last_error(context), "it is no JSON in line 1, column 2, at `a: 1}`"));
    int64_t label = 5;
    CHECK(radiomics_settings_from_pyradiomics(context, "setting: {correctMask: true}", &made, &label) ==
          RADIOMICS_STATUS_UNAVAILABLE);
    CHECK(made == NULL && label == 5);

    /* A region of another patient does not meet the published values. */
    char *report = NULL;
    CHECK(radiomics_verify(context, &of.image, &of.mask, &report) != RADIOMICS_STATUS_OK && report == NULL);
    CHECK(radiomics_verify(context, &of.image, NULL, &report) == RADIOMICS_STATUS_INVALID_ARGUMENT && report == NULL);
    CHECK(strcmp(radiomics_last_error(context), "`ct_mask` is NULL") == 0);
    CHECK(radiomics_settings_to_json(context, settings, NULL) == RADIOMICS_STATUS_INVALID_ARGUMENT);
    CHECK(strcmp(radiomics_last_error(context), "`json` is NULL") == 0);
}

int main(void) {
    fill(&of);
    CHECK(radiomics_context_new(NULL, &context) == RADIOMICS_STATUS_OK);
    CHECK_OK(context, radiomics_settings_from_profile(context, "ibsi", &settings));
    arguments();
    jobs();
    images_and_masks();
    documents();
    radiomics_table *table = NULL;
    CHECK_OK(context, radiomics_extract(context, &of.image, &of.mask, 1, settings, &table));
    radiomics_table_free(table);
    radiomics_settings_free(settings);
    radiomics_context_free(context);
    return 0;
}
