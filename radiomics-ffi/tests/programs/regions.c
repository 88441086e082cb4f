/* Labels, regions as features are computed of them, masks in millimetres, the list of settings, and agreement of
 * measurements: right values, and bad input refused. */
#include <math.h>

#include "support.h"

static radiomics_context *context;
static phantom of;

static void labels(void) {
    radiomics_labels *found = NULL;
    CHECK_OK(context, radiomics_labels_new(context, &of.mask, &found));
    CHECK(radiomics_labels_length(found) == 2 && radiomics_labels_length(NULL) == 0);
    size_t counted[2] = {0, 0};
    for (int at = 0; at < VOXELS; ++at)
        if (of.labels[at]) ++counted[of.labels[at] - 1];
    for (size_t index = 0; index < 2; ++index) {
        radiomics_label label = RADIOMICS_LABEL_INIT;
        CHECK(radiomics_labels_label(found, index, &label) == RADIOMICS_STATUS_OK);
        CHECK(label.label == (int64_t)index + 1 && label.voxels == counted[index]);
        CHECK(label.first[2] == (index == 0 ? 2 : 12) && label.shape[2] == (index == 0 ? 9 : 2));
    }
    radiomics_label none = RADIOMICS_LABEL_INIT;
    CHECK(radiomics_labels_label(found, 2, &none) == RADIOMICS_STATUS_INVALID_ARGUMENT);
    CHECK(radiomics_labels_label(NULL, 0, &none) == RADIOMICS_STATUS_INVALID_ARGUMENT);
    radiomics_labels_free(found);

    static float fractions[VOXELS] = {0.5f};
    const radiomics_image fractional = view_of(fractions, RADIOMICS_DTYPE_F32);
    found = NULL;
    CHECK_STATUS(context, RADIOMICS_STATUS_FRACTIONAL_MASK, radiomics_labels_new(context, &fractional, &found));
    CHECK(found == NULL);
}

static double value_of(const radiomics_image *image, const radiomics_image *mask, const char *column) {
    radiomics_settings *settings = NULL;
    radiomics_table *table = NULL;
    size_t index = 0;
    CHECK_OK(context, radiomics_settings_from_profile(context, "ibsi", &settings));
    CHECK_OK(context, radiomics_extract(context, image, mask, 1, settings, &table));
    CHECK(radiomics_table_find(table, 1, column, &index) == RADIOMICS_STATUS_OK);
    const double value = radiomics_table_values(table)[index];
    radiomics_table_free(table);
    radiomics_settings_free(settings);
    return value;
}

