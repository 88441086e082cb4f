/* Fuzz target of the C interface, for libFuzzer: any text and any values in the fields of structs are
 * answered, never crash. Pointers are what the header asks for, NULL or valid, as no library could
 * survive others; so voxels that a struct describes either lie in the buffer, or cannot lie anywhere.
 * scripts/fuzz-c builds and runs it. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input.h"
#include "radiomics.h"

enum { BUFFER = 4096 };
static radiomics_context *context;
static radiomics_settings *usual, *few, *three;
static _Alignas(16) unsigned char voxels[BUFFER], labels[BUFFER];

#define REQUIRE(condition) \
    if (!(condition)) abort()

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc, (void)argv;
    radiomics_context_options options = RADIOMICS_CONTEXT_OPTIONS_INIT;
    options.threads = 1;
    REQUIRE(radiomics_context_new(&options, &context) == RADIOMICS_STATUS_OK);
    REQUIRE(radiomics_settings_from_profile(context, "ibsi", &usual) == RADIOMICS_STATUS_OK);
    const char *quick = "{filters: [{mean: {support_voxels: 3}}], families: [intensity_statistics, glcm, ngtdm]}";
    REQUIRE(radiomics_settings_from_yaml(context, quick, &few) == RADIOMICS_STATUS_OK);
    const char *several = "filters: [square, gradient, {laplacian_of_gaussian: {sigma_mm: 1}}]";
    REQUIRE(radiomics_settings_from_yaml(context, several, &three) == RADIOMICS_STATUS_OK);
    for (int at = 0; at < BUFFER; ++at) {
        voxels[at] = (unsigned char)(at * 73 % 61);
        labels[at] = at % 7 != 0;
    }
    return 0;
}

/* Whether the voxels of a struct are a call that the header allows: all of them in the buffer; or an
 * extent beyond any memory, which the library must see before it looks. `first` is moved so that
 * negative strides stay inside. */
static int allowed(radiomics_image *image, const unsigned char *buffer) {
    static const int sizes[] = {0, 1, 1, 2, 2, 4, 4, 8, 8, 4, 8};
    if (image->dtype < 1 || image->dtype > 10) return 1;
    const __int128 item = sizes[image->dtype];
    __int128 before = 0, after = 0, count = 1;
    ptrdiff_t strides[3];
    memcpy(strides, image->strides, sizeof strides);
    for (int axis = 0; axis < 3; ++axis) {
        if (image->shape[axis] == 0) return 1;
        if (count < ((__int128)1 << 62)) count *= (__int128)image->shape[axis];
    }
    if (count >= INT64_MAX / item) return 1;
    if (!strides[0] && !strides[1] && !strides[2]) {
        strides[2] = 1;
        strides[1] = (ptrdiff_t)image->shape[2];
        strides[0] = (ptrdiff_t)(image->shape[1] * image->shape[2]);
    }
    for (int axis = 0; axis < 3; ++axis) {
        const __int128 span = (__int128)(image->shape[axis] - 1) * strides[axis];
        if (span < 0)
            before -= span;
        else
            after += span;
    }
    if (before + after >= INT64_MAX / item) return 1;
    if ((before + after + 1) * item > BUFFER || count > BUFFER) return 0;
    image->data = buffer + before * item;
    return 1;
}

static radiomics_image image_of(input *in, const unsigned char *buffer, radiomics_image like) {
    radiomics_image image = like;
    const uint8_t changed = byte(in);
    if (changed & 1) image.struct_size = number(in);
    if (changed & 2) image.dtype = (int32_t)number(in);
    if (changed & 4) image.reserved = (int32_t)number(in);
    for (int axis = 0; axis < 3; ++axis) {
        if (changed & 8) image.shape[axis] = number(in);
        if (changed & 16) image.strides[axis] = (ptrdiff_t)number(in);
        if (changed & 32) image.spacing_mm[axis] = real(in);
        if (changed & 64) image.origin_mm[axis] = real(in);
        for (int other = 0; other < 3; ++other)
            if (changed & 128) image.direction[axis][other] = real(in);
    }
    if (!allowed(&image, buffer)) image.data = NULL;
    /* The library reads as many bytes as struct_size says: only sizes that it refuses, or ours. */
    if (image.struct_size > sizeof image && image.struct_size <= 4096) image.struct_size = sizeof image;
    return image;
}

