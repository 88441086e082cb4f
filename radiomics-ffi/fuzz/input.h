/* What a fuzz target makes of its input: bytes, numbers that are likely to matter. */
#ifndef RADIOMICS_FUZZ_INPUT_H
#define RADIOMICS_FUZZ_INPUT_H

#include <stddef.h>
#include <stdint.h>

/* The rest of the input. */
typedef struct input {
    const uint8_t *data;
    size_t size;
} input;

static uint8_t byte(input *in) {
    if (in->size == 0) return 0;
    --in->size;
    return *in->data++;
}

static void bytes(input *in, void *to, size_t count) {
    for (size_t at = 0; at < count; ++at) ((uint8_t *)to)[at] = byte(in);
}

/* A number that is likely to matter. */
static uint64_t number(input *in) {
    static const uint64_t edges[] = {0, 1, 2, 3, 7, 16, UINT64_MAX, INT64_MAX, (uint64_t)INT64_MIN, 1u << 31};
    const uint8_t kind = byte(in);
    uint64_t any = 0;
    if (kind < 128) return kind % 18;
    if (kind < 192) return edges[kind % (sizeof edges / sizeof *edges)];
    bytes(in, &any, sizeof any);
    return any;
}

static double real(input *in) {
    static const double edges[] = {0.0, 1.0, 2.0, 0.5, -1.0, 1e-300, 1e300, (double)__builtin_inff(), (double)__builtin_nanf("")};
    const uint8_t kind = byte(in);
    double any = 0;
    if (kind < 160) return 1.0;
    if (kind < 240) return edges[kind % (sizeof edges / sizeof *edges)];
    bytes(in, &any, sizeof any);
    return any;
}

#endif