/* The region after interpolation is an image of its own: its features are those of the extraction. */
static void region(void) {
    radiomics_settings *settings = NULL;
    radiomics_region *made = NULL;
    const char *yaml = "{resample_spacing_mm: [2, 2, 2], resegment_range: [-60, 200], bin_number: 16}";
    CHECK_OK(context, radiomics_settings_from_yaml(context, yaml, &settings));
    CHECK_OK(context, radiomics_region_new(context, &of.image, &of.mask, 1, settings, 4.0, &made));
    radiomics_image image = RADIOMICS_IMAGE_INIT, mask = image, inner = image, levels = image;
    CHECK(radiomics_region_image(made, RADIOMICS_REGION_PART_INTENSITIES, &image) == RADIOMICS_STATUS_OK);
    CHECK(radiomics_region_image(made, RADIOMICS_REGION_PART_MORPHOLOGICAL_MASK, &mask) == RADIOMICS_STATUS_OK);
    CHECK(radiomics_region_image(made, RADIOMICS_REGION_PART_INTENSITY_MASK, &inner) == RADIOMICS_STATUS_OK);
    CHECK(radiomics_region_image(made, RADIOMICS_REGION_PART_GREY_LEVELS, &levels) == RADIOMICS_STATUS_OK);
    CHECK(image.dtype == RADIOMICS_DTYPE_F64 && mask.dtype == RADIOMICS_DTYPE_U8 && levels.dtype == RADIOMICS_DTYPE_U16);
    CHECK(image.spacing_mm[0] == 2.0 && memcmp(image.shape, levels.shape, sizeof image.shape) == 0);

    radiomics_table *table = NULL;
    size_t index = 0;
    CHECK_OK(context, radiomics_extract(context, &of.image, &of.mask, 1, settings, &table));
    CHECK(radiomics_table_find(table, 1, "original_intensity_statistics_mean", &index) == RADIOMICS_STATUS_OK);
    CHECK(value_of(&image, &inner, "original_intensity_statistics_mean") == radiomics_table_values(table)[index]);
    CHECK(radiomics_table_find(table, 1, "original_morphology_volume", &index) == RADIOMICS_STATUS_OK);
    const double volume = radiomics_table_values(table)[index];
    CHECK(fabs(value_of(&image, &mask, "original_morphology_volume") - volume) < 1e-9 * volume);
    radiomics_table_free(table);

    const size_t voxels = image.shape[0] * image.shape[1] * image.shape[2];
    size_t inside = 0;
    uint16_t highest = 0;
    for (size_t at = 0; at < voxels; ++at) {
        const uint16_t level = ((const uint16_t *)levels.data)[at];
        const int is_inside = ((const uint8_t *)inner.data)[at];
        CHECK((level != 0) == is_inside && (!is_inside || ((const uint8_t *)mask.data)[at]));
        if (level > highest) highest = level;
        inside += (size_t)is_inside;
    }
    CHECK(inside > 100 && highest == 16);

    /* The triangles enclose the volume; in (x, y, z) they are counter-clockwise from outside. */
    radiomics_surface surface = RADIOMICS_SURFACE_INIT;
    CHECK(radiomics_region_surface(made, &surface) == RADIOMICS_STATUS_OK && surface.triangle_count > 100);
    double enclosed = 0;
    for (size_t n = 0; n < surface.triangle_count; ++n) {
        const double *p[3];
        for (int corner = 0; corner < 3; ++corner) {
            CHECK(surface.triangles[3 * n + (size_t)corner] < surface.vertex_count);
            p[corner] = surface.vertices + 3 * surface.triangles[3 * n + (size_t)corner];
        }
        enclosed += (p[0][2] * (p[1][1] * p[2][0] - p[1][0] * p[2][1]) + p[0][1] * (p[1][0] * p[2][2] - p[1][2] * p[2][0]) +
                     p[0][0] * (p[1][2] * p[2][1] - p[1][1] * p[2][2])) / 6;
    }
    CHECK(fabs(enclosed - volume) < 1e-9 * volume);

    CHECK(radiomics_region_image(made, 9, &image) == RADIOMICS_STATUS_INVALID_ARGUMENT);
    CHECK(strstr(radiomics_last_error(NULL), "`part` is 9: give a radiomics_region_part, from "));
    radiomics_region_free(made);
    radiomics_settings_free(settings);

    CHECK_OK(context, radiomics_settings_from_yaml(context, "{bin_number: null}", &settings));
    made = NULL;
    CHECK_STATUS(context, RADIOMICS_STATUS_INVALID_SETTING,
                 radiomics_region_new(context, &of.image, &of.mask, 1, settings, -1.0, &made));
    CHECK(made == NULL && strncmp(radiomics_last_error(context), "`margin_mm` is -1: ", 19) == 0);
    CHECK_STATUS(context, RADIOMICS_STATUS_LABEL_NOT_PRESENT,
                 radiomics_region_new(context, &of.image, &of.mask, 3, settings, 0.0, &made));
    CHECK_OK(context, radiomics_region_new(context, &of.image, &of.mask, 1, settings, 0.0, &made));
    CHECK(radiomics_region_image(made, RADIOMICS_REGION_PART_GREY_LEVELS, &image) ==
          RADIOMICS_STATUS_UNSUITABLE_DISCRETISATION);
    radiomics_region_free(made);
    radiomics_settings_free(settings);
}

static radiomics_mask_info info_of(const radiomics_mask *mask) {
    radiomics_mask_info info = RADIOMICS_MASK_INFO_INIT;
    CHECK(radiomics_mask_describe(mask, &info) == RADIOMICS_STATUS_OK);
    return info;
}