static radiomics_image plain(const unsigned char *buffer) {
    radiomics_image image = RADIOMICS_IMAGE_INIT;
    image.data = buffer;
    image.dtype = RADIOMICS_DTYPE_U8;
    for (int axis = 0; axis < 3; ++axis) {
        image.shape[axis] = 6 + (size_t)axis;
        image.spacing_mm[axis] = 1.0 + axis;
    }
    return image;
}

static int32_t stop_at(size_t done, size_t total, void *user_data) {
    REQUIRE(done <= total);
    return done >= *(size_t *)user_data;
}

/* A status, and what a failure has to say. */
static void answered(radiomics_status status) {
    if (status == RADIOMICS_STATUS_INTERNAL) fprintf(stderr, "%s\n", radiomics_last_error(context));
    REQUIRE(status != RADIOMICS_STATUS_INTERNAL);
    REQUIRE(radiomics_status_text(status)[0] != 0);
    if (status != RADIOMICS_STATUS_OK) REQUIRE(radiomics_last_error(context)[0] != 0);
}

static void use_table(radiomics_table *table, input *in) {
    const size_t length = radiomics_table_length(table);
    radiomics_row row;
    memset(&row, 0, sizeof row);
    row.struct_size = byte(in) % 4 == 0 ? number(in) : sizeof row;
    if (row.struct_size > sizeof row && row.struct_size <= 4096) row.struct_size = sizeof row;
    const radiomics_status status = radiomics_table_row(table, number(in), &row);
    REQUIRE(status == RADIOMICS_STATUS_OK || status == RADIOMICS_STATUS_INVALID_ARGUMENT);
    radiomics_warning warning = RADIOMICS_WARNING_INIT;
    const size_t at = number(in), warnings = radiomics_table_warning_count(table);
    REQUIRE((radiomics_table_warning(table, at, &warning) == RADIOMICS_STATUS_OK) == (at < warnings));
    if (at < warnings) REQUIRE(warning.message[0] != 0 && warning.image[0] != 0);
    struct ArrowArray array;
    struct ArrowSchema schema;
    REQUIRE(radiomics_table_to_arrow(table, &array, &schema) == RADIOMICS_STATUS_OK);
    REQUIRE(array.length == (int64_t)length);
    array.release(&array);
    schema.release(&schema);
    radiomics_table_free(table);
}

enum { GUARD = 8, BUFFERS = 4, ROOM = 1024 };
static double outputs[BUFFERS][GUARD + ROOM + GUARD];

/* An output into the buffers above, with anything in some of its fields. */
typedef struct fuzzed_output {
    radiomics_output c;
    double **buffers;
    size_t stop;
} fuzzed_output;

/* For `count` responses or maps. */
static void output_of(input *in, fuzzed_output *output, size_t count) {
    const uint8_t kind = byte(in), which = byte(in);
    output->buffers = malloc((count + 1) * sizeof *output->buffers);
    REQUIRE(output->buffers);
    /* All but a few are not wanted: there are few buffers. */
    for (size_t at = 0; at <= count; ++at) output->buffers[at] = NULL;
    for (size_t at = 0; at < BUFFERS && count > 0; ++at) {
        const uint8_t place = byte(in);
        const size_t shift = which & 2 ? place % 8 : 0;
        const size_t from = which & 1 ? place % BUFFERS : at;
        output->buffers[(which & 4 ? place : at) % count] =
            (double *)(void *)((char *)(outputs[from] + GUARD) + shift);
    }
    memset(outputs, 0x55, sizeof outputs);
    memset(&output->c, 0, sizeof output->c);
    output->c.struct_size = kind & 1 ? number(in) : sizeof output->c;
    if (output->c.struct_size > sizeof output->c && output->c.struct_size <= 4096)
        output->c.struct_size = sizeof output->c;
    output->c.buffers = kind & 2 && which & 8 ? NULL : output->buffers;
    output->c.buffer_count = kind & 4 ? number(in) : count;
    /* Never more than there is: that could not be checked by anybody. */
    output->c.buffer_length = kind & 8 ? number(in) % (ROOM + 1) : ROOM;
    output->c.outside = real(in);
    output->c.memory_mb = byte(in) % 4 == 0 ? real(in) : 0;
    output->stop = number(in);
    output->c.progress = kind & 16 ? stop_at : NULL;
    output->c.user_data = &output->stop;
}

