/* A ball of noise, its features in C. */
#include <stdint.h>
#include <stdio.h>

#include "radiomics.h"

enum { N = 24 };
static int16_t intensities[N][N][N];
static uint8_t labels[N][N][N];

static int failed(radiomics_context *context, const char *what) {
    fprintf(stderr, "%s: %s\n", what, radiomics_last_error(context));
    return 1;
}

int main(void) {
    uint32_t random = 1;
    for (int z = 0; z < N; ++z)
        for (int y = 0; y < N; ++y)
            for (int x = 0; x < N; ++x) {
                const int dz = z - N / 2, dy = y - N / 2, dx = x - N / 2;
                random = random * 1664525u + 1013904223u;
                intensities[z][y][x] = (int16_t)(random >> 24);
                labels[z][y][x] = dz * dz + dy * dy + dx * dx < 81;
            }

    /* All fields that are not named are 0: contiguous voxels, axes along the patient's. */
    radiomics_image image = {
        .struct_size = sizeof image,
        .data = intensities,
        .dtype = RADIOMICS_DTYPE_I16,
        .shape = {N, N, N},
        .spacing_mm = {2.0, 1.0, 1.0},
    };
    radiomics_image mask = image;
    mask.data = labels;
    mask.dtype = RADIOMICS_DTYPE_U8;

    radiomics_context *context = NULL;
    if (radiomics_context_new(NULL, &context) != RADIOMICS_STATUS_OK) return 1;
    radiomics_settings *settings = NULL;
    const char *yaml = "{bin_width: 16, families: [morphology, intensity_statistics, glcm]}";
    if (radiomics_settings_from_yaml(context, yaml, &settings) != RADIOMICS_STATUS_OK)
        return failed(context, "settings");
    radiomics_table *table = NULL;
    if (radiomics_extract(context, &image, &mask, 1, settings, &table) != RADIOMICS_STATUS_OK)
        return failed(context, "extraction");

    for (size_t index = 0; index < radiomics_table_length(table); ++index) {
        radiomics_row row = RADIOMICS_ROW_INIT;
        radiomics_table_row(table, index, &row);
        printf("%-60s %-4s %.10g\n", row.column, row.ibsi_id, row.value);
    }
    radiomics_table_free(table);
    radiomics_settings_free(settings);
    radiomics_context_free(context);
    return 0;
}