static void masks(void) {
    radiomics_mask *ball = NULL, *large = NULL, *ring = NULL, *small = NULL, *shell = NULL, *made = NULL, *box = NULL;
    CHECK_OK(context, radiomics_mask_of_label(context, &of.mask, 1, &ball));
    CHECK_OK(context, radiomics_mask_of_label(context, &of.mask, 2, &box));
    CHECK_OK(context, radiomics_mask_dilate(context, ball, 3.0, NULL, &large));
    CHECK_OK(context, radiomics_mask_ring(context, ball, 0.0, 3.0, "centre", &ring));
    CHECK_OK(context, radiomics_mask_erode(context, ball, 2.0, &small));
    CHECK_OK(context, radiomics_mask_shell(context, ball, 2.0, &shell));
    const size_t n = info_of(ball).voxels;
    CHECK(n > 200 && info_of(large).voxels == n + info_of(ring).voxels && info_of(ring).before == n);
    CHECK(info_of(small).voxels + info_of(shell).voxels == n && info_of(large).beyond_edge > 0);
    CHECK(fabs(info_of(ball).volume_mm3 - (double)n * 3.0 * 1.5 * 1.5) < 1e-6);

    CHECK_OK(context, radiomics_mask_minus(context, large, ball, &made));
    CHECK(info_of(made).voxels == info_of(ring).voxels);
    radiomics_mask_free(made);
    CHECK_OK(context, radiomics_mask_within(context, large, ring, &made));
    CHECK(info_of(made).voxels == info_of(ring).voxels);
    radiomics_mask_free(made);
    CHECK_OK(context, radiomics_mask_union(context, ball, box, &made));
    CHECK(info_of(made).voxels == n + info_of(box).voxels);
    radiomics_mask *part = NULL;
    CHECK_OK(context, radiomics_mask_component(context, made, 26, 0, &part));
    CHECK(info_of(part).voxels == (n > info_of(box).voxels ? n : info_of(box).voxels));
    radiomics_mask_free(part);
    part = NULL;
    CHECK_STATUS(context, RADIOMICS_STATUS_INVALID_ARGUMENT, radiomics_mask_component(context, made, 26, 2, &part));
    CHECK(strstr(radiomics_last_error(context), "`index` is 2, and the number of connected parts of the mask is 2: give 0 to 1"));
    CHECK_STATUS(context, RADIOMICS_STATUS_INVALID_SETTING, radiomics_mask_component(context, made, 7, 0, &part));
    radiomics_mask_free(made);

    /* It is a mask like any other. */
    radiomics_image image = RADIOMICS_IMAGE_INIT;
    CHECK(radiomics_mask_image(ring, &image) == RADIOMICS_STATUS_OK && image.shape[0] == NZ);
    double sum = 0;
    for (int at = 0; at < VOXELS; ++at)
        if (((const uint8_t *)image.data)[at]) sum += of.intensities[at];
    CHECK(fabs(value_of(&of.image, &image, "original_intensity_statistics_mean") - sum / (double)info_of(ring).voxels) < 1e-9);

    made = NULL;
    CHECK_STATUS(context, RADIOMICS_STATUS_INVALID_SETTING, radiomics_mask_ring(context, ball, 3.0, 2.0, NULL, &made));
    CHECK_STATUS(context, RADIOMICS_STATUS_INVALID_SETTING, radiomics_mask_dilate(context, ball, NAN, NULL, &made));
    CHECK_STATUS(context, RADIOMICS_STATUS_UNKNOWN_NAME, radiomics_mask_dilate(context, ball, 1.0, "center", &made));
    CHECK(strstr(radiomics_last_error(context), "there is no distance `center`; did you mean `centre`? Choose centre or surface"));
    CHECK_STATUS(context, RADIOMICS_STATUS_UNKNOWN_NAME, radiomics_mask_dilate(context, ball, 1.0, "far away", &made));
    CHECK(strstr(radiomics_last_error(context), "there is no distance `far away`: choose centre or surface"));
    CHECK_STATUS(context, RADIOMICS_STATUS_LABEL_NOT_PRESENT, radiomics_mask_of_label(context, &of.mask, 9, &made));
    CHECK_STATUS(context, RADIOMICS_STATUS_INVALID_ARGUMENT, radiomics_mask_erode(context, NULL, 1.0, &made));
    radiomics_image elsewhere = of.mask;
    elsewhere.origin_mm[0] = 5;
    radiomics_mask *other = NULL;
    CHECK_OK(context, radiomics_mask_of_label(context, &elsewhere, 1, &other));
    radiomics_mask *longer = NULL;
    radiomics_image fewer = of.mask;
    --fewer.shape[0];
    CHECK_OK(context, radiomics_mask_of_label(context, &fewer, 1, &longer));
    for (int at = 0; at < 2; ++at) {
        const radiomics_mask *on = at == 0 ? other : longer;
        CHECK_STATUS(context, RADIOMICS_STATUS_GEOMETRY_MISMATCH, radiomics_mask_minus(context, ball, on, &made));
        CHECK_STATUS(context, RADIOMICS_STATUS_GEOMETRY_MISMATCH, radiomics_mask_within(context, ball, on, &made));
        CHECK_STATUS(context, RADIOMICS_STATUS_GEOMETRY_MISMATCH, radiomics_mask_union(context, ball, on, &made));
        CHECK(strstr(radiomics_last_error(context), at == 0 ? "the origin (z, y, x) of the other mask is [5" :
                                                              "the shape (z, y, x) of the other mask is [9, 12, 14]"));
    }
    CHECK(made == NULL);
    radiomics_mask *all[] = {ball, large, ring, small, shell, box, other, longer};
    for (size_t index = 0; index < sizeof all / sizeof *all; ++index) radiomics_mask_free(all[index]);
}