/* Nothing was written, or within the buffers. */
static void written(fuzzed_output *output, radiomics_status status) {
    double untouched;
    memset(&untouched, 0x55, sizeof untouched);
    answered(status);
    for (size_t at = 0; at < BUFFERS; ++at)
        for (size_t place = 0; place < GUARD + ROOM + GUARD; ++place) {
            const int inside = place >= GUARD && place < GUARD + ROOM;
            REQUIRE((inside && status == RADIOMICS_STATUS_OK) || outputs[at][place] == untouched);
        }
    free(output->buffers);
}

static size_t filter_count(const radiomics_settings *settings) {
    size_t count = 0;
    while (radiomics_settings_filter_name(settings, count)) ++count;
    return count;
}

/* Filters and maps of anything into buffers. Of several filters there are no maps. */
static void images(input *in, const radiomics_settings *filters, const radiomics_settings *settings) {
    radiomics_image image = image_of(in, voxels, plain(voxels)), mask = image_of(in, labels, plain(labels));
    fuzzed_output output;
    if (byte(in) % 2) {
        output_of(in, &output, filter_count(filters));
        written(&output, radiomics_filter(context, &image, filters, &output.c));
        return;
    }
    const uint8_t kind = byte(in);
    radiomics_maps_job job;
    memset(&job, 0, sizeof job);
    job.struct_size = kind & 1 ? number(in) : sizeof job;
    if (job.struct_size > sizeof job && job.struct_size <= 4096) job.struct_size = sizeof job;
    job.image = kind & 2 && kind & 4 ? NULL : &image;
    job.mask = kind & 8 ? &image : &mask;
    job.label = kind & 16 ? (int64_t)number(in) : 1;
    job.settings = settings;
    job.radius = kind & 32 ? number(in) : 1;
    /* Windows of more than this take long, as asked for. */
    if (job.radius > 3 && job.radius <= 15) job.radius = 3;
    job.in_plane = kind & 64 ? (int32_t)number(in) : 0;
    job.unmasked = kind & 128 ? (int32_t)number(in) : 0;
    size_t stop = number(in);
    job.progress = byte(in) % 4 == 0 ? stop_at : NULL;
    job.user_data = &stop;
    job.memory_mb = byte(in) % 4 == 0 ? real(in) : 0;
    radiomics_maps *maps = NULL;
    const radiomics_status status = radiomics_maps_new(context, &job, &maps);
    answered(status);
    REQUIRE((status == RADIOMICS_STATUS_OK) == (maps != NULL));
    if (!maps) return;
    const size_t count = radiomics_maps_length(maps);
    radiomics_map map = RADIOMICS_MAP_INIT;
    for (size_t index = 0; index < count; ++index) REQUIRE(radiomics_maps_map(maps, index, &map) == RADIOMICS_STATUS_OK);
    REQUIRE(radiomics_maps_map(maps, count, &map) == RADIOMICS_STATUS_INVALID_ARGUMENT);
    radiomics_image box;
    memset(&box, 0, sizeof box);
    box.struct_size = byte(in) % 4 == 0 ? number(in) : sizeof box;
    if (box.struct_size > sizeof box && box.struct_size <= 4096) box.struct_size = sizeof box;
    const radiomics_status described = radiomics_maps_image(maps, &box);
    REQUIRE(described == RADIOMICS_STATUS_OK || described == RADIOMICS_STATUS_INVALID_ARGUMENT);
    output_of(in, &output, count);
    written(&output, radiomics_maps_compute(context, maps, &output.c));
    radiomics_maps_free(maps);
}

