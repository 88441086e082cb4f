/* Prints every value of a region as hexadecimal digits, which lose no bit.
 * usage: values IMAGE MASK NZ NY NX DZ DY DX CONFIGURATION; the files hold 32-bit floats. */
#include <inttypes.h>

#include "support.h"

static float *read_voxels(const char *path, size_t voxels) {
    FILE *file = fopen(path, "rb");
    CHECK(file);
    float *data = malloc(voxels * sizeof *data);
    CHECK(data && fread(data, sizeof *data, voxels, file) == voxels);
    fclose(file);
    return data;
}

int main(int argc, char **argv) {
    CHECK(argc == 10);
    radiomics_image image = RADIOMICS_IMAGE_INIT;
    image.dtype = RADIOMICS_DTYPE_F32;
    for (int axis = 0; axis < 3; ++axis) {
        image.shape[axis] = strtoul(argv[3 + axis], NULL, 10);
        image.spacing_mm[axis] = strtod(argv[6 + axis], NULL);
    }
    radiomics_image mask = image;
    const size_t voxels = image.shape[0] * image.shape[1] * image.shape[2];
    float *intensities = read_voxels(argv[1], voxels), *labels = read_voxels(argv[2], voxels);
    image.data = intensities;
    mask.data = labels;

    radiomics_context *context = NULL;
    radiomics_settings *settings = NULL;
    radiomics_table *table = NULL;
    CHECK(radiomics_context_new(NULL, &context) == RADIOMICS_STATUS_OK);
    CHECK_OK(context, radiomics_settings_from_ibsi_configuration(context, argv[9], &settings));
    CHECK_OK(context, radiomics_extract(context, &image, &mask, 1, settings, &table));
    for (size_t index = 0; index < radiomics_table_length(table); ++index) {
        radiomics_row row = RADIOMICS_ROW_INIT;
        CHECK(radiomics_table_row(table, index, &row) == RADIOMICS_STATUS_OK);
        uint64_t bits;
        memcpy(&bits, &row.value, sizeof bits);
        printf("%s %016" PRIx64 "\n", row.column, bits);
    }
    radiomics_table_free(table);
    radiomics_settings_free(settings);
    radiomics_context_free(context);
    free(labels);
    free(intensities);
    return 0;
}
