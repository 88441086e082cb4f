/* What structs begin as, in every standard of C and C++ that has the header: their size is set and all
 * else is 0, and no compiler warns of it. */
#include "support.h"

#define SIZED(init, type)                                                                      \
    do {                                                                                       \
        static const type at_start = init;                                                     \
        static const unsigned char zeros[sizeof(type)] = {0};                                  \
        type made = init, several[2] = {init, init};                                           \
        several[0] = made;                                                                     \
        CHECK(at_start.struct_size == sizeof(type) && made.struct_size == sizeof(type));       \
        CHECK(several[0].struct_size == sizeof(type) && several[1].struct_size == sizeof(type)); \
        made.struct_size = 0;                                                                  \
        CHECK(memcmp(&made, zeros, sizeof made) == 0);                                         \
        ++count;                                                                               \
    } while (0)

int main(int argc, char **argv) {
    int count = 0;
    SIZED(RADIOMICS_CONTEXT_OPTIONS_INIT, radiomics_context_options);
    SIZED(RADIOMICS_IMAGE_INIT, radiomics_image);
    SIZED(RADIOMICS_JOB_INIT, radiomics_job);
    SIZED(RADIOMICS_ROW_INIT, radiomics_row);
    SIZED(RADIOMICS_WARNING_INIT, radiomics_warning);
    SIZED(RADIOMICS_OUTPUT_INIT, radiomics_output);
    SIZED(RADIOMICS_MAPS_JOB_INIT, radiomics_maps_job);
    SIZED(RADIOMICS_MAP_INIT, radiomics_map);
    SIZED(RADIOMICS_FEATURE_INIT, radiomics_feature);
    SIZED(RADIOMICS_COLUMN_INIT, radiomics_column);
    SIZED(RADIOMICS_MATRIX_INIT, radiomics_matrix);
    SIZED(RADIOMICS_OUTCOME_INIT, radiomics_outcome);
    SIZED(RADIOMICS_LABEL_INIT, radiomics_label);
    SIZED(RADIOMICS_SURFACE_INIT, radiomics_surface);
    SIZED(RADIOMICS_MASK_INFO_INIT, radiomics_mask_info);
    SIZED(RADIOMICS_KEY_INIT, radiomics_key);
    SIZED(RADIOMICS_RELIABILITY_INIT, radiomics_reliability);
    /* The number of structs in the header, as the test counts them. */
    CHECK(argc == 2 && count == atoi(argv[1]));

    radiomics_context_options options = RADIOMICS_CONTEXT_OPTIONS_INIT;
    radiomics_context *context = NULL;
    options.threads = 1;
    CHECK(radiomics_context_new(&options, &context) == RADIOMICS_STATUS_OK);
    radiomics_context_free(context);
    return 0;
}