/* Labels, prepared regions, and masks in millimetres that are made of each other. */
static void regions(input *in, const radiomics_settings *settings) {
    const radiomics_image image = image_of(in, voxels, plain(voxels)), mask = image_of(in, labels, plain(labels));
    radiomics_labels *found = NULL;
    radiomics_region *region = NULL;
    answered(radiomics_labels_new(context, &mask, &found));
    for (size_t at = 0; at < radiomics_labels_length(found); ++at) {
        radiomics_label label = RADIOMICS_LABEL_INIT;
        REQUIRE(radiomics_labels_label(found, at, &label) == RADIOMICS_STATUS_OK && label.voxels > 0);
    }
    radiomics_labels_free(found);
    const int64_t label = (int64_t)number(in);
    answered(radiomics_region_new(context, &image, &mask, label, settings, real(in), &region));
    radiomics_image part = RADIOMICS_IMAGE_INIT;
    radiomics_surface surface = RADIOMICS_SURFACE_INIT;
    if (region) {
        (void)radiomics_region_image(region, byte(in) % 6, &part);
        REQUIRE(radiomics_region_surface(region, &surface) == RADIOMICS_STATUS_OK);
        for (size_t at = 0; at < 3 * surface.triangle_count; ++at) REQUIRE(surface.triangles[at] < surface.vertex_count);
    }
    radiomics_region_free(region);
    radiomics_mask *masks[4] = {NULL};
    answered(radiomics_mask_of_label(context, &mask, label, &masks[0]));
    for (int at = 1; at < 4; ++at) {
        const radiomics_mask *from = masks[byte(in) % at], *other = masks[byte(in) % at];
        const char *distance = byte(in) % 2 ? "surface" : NULL;
        const double mm = real(in);
        radiomics_status status;
        switch (byte(in) % 8) {
        case 0: status = radiomics_mask_dilate(context, from, mm, distance, &masks[at]); break;
        case 1: status = radiomics_mask_erode(context, from, mm, &masks[at]); break;
        case 2: status = radiomics_mask_shell(context, from, mm, &masks[at]); break;
        case 3: status = radiomics_mask_ring(context, from, real(in), mm, distance, &masks[at]); break;
        case 4: status = radiomics_mask_component(context, from, (int32_t)number(in), number(in), &masks[at]); break;
        case 5: status = radiomics_mask_within(context, from, other, &masks[at]); break;
        case 6: status = radiomics_mask_minus(context, from, other, &masks[at]); break;
        default: status = radiomics_mask_union(context, from, other, &masks[at]); break;
        }
        REQUIRE((status == RADIOMICS_STATUS_OK) == (masks[at] != NULL));
    }
    for (int at = 0; at < 4; ++at) {
        radiomics_mask_info info = RADIOMICS_MASK_INFO_INIT;
        REQUIRE((radiomics_mask_describe(masks[at], &info) == RADIOMICS_STATUS_OK) == (masks[at] != NULL));
        radiomics_mask_free(masks[at]);
    }
}