static void keys(void) {
    radiomics_keys *all = NULL;
    CHECK(radiomics_keys_new(&all) == RADIOMICS_STATUS_OK);
    int found = 0;
    for (size_t index = 0; index < radiomics_keys_length(all); ++index) {
        radiomics_key key = RADIOMICS_KEY_INIT;
        CHECK(radiomics_keys_key(all, index, &key) == RADIOMICS_STATUS_OK && key.summary[0] && key.takes[0]);
        if (strcmp(key.name, "bin_number") == 0) {
            CHECK(strcmp(key.ibsi_value, "32") == 0 && strcmp(key.pyradiomics_value, "null") == 0);
            ++found;
        }
        /* What a key has is a document. */
        char text[512];
        if (strcmp(key.ibsi_value, "null") != 0 && key.only_with == NULL) {
            radiomics_settings *settings = NULL;
            snprintf(text, sizeof text, "{%s: %s}", key.name, key.ibsi_value);
            CHECK_OK(context, radiomics_settings_from_yaml(context, text, &settings));
            radiomics_settings_free(settings);
        }
    }
    radiomics_key none = RADIOMICS_KEY_INIT;
    CHECK(radiomics_keys_key(all, radiomics_keys_length(all), &none) == RADIOMICS_STATUS_INVALID_ARGUMENT);
    CHECK(found == 1 && radiomics_keys_length(NULL) == 0);
    radiomics_keys_free(all);
    radiomics_keys_free(NULL);
    radiomics_labels_free(NULL);
    radiomics_region_free(NULL);
}

static void agreement(void) {
    /* The six cases and four judges of Shrout & Fleiss (1979), table 2. */
    const double values[] = {9, 2, 5, 8, 6, 1, 3, 2, 8, 4, 6, 8, 7, 1, 2, 6, 10, 5, 6, 9, 6, 2, 4, 7};
    radiomics_reliability found = RADIOMICS_RELIABILITY_INIT;
    CHECK(radiomics_icc(values, 6, 4, 0.95, &found) == RADIOMICS_STATUS_OK && found.cases == 6);
    CHECK(fabs(found.icc_1_1[0] - 0.17) < 0.005 && fabs(found.icc_2_1[0] - 0.29) < 0.005);
    CHECK(fabs(found.icc_3_1[0] - 0.71) < 0.005 && found.icc_3_1[1] < 0.71 && found.icc_3_1[2] > 0.72);
    CHECK(radiomics_icc(values, 1, 4, 0.95, &found) == RADIOMICS_STATUS_INVALID_ARGUMENT);
    CHECK(strstr(radiomics_last_error(NULL), "1 case(s)"));
    CHECK(radiomics_icc(values, 6, 4, 2.0, &found) == RADIOMICS_STATUS_INVALID_SETTING);
    CHECK(radiomics_icc(values, SIZE_MAX, 4, 0.95, &found) == RADIOMICS_STATUS_INVALID_ARGUMENT);
    CHECK(radiomics_icc(NULL, 6, 4, 0.95, &found) == RADIOMICS_STATUS_INVALID_ARGUMENT);
}

int main(void) {
    fill(&of);
    radiomics_context_options options = RADIOMICS_CONTEXT_OPTIONS_INIT;
    options.threads = 2;
    CHECK(radiomics_context_new(&options, &context) == RADIOMICS_STATUS_OK);
    labels();
    region();
    masks();
    keys();
    agreement();
    radiomics_context_free(context);
    return 0;
}
