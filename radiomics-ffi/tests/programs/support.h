/* What the test programs share: a check that says where it failed, and a small image. */
#ifndef SUPPORT_H
#define SUPPORT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "radiomics.h"

#define CHECK(condition)                                                                       \
    do {                                                                                       \
        if (!(condition)) {                                                                    \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);            \
            exit(1);                                                                           \
        }                                                                                      \
    } while (0)

/* Checks a status, and prints the text of the context's error if it is another one. */
#define CHECK_STATUS(context, expected, call)                                                  \
    do {                                                                                       \
        const radiomics_status found_ = (call);                                                \
        if (found_ != (expected)) {                                                            \
            fprintf(stderr, "%s:%d: status %d instead of %d: %s\n", __FILE__, __LINE__,        \
                    (int)found_, (int)(expected), radiomics_last_error(context));              \
            exit(1);                                                                           \
        }                                                                                      \
    } while (0)

#define CHECK_OK(context, call) CHECK_STATUS(context, RADIOMICS_STATUS_OK, call)

/* 10 slices of 12 rows of 14 voxels: a ball of label 1, beside it a box of label 2. */
enum { NZ = 10, NY = 12, NX = 14, VOXELS = NZ * NY * NX };

typedef struct phantom {
    int16_t intensities[VOXELS];
    uint8_t labels[VOXELS];
    radiomics_image image, mask;
} phantom;

static inline radiomics_image view_of(const void *data, int32_t dtype) {
    radiomics_image view = RADIOMICS_IMAGE_INIT;
    view.data = data;
    view.dtype = dtype;
    view.shape[0] = NZ;
    view.shape[1] = NY;
    view.shape[2] = NX;
    view.spacing_mm[0] = 3.0;
    view.spacing_mm[1] = view.spacing_mm[2] = 1.5;
    return view;
}

static inline void fill(phantom *of) {
    uint32_t random = 1;
    for (int k = 0; k < NZ; ++k)
        for (int j = 0; j < NY; ++j)
            for (int i = 0; i < NX; ++i) {
                const int at = (k * NY + j) * NX + i;
                const int z = k - 5, y = j - 6, x = i - 6;
                random = random * 1664525u + 1013904223u;
                of->intensities[at] = (int16_t)(30 * x + 10 * z + (int)(random >> 25));
                of->labels[at] = z * z + y * y + x * x <= 16 ? 1 : i >= 12 ? 2 : 0;
            }
    of->image = view_of(of->intensities, RADIOMICS_DTYPE_I16);
    of->mask = view_of(of->labels, RADIOMICS_DTYPE_U8);
}

#endif