static void structs(input *in, const radiomics_settings *settings) {
    radiomics_image image = image_of(in, voxels, plain(voxels)), mask = image_of(in, labels, plain(labels));
    radiomics_table *table = NULL;
    radiomics_status status;
    const uint8_t which = byte(in);
    if (which == 77) {
        regions(in, settings);
        return;
    }
    if (which % 2) {
        status = radiomics_extract(context, &image, &mask, (int64_t)number(in), settings, &table);
    } else {
        const radiomics_image *images[] = {&image, &image};
        char names[2][4] = {{0}, {0}};
        const char *pointers[] = {names[0], names[1]};
        int64_t wanted[3];
        size_t stop = number(in);
        bytes(in, names[0], 3);
        bytes(in, names[1], 3);
        for (int at = 0; at < 3; ++at) wanted[at] = (int64_t)number(in);
        const uint8_t kind = byte(in);
        radiomics_job job;
        memset(&job, 0, sizeof job);
        job.struct_size = kind & 1 ? sizeof job : number(in);
        if (job.struct_size > sizeof job && job.struct_size <= 4096) job.struct_size = sizeof job;
        job.images = kind & 2 ? images : NULL;
        job.image_names = kind & 4 ? pointers : NULL;
        job.image_count = byte(in) % 3;
        job.mask = kind & 8 ? &mask : &image;
        job.labels = kind & 16 ? wanted : NULL;
        job.label_count = byte(in) % 4;
        job.settings = settings;
        job.progress = kind & 32 ? stop_at : NULL;
        job.user_data = &stop;
        job.memory_mb = byte(in) % 4 == 0 ? real(in) : 0;
        double values[2000];
        int32_t states[8];
        job.values = kind & 64 ? values : NULL;
        job.value_count = sizeof values / sizeof *values;
        job.states = kind & 128 ? states : NULL;
        job.state_count = byte(in) % 9;
        if (byte(in) % 4 == 0) job.masks = images, job.mask_count = byte(in) % 3, job.mask = NULL;
        status = radiomics_extract_many(context, &job, &table);
    }
    answered(status);
    REQUIRE((status == RADIOMICS_STATUS_OK) == (table != NULL));
    if (table) use_table(table, in);
}

static void texts(uint8_t kind, const char *text, input *in) {
    radiomics_settings *settings = NULL, *changed = NULL;
    int64_t label = 0;
    radiomics_status status;
    switch (kind % 6) {
    case 0: status = radiomics_settings_from_yaml(context, text, &settings); break;
    case 1: status = radiomics_settings_from_json(context, text, &settings); break;
    case 2: status = radiomics_settings_from_pyradiomics(context, text, &settings, &label); break;
    case 3: status = radiomics_settings_update(context, usual, text, &settings); break;
    case 4: status = radiomics_settings_from_profile(context, text, &settings); break;
    default: status = radiomics_settings_from_ibsi_configuration(context, text, &settings); break;
    }
    answered(status);
    REQUIRE((status == RADIOMICS_STATUS_OK) == (settings != NULL));
    if (!settings) return;
    /* What is written reads back the same. */
    char *yaml = NULL, *again = NULL;
    REQUIRE(radiomics_settings_to_yaml(context, settings, &yaml) == RADIOMICS_STATUS_OK);
    REQUIRE(radiomics_settings_from_yaml(context, yaml, &changed) == RADIOMICS_STATUS_OK);
    REQUIRE(radiomics_settings_to_yaml(context, changed, &again) == RADIOMICS_STATUS_OK);
    REQUIRE(strcmp(yaml, again) == 0);
    radiomics_string_free(yaml);
    radiomics_string_free(again);
    radiomics_settings_free(changed);
    /* Far neighbours and fine grids take long, as asked for: they are left out. */
    const char *quick = "{distances: [1], resample_spacing_mm: null}";
    REQUIRE(radiomics_settings_update(context, settings, quick, &changed) == RADIOMICS_STATUS_OK);
    if (kind / 6 % 2)
        images(in, changed, changed);
    else
        structs(in, changed);
    radiomics_settings_free(changed);
    radiomics_settings_free(settings);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    input in = {data, size};
    const uint8_t kind = byte(&in);
    /* What nobody is in any more cannot be stopped. */
    radiomics_context_cancel(kind % 2 ? context : NULL);
    if (kind % 3 == 0) {
        if (kind / 3 % 2)
            images(&in, three, few);
        else
            structs(&in, usual);
        return 0;
    }
    /* Text in front, up to a byte 1, and the fields of structs behind it. */
    const uint8_t *end = memchr(in.data, 1, in.size);
    const size_t length = end ? (size_t)(end - in.data) : in.size;
    char *text = malloc(length + 1);
    REQUIRE(text);
    memcpy(text, in.data, length);
    text[length] = 0;
    in.data += length;
    in.size -= length;
    texts(kind / 3, text, &in);
    free(text);
    return 0;
}
