/**
 * @file
 * radiomics-rs: radiomic features as standardised by IBSI. C interface.
 *
 * Generated from radiomics-ffi/src by `REGENERATE=1 cargo test -p radiomics-ffi`; do not edit.
 *
 * Rules that hold for every function:
 *  - Pointers are NULL or valid for the call. NULL where it is not allowed is answered by
 *    RADIOMICS_STATUS_INVALID_ARGUMENT. The library keeps no pointer beyond the call.
 *  - Outputs are written only when the status is RADIOMICS_STATUS_OK.
 *  - What a function makes is freed with the free function named beside it, which accepts NULL.
 *  - Structs begin with struct_size, their size in the header that the caller was compiled with. Each
 *    has a macro that sets it and makes all else 0, as fields that are not needed stay:
 *    `radiomics_job job = RADIOMICS_JOB_INIT;`. In C `{.struct_size = sizeof job, .mask = &mask}` is as good.
 *  - Text is UTF-8 and ends in NUL.
 *  - There is no global state: contexts share nothing, and results and settings never change.
 */

#ifndef RADIOMICS_H
#define RADIOMICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Version of this header, of which the library may have another: radiomics_version(). */
#define RADIOMICS_VERSION "0.1.0"
#define RADIOMICS_VERSION_MAJOR 0
#define RADIOMICS_VERSION_MINOR 1
#define RADIOMICS_VERSION_PATCH 0
/** Whether this header is of the given version or of a later one, for the preprocessor. */
#define RADIOMICS_VERSION_AT_LEAST(major, minor, patch)                                        \
    (RADIOMICS_VERSION_MAJOR > (major) ||                                                      \
     (RADIOMICS_VERSION_MAJOR == (major) &&                                                    \
      (RADIOMICS_VERSION_MINOR > (minor) ||                                                    \
       (RADIOMICS_VERSION_MINOR == (minor) && RADIOMICS_VERSION_PATCH >= (patch)))))

/**
 * Stands before each function. On Windows a program that uses the DLL may define RADIOMICS_DLL, which spares
 * its calls a jump; CMake's target does. Nothing has to be defined.
 */
#ifndef RADIOMICS_API
#if defined(_WIN32) && defined(RADIOMICS_DLL)
#define RADIOMICS_API __declspec(dllimport)
#elif !defined(_WIN32) && defined(__GNUC__)
#define RADIOMICS_API __attribute__((visibility("default")))
#else
#define RADIOMICS_API
#endif
#endif

// The structs of the Arrow C Data Interface, as other libraries may have defined them already.
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
    const char *format;
    const char *name;
    const char *metadata;
    int64_t flags;
    int64_t n_children;
    struct ArrowSchema **children;
    struct ArrowSchema *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};

struct ArrowArray {
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    const void **buffers;
    struct ArrowArray **children;
    struct ArrowArray *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};

#endif // ARROW_C_DATA_INTERFACE

// What structs begin as, to be changed field by field: struct_size is set, all else is 0.
#ifdef __cplusplus
extern "C++" {
namespace radiomics {
namespace detail {
template <class Struct> Struct sized() noexcept {
  Struct made{};
  made.struct_size = sizeof(Struct);
  return made;
}
}  // namespace detail
}  // namespace radiomics
}  // extern "C++"
#define RADIOMICS_INIT(type) ::radiomics::detail::sized<::type>()
#else
#define RADIOMICS_INIT(type) {.struct_size = sizeof(type)}
#endif  // __cplusplus
#define RADIOMICS_CONTEXT_OPTIONS_INIT RADIOMICS_INIT(radiomics_context_options)
#define RADIOMICS_IMAGE_INIT RADIOMICS_INIT(radiomics_image)
#define RADIOMICS_JOB_INIT RADIOMICS_INIT(radiomics_job)
#define RADIOMICS_ROW_INIT RADIOMICS_INIT(radiomics_row)
#define RADIOMICS_WARNING_INIT RADIOMICS_INIT(radiomics_warning)
#define RADIOMICS_OUTPUT_INIT RADIOMICS_INIT(radiomics_output)
#define RADIOMICS_MAPS_JOB_INIT RADIOMICS_INIT(radiomics_maps_job)
#define RADIOMICS_MAP_INIT RADIOMICS_INIT(radiomics_map)
#define RADIOMICS_FEATURE_INIT RADIOMICS_INIT(radiomics_feature)
#define RADIOMICS_COLUMN_INIT RADIOMICS_INIT(radiomics_column)
#define RADIOMICS_MATRIX_INIT RADIOMICS_INIT(radiomics_matrix)
#define RADIOMICS_OUTCOME_INIT RADIOMICS_INIT(radiomics_outcome)
#define RADIOMICS_LABEL_INIT RADIOMICS_INIT(radiomics_label)
#define RADIOMICS_SURFACE_INIT RADIOMICS_INIT(radiomics_surface)
#define RADIOMICS_MASK_INFO_INIT RADIOMICS_INIT(radiomics_mask_info)
#define RADIOMICS_KEY_INIT RADIOMICS_INIT(radiomics_key)
#define RADIOMICS_RELIABILITY_INIT RADIOMICS_INIT(radiomics_reliability)

/**
 * Version of this interface: it grows when functions, fields or codes are added. Nothing that is in the
 * interface is changed or removed while the library's soname stays the same.
 */
#define RADIOMICS_ABI_VERSION 8

/**
 * What became of a call. Numbers never change their meaning; later versions may add some.
 */
enum radiomics_status
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * The call did what it should, and outputs are written.
   */
  RADIOMICS_STATUS_OK = 0,
  /**
   * An argument cannot be used: a NULL or misaligned pointer, a struct_size that is not that of the
   * struct, an unknown code, a flag that is neither 0 nor 1, a list without members, text that is not
   * UTF-8, an index that is too large, a label or a name of an image given twice.
   */
  RADIOMICS_STATUS_INVALID_ARGUMENT = 1,
  /**
   * A mistake of this library: please report it. The context can still be used.
   */
  RADIOMICS_STATUS_INTERNAL = 2,
  /**
   * The progress callback or radiomics_context_cancel stopped the call.
   */
  RADIOMICS_STATUS_CANCELLED = 3,
  /**
   * The system refuses threads, or they were more than 1024.
   */
  RADIOMICS_STATUS_THREADS = 4,
  /**
   * Computed values deviate from the published ones (radiomics_verify).
   */
  RADIOMICS_STATUS_NOT_VERIFIED = 5,
  /**
   * An error that has no code of its own yet; the text says what it is.
   */
  RADIOMICS_STATUS_OTHER = 6,
  /**
   * The call needs more memory than there is, or than it may take; the text says how much, and what
   * to change. The context can still be used. Since RADIOMICS_ABI_VERSION 6.
   */
  RADIOMICS_STATUS_OUT_OF_MEMORY = 7,
  /**
   * The image has an axis without voxels.
   */
  RADIOMICS_STATUS_EMPTY_IMAGE = 20,
  /**
   * Spacing, origin or direction cannot be used.
   */
  RADIOMICS_STATUS_INVALID_GEOMETRY = 21,
  /**
   * Image and mask have different shapes.
   */
  RADIOMICS_STATUS_SHAPE_MISMATCH = 22,
  /**
   * Image and mask lie on different grids, or two masks do, whether their shapes are the same or not.
   */
  RADIOMICS_STATUS_GEOMETRY_MISMATCH = 23,
  /**
   * The mask is 0 everywhere.
   */
  RADIOMICS_STATUS_EMPTY_MASK = 24,
  /**
   * The label is not in the mask, or is 0, the background.
   */
  RADIOMICS_STATUS_LABEL_NOT_PRESENT = 25,
  /**
   * The mask holds fractions.
   */
  RADIOMICS_STATUS_FRACTIONAL_MASK = 26,
  /**
   * The image is NaN or infinite where the region is, or where a step of the settings looks.
   */
  RADIOMICS_STATUS_NON_FINITE_VOXELS = 27,
  /**
   * Too few voxels are left.
   */
  RADIOMICS_STATUS_REGION_TOO_SMALL = 28,
  /**
   * There is no setting of this name.
   */
  RADIOMICS_STATUS_UNKNOWN_SETTING = 40,
  /**
   * A setting, a filter, or a number such as a distance, a margin or a radius has a value that it cannot
   * take.
   */
  RADIOMICS_STATUS_INVALID_SETTING = 41,
  /**
   * The text is no YAML or JSON mapping.
   */
  RADIOMICS_STATUS_INVALID_DOCUMENT = 42,
  /**
   * A profile, family, feature, column, distance ... of this name does not exist.
   */
  RADIOMICS_STATUS_UNKNOWN_NAME = 43,
  /**
   * PyRadiomics parameters that are not available here.
   */
  RADIOMICS_STATUS_UNAVAILABLE = 44,
  /**
   * The settings do not suit the intensities: grey levels are too many or cannot be made.
   */
  RADIOMICS_STATUS_UNSUITABLE_DISCRETISATION = 45,
  /**
   * Interpolation would make too many voxels.
   */
  RADIOMICS_STATUS_GRID_TOO_LARGE = 46,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum radiomics_status radiomics_status;
#else
typedef int32_t radiomics_status;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * The number type of voxels.
 */
enum radiomics_dtype
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * uint8_t
   */
  RADIOMICS_DTYPE_U8 = 1,
  /**
   * int8_t
   */
  RADIOMICS_DTYPE_I8 = 2,
  /**
   * uint16_t
   */
  RADIOMICS_DTYPE_U16 = 3,
  /**
   * int16_t
   */
  RADIOMICS_DTYPE_I16 = 4,
  /**
   * uint32_t
   */
  RADIOMICS_DTYPE_U32 = 5,
  /**
   * int32_t
   */
  RADIOMICS_DTYPE_I32 = 6,
  /**
   * uint64_t
   */
  RADIOMICS_DTYPE_U64 = 7,
  /**
   * int64_t
   */
  RADIOMICS_DTYPE_I64 = 8,
  /**
   * float
   */
  RADIOMICS_DTYPE_F32 = 9,
  /**
   * double
   */
  RADIOMICS_DTYPE_F64 = 10,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum radiomics_dtype radiomics_dtype;
#else
typedef int32_t radiomics_dtype;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Whether a value is defined.
 */
enum radiomics_value_status
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * The value is defined.
   */
  RADIOMICS_VALUE_STATUS_OK = 0,
  /**
   * The feature is not defined for this region; the value is NaN.
   */
  RADIOMICS_VALUE_STATUS_UNDEFINED = 1,
  /**
   * Nothing of the region could be computed, as a warning of the code "failed" says; the value is NaN. Since
   * RADIOMICS_ABI_VERSION 7.
   */
  RADIOMICS_VALUE_STATUS_FAILED = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum radiomics_value_status radiomics_value_status;
#else
typedef int32_t radiomics_value_status;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Which voxels of a region are meant.
 */
enum radiomics_region_part
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * The image, interpolated, rounded and normalised as the settings say, in doubles.
   */
  RADIOMICS_REGION_PART_INTENSITIES = 1,
  /**
   * The region as drawn and interpolated, which shape is computed of: 1 in it, else 0, in bytes.
   */
  RADIOMICS_REGION_PART_MORPHOLOGICAL_MASK = 2,
  /**
   * What resegmentation leaves of it, which intensities are looked at in: 1 in it, else 0, in bytes.
   */
  RADIOMICS_REGION_PART_INTENSITY_MASK = 3,
  /**
   * Grey levels from 1, 0 outside of the region, in 16 bits.
   */
  RADIOMICS_REGION_PART_GREY_LEVELS = 4,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum radiomics_region_part radiomics_region_part;
#else
typedef int32_t radiomics_region_part;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Where a context computes. No number depends on it.
 */
enum radiomics_executor
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * On threads that the context starts and keeps.
   */
  RADIOMICS_EXECUTOR_THREADS = 0,
  /**
   * On the thread of the call alone; `threads` is not looked at.
   */
  RADIOMICS_EXECUTOR_INLINE = 1,
  /**
   * On threads of the caller by `parallel_for`, `threads` of them at a time. Progress is told after each
   * step, and not in between.
   */
  RADIOMICS_EXECUTOR_HOST = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum radiomics_executor radiomics_executor;
#else
typedef int32_t radiomics_executor;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Every feature there is. A catalogue is never changed, so any number of threads may read it.
 */
typedef struct radiomics_catalogue radiomics_catalogue;

/**
 * The columns of a table that is still to be computed. They are never changed, so any number of
 * threads may read them.
 */
typedef struct radiomics_columns radiomics_columns;

/**
 * Threads to compute on, and the text of the last failure. Contexts share nothing, so each may
 * be used at the same time as the others; one context is for one call at a time, but for
 * radiomics_context_cancel: another one is refused with RADIOMICS_STATUS_INVALID_ARGUMENT.
 */
typedef struct radiomics_context radiomics_context;

/**
 * Every key that settings have. The list is never changed, so any number of threads may read it.
 */
typedef struct radiomics_keys radiomics_keys;

/**
 * The labels of a mask, ascending. They are never changed, so any number of threads may read them.
 */
typedef struct radiomics_labels radiomics_labels;

/**
 * Feature maps of a region that are prepared: which there are and where they lie is known, values
 * are computed when asked for. It keeps no voxels of the caller and is never changed, so any number
 * of threads, each with its context, may use one at the same time.
 */
typedef struct radiomics_maps radiomics_maps;

/**
 * A mask that the library owns: a region of label 1 on the grid of the mask it was made of. It may have no
 * voxels. It is never changed, so any number of threads may use one at the same time.
 */
typedef struct radiomics_mask radiomics_mask;

/**
 * Texture matrices of a region. They are never changed, so any number of threads may read them.
 */
typedef struct radiomics_matrices radiomics_matrices;

/**
 * A region after preprocessing, with a margin of the image round it: the very voxels that its features are
 * computed of. It is never changed, so any number of threads may use one at the same time.
 */
typedef struct radiomics_region radiomics_region;

/**
 * Everything that determines the numbers, apart from image and mask. Settings are never changed, so any
 * number of threads may use them at the same time.
 */
typedef struct radiomics_settings radiomics_settings;

/**
 * Feature values, a row each. A table is never changed, so any number of threads may read it.
 */
typedef struct radiomics_table radiomics_table;

/**
 * A function of the caller's that calls `task(index, data)` with each index from 0 to below `n`, on any threads,
 * its own included, and returns when all of these calls have returned. Tasks do not wait for each other. It is
 * called on the thread of the call that the context is in, and lives as long as the context.
 */
typedef void (*radiomics_parallel_for)(size_t n,
                                       void (*task)(size_t index, void *data),
                                       void *data,
                                       void *host);

/**
 * How a context is made. All fields 0, apart from struct_size, are the usual choice.
 */
typedef struct radiomics_context_options {
  /**
   * sizeof(radiomics_context_options), to be set by the caller.
   */
  size_t struct_size;
  /**
   * Number of threads, at most 1024; 0 means as many as the machine has. No number depends on
   * it.
   */
  size_t threads;
  /**
   * Where to compute: a radiomics_executor, 0 being threads of the context. Since RADIOMICS_ABI_VERSION 8, as
   * what follows.
   */
  int32_t executor;
  /**
   * Padding.
   */
  int32_t reserved;
  /**
   * With RADIOMICS_EXECUTOR_HOST the function that the context computes by; else NULL.
   */
  radiomics_parallel_for parallel_for;
  /**
   * What is handed on to `parallel_for` as `host`.
   */
  void *host;
} radiomics_context_options;

/**
 * An image or a mask: the caller's voxels and where they lie. Triples are in (z, y, x) order,
 * slices first, and component 0 of a position is the patient's z. The centre of voxel (k, j, i)
 * lies at origin_mm + direction * (spacing_mm * (k, j, i)).
 *
 * The voxels are borrowed for the call and not copied as a whole; nobody may write to them
 * meanwhile. A mask holds whole-number labels, 0 being the background.
 */
typedef struct radiomics_image {
  /**
   * sizeof(radiomics_image), to be set by the caller.
   */
  size_t struct_size;
  /**
   * Pointer to the voxel (0, 0, 0), aligned as its type asks for.
   */
  const void *data;
  /**
   * Number type of the voxels, a radiomics_dtype.
   */
  int32_t dtype;
  /**
   * Reserved for later versions: must be 0.
   */
  int32_t reserved;
  /**
   * Number of voxels along (z, y, x).
   */
  size_t shape[3];
  /**
   * Steps in voxels, not bytes, from a voxel to its neighbour along (z, y, x); they may be negative.
   * All 0 means contiguous voxels: `(shape[1] * shape[2], shape[2], 1)`. Otherwise 0 is only for an axis
   * of one voxel, whose stride is not looked at: on a longer one it is refused with
   * RADIOMICS_STATUS_INVALID_ARGUMENT.
   */
  ptrdiff_t strides[3];
  /**
   * Distance in mm between voxel centres along (z, y, x).
   */
  double spacing_mm[3];
  /**
   * Position (z, y, x) in mm of the centre of voxel (0, 0, 0).
   */
  double origin_mm[3];
  /**
   * Direction cosines: column c is the direction, in (z, y, x) components, of axis c. The three are
   * of length 1 and perpendicular, to three decimals. All 0 means that the axes run along the
   * patient's.
   */
  double direction[3][3];
} radiomics_image;

/**
 * A callback that is told that `done` of `total` steps are done, and returns 0 to go on, anything else
 * to cancel; of the last call, when all are done, the answer is not looked at. It is called on the thread
 * of the call that it belongs to, with `done` never going down, and at least every 0.1 s. It must not call
 * a function with that context, but for radiomics_context_cancel.
 */
typedef int32_t (*radiomics_progress)(size_t done, size_t total, void *user_data);

/**
 * What to extract. Fields that are not needed stay 0.
 */
typedef struct radiomics_job {
  /**
   * sizeof(radiomics_job), to be set by the caller.
   */
  size_t struct_size;
  /**
   * Pointers to image_count images on one grid, that of the mask.
   */
  const struct radiomics_image *const *images;
  /**
   * A name for each image, all different and none of them empty: it becomes the `image` of its rows. NULL is fine for
   * one image, which is then "original".
   */
  const char *const *image_names;
  /**
   * Number of images.
   */
  size_t image_count;
  /**
   * The mask, which holds the labels; NULL if there are several.
   */
  const struct radiomics_image *mask;
  /**
   * The labels whose voxels are the regions, each once; NULL means every label of the mask, ascending. They
   * are those of each of several masks.
   */
  const int64_t *labels;
  /**
   * Number of labels; 0 if `labels` is NULL, and only then.
   */
  size_t label_count;
  /**
   * The settings, which determine the numbers.
   */
  const struct radiomics_settings *settings;
  /**
   * A callback that is told of progress and may cancel; may be NULL.
   */
  radiomics_progress progress;
  /**
   * What is handed on to `progress`.
   */
  void *user_data;
  /**
   * Megabytes (10^6 bytes) that the call may take beside what it is given and what it returns; 0 for what
   * the machine has free. What needs more is refused, with RADIOMICS_STATUS_OUT_OF_MEMORY. Since
   * RADIOMICS_ABI_VERSION 6.
   */
  double memory_mb;
  /**
   * 1 for a region that cannot be computed to keep its rows, NaN with RADIOMICS_VALUE_STATUS_FAILED, and
   * to have a warning of the code "failed" that says why; 0 for it to fail the call. Since
   * RADIOMICS_ABI_VERSION 7.
   */
  int32_t record_failures;
  /**
   * Padding.
   */
  int32_t reserved;
  /**
   * Pointers to mask_count masks instead of one, on the grid of the images: rows come mask by mask. All regions share
   * what is computed of whole images. Since RADIOMICS_ABI_VERSION 8, as what follows.
   */
  const struct radiomics_image *const *masks;
  /**
   * Number of masks; 0 if `masks` is NULL, and only then.
   */
  size_t mask_count;
  /**
   * Memory of the caller for the values of the table, in its order, or NULL. Those of a label are there as
   * soon as they are computed, of labels that share a filter's response together; what a call that fails has
   * written stays.
   */
  double *values;
  /**
   * The same for values in 32 bits. Only one of the two may be given.
   */
  float *float_values;
  /**
   * Number of values that there is room for: at least radiomics_columns_length for each label of each mask.
   */
  size_t value_count;
  /**
   * Memory of the caller for a radiomics_status for each label of each mask, or NULL: it is written after
   * the values of the label, and may be looked at in the callback. Of several images, one that fails decides.
   */
  int32_t *states;
  /**
   * Number of states that there is room for.
   */
  size_t state_count;
} radiomics_job;

/**
 * One value and what it is of. The texts are UTF-8 and live as long as the table.
 */
typedef struct radiomics_row {
  /**
   * sizeof(radiomics_row), to be set by the caller.
   */
  size_t struct_size;
  /**
   * Label of the region.
   */
  int64_t label;
  /**
   * The value; NaN where the feature is undefined.
   */
  double value;
  /**
   * Whether the value is defined, a radiomics_value_status.
   */
  int32_t status;
  /**
   * Reserved for later versions: 0.
   */
  int32_t reserved;
  /**
   * A name unique among the rows of a label: image_family_feature, _aggregation for texture, and
   * the discretisation where there are several.
   */
  const char *column;
  /**
   * Name of the image: "original", or as the job says.
   */
  const char *image;
  /**
   * Name of the family, such as "glcm".
   */
  const char *family;
  /**
   * Name of the feature within its family.
   */
  const char *feature;
  /**
   * What the feature is aggregated over, such as "3D_avg"; empty for the region as a whole.
   */
  const char *aggregation;
  /**
   * IBSI identifier of the feature; empty if IBSI has none.
   */
  const char *ibsi_id;
  /**
   * IBSI identifier of the value that the feature's parameter has; empty for most features.
   */
  const char *ibsi_parameter_id;
  /**
   * PyRadiomics' name of the feature; NULL if it has none.
   */
  const char *pyradiomics;
  /**
   * Which one of several discretisations the value is of, such as "bin_width_25" or "bin_number_32";
   * empty if the settings have one alone, or if the feature does not depend on it. Since
   * RADIOMICS_ABI_VERSION 3.
   */
  const char *discretisation;
  /**
   * Why the value is undefined: "nothing_counted" if the region has nothing of what the matrix
   * counts, "not_defined" if the formula has no value for it, "single_slice" or "several_slices" if the
   * feature is one of a volume or of a slice and the region is not, "failed" if nothing of the region could
   * be computed; empty if it is defined. Since RADIOMICS_ABI_VERSION 4.
   */
  const char *reason;
  /**
   * Which of the masks of the job the label is of, from 0. Since RADIOMICS_ABI_VERSION 8.
   */
  size_t mask;
} radiomics_row;

/**
 * Something about a region that makes its values doubtful, though each of them is what it says. The
 * texts are UTF-8 and live as long as the table. Since RADIOMICS_ABI_VERSION 5.
 */
typedef struct radiomics_warning {
  /**
   * sizeof(radiomics_warning), to be set by the caller.
   */
  size_t struct_size;
  /**
   * Label of the region.
   */
  int64_t label;
  /**
   * Kind of the warning, for programs: "mask_like_image", "region_at_border", "single_slice",
   * "volume_changed", "narrow_range", "small_region", "single_level", "few_levels", "many_levels", or
   * "failed" for a region that could not be computed; later versions may have others.
   */
  const char *code;
  /**
   * The image whose values are doubtful, as the `image` of its rows.
   */
  const char *image;
  /**
   * What was found, and what can be done about it, for people.
   */
  const char *message;
  /**
   * Which of the masks of the job the label is of, from 0. Since RADIOMICS_ABI_VERSION 8.
   */
  size_t mask;
} radiomics_warning;

/**
 * What became of a label of a mask in an image. The texts are UTF-8 and live as long as the table. Since
 * RADIOMICS_ABI_VERSION 8.
 */
typedef struct radiomics_outcome {
  /**
   * sizeof(radiomics_outcome), to be set by the caller.
   */
  size_t struct_size;
  /**
   * Which of the masks, from 0.
   */
  size_t mask;
  /**
   * The label.
   */
  int64_t label;
  /**
   * Name of the image.
   */
  const char *image;
  /**
   * The first of its rows.
   */
  size_t first_row;
  /**
   * The number of its rows.
   */
  size_t row_count;
  /**
   * Why it has no values, a radiomics_status; RADIOMICS_STATUS_OK if it has them.
   */
  int32_t status;
  /**
   * Reserved for later versions: 0.
   */
  int32_t reserved;
  /**
   * What is wrong, for people; empty if nothing is.
   */
  const char *text;
} radiomics_outcome;

/**
 * Where responses or maps go: a buffer for each, in memory of the caller. Values are written one after the
 * other, x fastest, when all are computed: a call that fails or is cancelled leaves the buffers as they
 * were, unless `as_they_come` is set.
 */
typedef struct radiomics_output {
  /**
   * sizeof(radiomics_output), to be set by the caller.
   */
  size_t struct_size;
  /**
   * Pointers to buffer_count buffers that do not overlap: one for each response or map, in their
   * order, or NULL for one that is not wanted.
   */
  double *const *buffers;
  /**
   * Number of responses or maps.
   */
  size_t buffer_count;
  /**
   * Number of doubles that each buffer has room for: at least one for each voxel.
   */
  size_t buffer_length;
  /**
   * The value of a map where the region is not, such as NAN. Responses do not need it.
   */
  double outside;
  /**
   * A callback that is told of progress and may cancel; may be NULL. A step is a response, or a voxel
   * of the maps.
   */
  radiomics_progress progress;
  /**
   * What is handed on to `progress`.
   */
  void *user_data;
  /**
   * Megabytes (10^6 bytes) that the call may take beside what it is given and what it returns; 0 for what
   * the machine has free. What needs more is refused, with RADIOMICS_STATUS_OUT_OF_MEMORY. Since
   * RADIOMICS_ABI_VERSION 6.
   */
  double memory_mb;
  /**
   * Buffers of floats instead of `buffers`, which are then NULL: values are rounded to 32 bits. Since
   * RADIOMICS_ABI_VERSION 8.
   */
  float *const *float_buffers;
  /**
   * 1 for values to be written as they are computed, which spares the library the memory for them: what a
   * call that fails leaves in the buffers is then anything. Since RADIOMICS_ABI_VERSION 8.
   */
  int32_t as_they_come;
  /**
   * Padding.
   */
  int32_t reserved;
} radiomics_output;

/**
 * What to make maps of. Fields that are not needed stay 0.
 */
typedef struct radiomics_maps_job {
  /**
   * sizeof(radiomics_maps_job), to be set by the caller.
   */
  size_t struct_size;
  /**
   * The image that maps are made of.
   */
  const struct radiomics_image *image;
  /**
   * The mask, on the grid of the image.
   */
  const struct radiomics_image *mask;
  /**
   * The label whose voxels are the region.
   */
  int64_t label;
  /**
   * The settings, which determine the numbers. The features that they ask for, by default all that
   * can, have a map for each aggregation; of filters there is one.
   */
  const struct radiomics_settings *settings;
  /**
   * Number of voxels that the window has on either side of its centre, at most 15; 0 means 1, for 27
   * voxels in all.
   */
  size_t radius;
  /**
   * 1 for a window that is one voxel thick across slices, else 0.
   */
  int32_t in_plane;
  /**
   * 0 for windows that end where the region ends; 1 for voxels round the region to count as well.
   */
  int32_t unmasked;
  /**
   * A callback that is told of progress in radiomics_maps_new and may cancel; may be NULL. Since
   * RADIOMICS_ABI_VERSION 6.
   */
  radiomics_progress progress;
  /**
   * What is handed on to `progress`. Since RADIOMICS_ABI_VERSION 6.
   */
  void *user_data;
  /**
   * Megabytes (10^6 bytes) that radiomics_maps_new may take beside what it is given; 0 for what the
   * machine has free. What needs more is refused, with RADIOMICS_STATUS_OUT_OF_MEMORY. Since
   * RADIOMICS_ABI_VERSION 6.
   */
  double memory_mb;
} radiomics_maps_job;

/**
 * What a map is of. The texts are UTF-8 and live as long as the maps.
 */
typedef struct radiomics_map {
  /**
   * sizeof(radiomics_map), to be set by the caller.
   */
  size_t struct_size;
  /**
   * A name unique among the maps: image_family_feature, and _aggregation for texture.
   */
  const char *column;
  /**
   * Name of the image: "original", or that of a filter.
   */
  const char *image;
  /**
   * Name of the family, such as "glcm".
   */
  const char *family;
  /**
   * Name of the feature within its family.
   */
  const char *feature;
  /**
   * What the feature is aggregated over within a window, such as "3D_avg"; empty for the window as a
   * whole.
   */
  const char *aggregation;
  /**
   * IBSI identifier of the feature; empty if IBSI has none.
   */
  const char *ibsi_id;
  /**
   * IBSI identifier of the value that the feature's parameter has; empty for most features.
   */
  const char *ibsi_parameter_id;
  /**
   * PyRadiomics' name of the feature; NULL if it has none.
   */
  const char *pyradiomics;
} radiomics_map;

/**
 * What is known of a feature, apart from its formula. The texts are UTF-8 and live as long as the
 * catalogue.
 */
typedef struct radiomics_feature {
  /**
   * sizeof(radiomics_feature), to be set by the caller.
   */
  size_t struct_size;
  /**
   * Name of the family.
   */
  const char *family;
  /**
   * IBSI identifier of the family; empty if IBSI has no such family.
   */
  const char *family_ibsi_id;
  /**
   * Name of the feature within its family.
   */
  const char *name;
  /**
   * IBSI identifier of the feature; empty if IBSI has none.
   */
  const char *ibsi_id;
  /**
   * IBSI identifier of the value that the feature's parameter has; empty for most features.
   */
  const char *ibsi_parameter_id;
  /**
   * PyRadiomics' name of the feature; NULL if it has none.
   */
  const char *pyradiomics;
  /**
   * What the feature is, in a line.
   */
  const char *summary;
  /**
   * The aggregations that the feature comes in, separated by commas; empty for the region as a whole.
   */
  const char *aggregations;
} radiomics_feature;

/**
 * What a value is of. The texts are UTF-8 and live as long as the columns. Since
 * RADIOMICS_ABI_VERSION 4.
 */
typedef struct radiomics_column {
  /**
   * sizeof(radiomics_column), to be set by the caller.
   */
  size_t struct_size;
  /**
   * A name unique among the columns: image_family_feature, _aggregation for texture, and the
   * discretisation where there are several.
   */
  const char *column;
  /**
   * Name of the image: "original", or that of a filter, after the name of the image if it has one.
   */
  const char *image;
  /**
   * Name of the family, such as "glcm".
   */
  const char *family;
  /**
   * Name of the feature within its family.
   */
  const char *feature;
  /**
   * What the feature is aggregated over, such as "3D_avg"; empty for the region as a whole.
   */
  const char *aggregation;
  /**
   * IBSI identifier of the feature; empty if IBSI has none.
   */
  const char *ibsi_id;
  /**
   * IBSI identifier of the value that the feature's parameter has; empty for most features.
   */
  const char *ibsi_parameter_id;
  /**
   * PyRadiomics' name of the feature; NULL if it has none.
   */
  const char *pyradiomics;
  /**
   * Which one of several discretisations the value is of, such as "bin_width_25"; empty if the
   * settings have one alone, or if the feature does not depend on it.
   */
  const char *discretisation;
} radiomics_column;

/**
 * A texture matrix of one slice or of the volume, and of one direction if the family has them. What
 * it points to lives as long as the matrices. Since RADIOMICS_ABI_VERSION 4.
 */
typedef struct radiomics_matrix {
  /**
   * sizeof(radiomics_matrix), to be set by the caller.
   */
  size_t struct_size;
  /**
   * Name of the family, such as "glcm".
   */
  const char *family;
  /**
   * The slice of the region's bounding box that the matrix was counted over; -1 for the volume.
   */
  int64_t slice;
  /**
   * 1 if the matrix is of one direction, which `offset` is, else 0.
   */
  int32_t has_offset;
  /**
   * Steps (z, y, x) to the neighbour; all 0 for a matrix without a direction. The GLCM counts each
   * pair of neighbours in both orders, unless glcm_symmetric is off.
   */
  int32_t offset[3];
  /**
   * Number of cells that are not 0.
   */
  size_t cell_count;
  /**
   * Grey level i of each cell, from 1.
   */
  const uint16_t *levels;
  /**
   * Grey level j (GLCM), run length, zone size, zone distance or dependence of each cell, from 1; for
   * NGTDM n_i, the number of voxels of the level that have neighbours.
   */
  const uint64_t *columns;
  /**
   * Number of occurrences of each cell; for NGTDM s_i, the sum of differences from the neighbours' mean.
   */
  const double *values;
} radiomics_matrix;

/**
 * A label of a mask: how many voxels it has, and where. Since RADIOMICS_ABI_VERSION 8.
 */
typedef struct radiomics_label {
  /**
   * sizeof(radiomics_label), to be set by the caller.
   */
  size_t struct_size;
  /**
   * The label, which is not 0.
   */
  int64_t label;
  /**
   * Number of voxels.
   */
  size_t voxels;
  /**
   * First voxel (z, y, x) of the smallest box that holds them.
   */
  size_t first[3];
  /**
   * Number of voxels of that box along (z, y, x).
   */
  size_t shape[3];
} radiomics_label;

/**
 * The surface mesh of a region, as volume and area are computed of it. What it points to lives as long as
 * the region. Since RADIOMICS_ABI_VERSION 8.
 */
typedef struct radiomics_surface {
  /**
   * sizeof(radiomics_surface), to be set by the caller.
   */
  size_t struct_size;
  /**
   * Number of vertices.
   */
  size_t vertex_count;
  /**
   * Positions of the vertices in mm, three numbers (z, y, x) each.
   */
  const double *vertices;
  /**
   * Number of triangles.
   */
  size_t triangle_count;
  /**
   * The vertices of the triangles, three numbers each, counter-clockwise as seen from outside, where x, y and z
   * are right-handed.
   */
  const uint32_t *triangles;
} radiomics_surface;

/**
 * What a mask has, and what making it changed, in voxels. Since RADIOMICS_ABI_VERSION 8.
 */
typedef struct radiomics_mask_info {
  /**
   * sizeof(radiomics_mask_info), to be set by the caller.
   */
  size_t struct_size;
  /**
   * Number of voxels.
   */
  size_t voxels;
  /**
   * Volume of the voxels in mm^3.
   */
  double volume_mm3;
  /**
   * Voxels of the mask that it was made of.
   */
  size_t before;
  /**
   * Voxels that it would have besides if the image went on beyond its edge.
   */
  size_t beyond_edge;
} radiomics_mask_info;

/**
 * What is known of a setting. The texts are UTF-8 and live as long as the list. Since RADIOMICS_ABI_VERSION
 * 8.
 */
typedef struct radiomics_key {
  /**
   * sizeof(radiomics_key), to be set by the caller.
   */
  size_t struct_size;
  /**
   * Name of the key in documents.
   */
  const char *name;
  /**
   * What the setting does, in a line.
   */
  const char *summary;
  /**
   * What values it takes, in words.
   */
  const char *takes;
  /**
   * The other setting without which it is refused, in words; NULL if there is none.
   */
  const char *only_with;
  /**
   * Identifiers of the IBSI reference manual that it has to do with; empty if there are none.
   */
  const char *ibsi;
  /**
   * Its value in the profile "ibsi", as JSON, which is YAML as well.
   */
  const char *ibsi_value;
  /**
   * Its value in the profile "pyradiomics", as JSON.
   */
  const char *pyradiomics_value;
} radiomics_key;

/**
 * Intraclass correlations of single measurements, with their confidence bounds; NaN where undefined. Since
 * RADIOMICS_ABI_VERSION 8.
 */
typedef struct radiomics_reliability {
  /**
   * sizeof(radiomics_reliability), to be set by the caller.
   */
  size_t struct_size;
  /**
   * ICC(1,1), one-way random effects: the estimate, its lower and its upper bound.
   */
  double icc_1_1[3];
  /**
   * ICC(2,1), two-way random effects, absolute agreement.
   */
  double icc_2_1[3];
  /**
   * ICC(3,1), two-way mixed effects, consistency.
   */
  double icc_3_1[3];
  /**
   * Number of cases that all raters have a finite value for; no others count.
   */
  size_t cases;
} radiomics_reliability;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * Version of the library, such as "0.1.0": static text that the caller must not free.
 */
RADIOMICS_API const char *radiomics_version(void);

/**
 * RADIOMICS_ABI_VERSION of the library that is linked; the macro is that of the header.
 */
RADIOMICS_API uint32_t radiomics_abi_version(void);

/**
 * What a code means, in a line: static text that the caller must not free. The text for an
 * unknown code says so.
 */
RADIOMICS_API const char *radiomics_status_text(int32_t status);

/**
 * Makes a context, which starts its threads. `options` may be NULL for the usual choice. What went wrong
 * if there is none is radiomics_last_error(NULL).
 */
RADIOMICS_API
radiomics_status radiomics_context_new(const struct radiomics_context_options *options,
                                       struct radiomics_context **context);

/**
 * Stops what runs with the context at this moment, within 0.2 s: its status is then
 * RADIOMICS_STATUS_CANCELLED, and its outputs stay as they were. What begins later is not affected. It may
 * be called from any thread, from a progress callback and from the handler of a signal, while the context
 * lives; NULL is fine. Since RADIOMICS_ABI_VERSION 6.
 */
RADIOMICS_API
void radiomics_context_cancel(const struct radiomics_context *context);

/**
 * Frees a context and ends its threads; NULL is fine. Not to be called from a progress callback.
 */
RADIOMICS_API void radiomics_context_free(struct radiomics_context *context);

/**
 * What went wrong in the last call with this context that failed: the values at fault and the
 * remedy, in UTF-8. Empty if none failed. Valid until the next failing call with the context, or until
 * it is freed. For NULL the same of the calls of this thread that take no context, valid until the next
 * of those that fails; before RADIOMICS_ABI_VERSION 5 it was empty.
 */
RADIOMICS_API
const char *radiomics_last_error(const struct radiomics_context *context);

/**
 * Makes the settings of a profile: "ibsi", "pyradiomics", or "ibsi_2d" for images and regions of a single slice.
 */
RADIOMICS_API
radiomics_status radiomics_settings_from_profile(struct radiomics_context *context,
                                                 const char *profile,
                                                 struct radiomics_settings **settings);

/**
 * Makes the settings of a reference configuration of IBSI 1: "digital_phantom", or "A" to "E" for the CT
 * phantom.
 */
RADIOMICS_API
radiomics_status radiomics_settings_from_ibsi_configuration(struct radiomics_context *context,
                                                            const char *name,
                                                            struct radiomics_settings **settings);

/**
 * Reads settings from a YAML 1.2 document, which may be JSON: the keys are those of the Python package
 * and of the command line.
 */
RADIOMICS_API
radiomics_status radiomics_settings_from_yaml(struct radiomics_context *context,
                                              const char *yaml,
                                              struct radiomics_settings **settings);

/**
 * Reads settings from a JSON document.
 */
RADIOMICS_API
radiomics_status radiomics_settings_from_json(struct radiomics_context *context,
                                              const char *json,
                                              struct radiomics_settings **settings);

/**
 * Reads settings from the text of a PyRadiomics parameter file, YAML or JSON. `label` becomes the label
 * that the file names, 1 if it names none; it may be NULL if it is not wanted.
 */
RADIOMICS_API
radiomics_status radiomics_settings_from_pyradiomics(struct radiomics_context *context,
                                                     const char *parameters,
                                                     struct radiomics_settings **settings,
                                                     int64_t *label);

/**
 * Makes new settings: those of `base`, with the ones replaced that a YAML document names.
 */
RADIOMICS_API
radiomics_status radiomics_settings_update(struct radiomics_context *context,
                                           const struct radiomics_settings *base,
                                           const char *yaml,
                                           struct radiomics_settings **settings);

/**
 * Writes all settings as a YAML document, to be freed with radiomics_string_free.
 */
RADIOMICS_API
radiomics_status radiomics_settings_to_yaml(struct radiomics_context *context,
                                            const struct radiomics_settings *settings,
                                            char **yaml);

/**
 * Writes all settings as a JSON document, to be freed with radiomics_string_free.
 */
RADIOMICS_API
radiomics_status radiomics_settings_to_json(struct radiomics_context *context,
                                            const struct radiomics_settings *settings,
                                            char **json);

/**
 * The name of filter `index`, from 0, of the settings, which is the image of its rows and maps: such as
 * "log-1.5mm-3D", or "original" for the image as it is. The name lives as long as the settings; it is
 * NULL if there are not so many filters, or for NULL.
 */
RADIOMICS_API
const char *radiomics_settings_filter_name(const struct radiomics_settings *settings,
                                           size_t index);

/**
 * Frees settings; NULL is fine.
 */
RADIOMICS_API void radiomics_settings_free(struct radiomics_settings *settings);

/**
 * Frees a text that a function handed out as `char *`; NULL is fine.
 */
RADIOMICS_API void radiomics_string_free(char *text);

/**
 * Computes the features of the voxels of `mask` that have `label`. The table is to be freed
 * with radiomics_table_free.
 */
RADIOMICS_API
radiomics_status radiomics_extract(struct radiomics_context *context,
                                   const struct radiomics_image *image,
                                   const struct radiomics_image *mask,
                                   int64_t label,
                                   const struct radiomics_settings *settings,
                                   struct radiomics_table **table);

/**
 * Computes the features of one or many labels in one or many images: the rows of the table come
 * label by label, and for each label image by image. The table is to be freed with
 * radiomics_table_free. If one region fails, the whole call does, and the text of the error says
 * where, unless the job says otherwise.
 */
RADIOMICS_API
radiomics_status radiomics_extract_many(struct radiomics_context *context,
                                        const struct radiomics_job *job,
                                        struct radiomics_table **table);

/**
 * The number of rows; 0 for NULL.
 */
RADIOMICS_API size_t radiomics_table_length(const struct radiomics_table *table);

/**
 * Writes row `index`, from 0: label by label, image by image, and there in the order of the catalogue. A
 * family that depends on the discretisation has its rows once for each of several. Set
 * `row->struct_size` first.
 */
RADIOMICS_API
radiomics_status radiomics_table_row(const struct radiomics_table *table,
                                     size_t index,
                                     struct radiomics_row *row);

/**
 * The number of warnings, which say what makes values doubtful; 0 for NULL. Since RADIOMICS_ABI_VERSION 5.
 */
RADIOMICS_API
size_t radiomics_table_warning_count(const struct radiomics_table *table);

/**
 * Writes warning `index`, from 0: label by label, in the order in which they were found. Set
 * `warning->struct_size` first. Since RADIOMICS_ABI_VERSION 5.
 */
RADIOMICS_API
radiomics_status radiomics_table_warning(const struct radiomics_table *table,
                                         size_t index,
                                         struct radiomics_warning *warning);

/**
 * Finds the row of a label that has this column name; with several masks, of the first one that has the label.
 * The status is RADIOMICS_STATUS_UNKNOWN_NAME if there is none, and radiomics_last_error(NULL) says whether it is
 * the mask, the label or the column that the table has not.
 */
RADIOMICS_API
radiomics_status radiomics_table_find(const struct radiomics_table *table,
                                      int64_t label,
                                      const char *column,
                                      size_t *index);

/**
 * The same of a label of mask `mask`, from 0. Since RADIOMICS_ABI_VERSION 8.
 */
RADIOMICS_API
radiomics_status radiomics_table_find_in(const struct radiomics_table *table,
                                         size_t mask,
                                         int64_t label,
                                         const char *column,
                                         size_t *index);

/**
 * The values of all rows, radiomics_table_length of them one after the other, which live as long as the
 * table; NULL for NULL or an empty table.
 */
RADIOMICS_API
const double *radiomics_table_values(const struct radiomics_table *table);

/**
 * Exports the table through the Arrow C Data Interface: a struct array with the columns label,
 * column, image, family, feature, aggregation, ibsi_id, value and defined; with several masks there is
 * one more behind the label, mask, and with several discretisations one more at the end,
 * discretisation. Both structs are overwritten and own what they point
 * to, so the table may be freed before they are released.
 */
RADIOMICS_API
radiomics_status radiomics_table_to_arrow(const struct radiomics_table *table,
                                          struct ArrowArray *array,
                                          struct ArrowSchema *schema);

/**
 * Frees a table; NULL is fine.
 */
RADIOMICS_API void radiomics_table_free(struct radiomics_table *table);

/**
 * The number of regions, each label of each mask in each image being one; 0 for NULL. Since
 * RADIOMICS_ABI_VERSION 8.
 */
RADIOMICS_API size_t radiomics_table_outcome_count(const struct radiomics_table *table);

/**
 * Writes what became of region `index`, from 0, in the order of the rows. Set `outcome->struct_size` first.
 * Since RADIOMICS_ABI_VERSION 8.
 */
RADIOMICS_API
radiomics_status radiomics_table_outcome(const struct radiomics_table *table,
                                         size_t index,
                                         struct radiomics_outcome *outcome);

/**
 * Writes where the values are from as a JSON document: the library's version, the grids of images and masks,
 * labels, and all settings. With it and the voxels they can be computed again. It is to be freed with
 * radiomics_string_free. Since RADIOMICS_ABI_VERSION 8.
 */
RADIOMICS_API
radiomics_status radiomics_table_provenance(const struct radiomics_table *table,
                                            char **json);

/**
 * Writes the table as a JSON document: `provenance`, as radiomics_table_provenance writes it, `rows` with all
 * that a row has, where an undefined value is null, and `warnings`. Rows and warnings say which `mask` they are
 * of, from 0. It is to be freed with radiomics_string_free. Since RADIOMICS_ABI_VERSION 8.
 */
RADIOMICS_API
radiomics_status radiomics_table_to_json(const struct radiomics_table *table,
                                         char **json);

/**
 * Writes the table as the text of a CSV file, a row a value, with a line of names first: label, column, image,
 * family, feature, aggregation, discretisation, ibsi_id, value, status and reason. With several masks there is one
 * more behind the label, mask, from 0. An undefined value is an empty field. It is to be freed with radiomics_string_free. Since RADIOMICS_ABI_VERSION 8.
 */
RADIOMICS_API
radiomics_status radiomics_table_to_csv(const struct radiomics_table *table,
                                        char **csv);

/**
 * Computes the responses of the filters of `settings` (the key `filters`) to a whole image. Each
 * has the shape of the image and lies where the image lies; what they are called is
 * radiomics_settings_filter_name. No other setting matters: the image is neither interpolated nor
 * rounded. Filters whose buffer is NULL are not computed.
 */
RADIOMICS_API
radiomics_status radiomics_filter(struct radiomics_context *context,
                                  const struct radiomics_image *image,
                                  const struct radiomics_settings *settings,
                                  const struct radiomics_output *output);

/**
 * Prepares feature maps: a value for each voxel of the region, computed of the window round it. The
 * region is preprocessed, filtered and discretised here, and windows are gone through in
 * radiomics_maps_compute. The maps are to be freed with radiomics_maps_free.
 */
RADIOMICS_API
radiomics_status radiomics_maps_new(struct radiomics_context *context,
                                    const struct radiomics_maps_job *job,
                                    struct radiomics_maps **maps);

/**
 * The number of maps; 0 for NULL.
 */
RADIOMICS_API size_t radiomics_maps_length(const struct radiomics_maps *maps);

/**
 * Writes what map `index`, from 0, is of. Set `map->struct_size` first.
 */
RADIOMICS_API
radiomics_status radiomics_maps_map(const struct radiomics_maps *maps,
                                    size_t index,
                                    struct radiomics_map *map);

/**
 * Writes where the maps lie: on the bounding box of the region, on the grid after interpolation. `image`
 * becomes the description of an image of doubles whose `data` are NULL: a map needs a buffer of
 * `shape[0] * shape[1] * shape[2]`, and is an image like any other once `data` points to that. Set
 * `image->struct_size` first.
 */
RADIOMICS_API
radiomics_status radiomics_maps_image(const struct radiomics_maps *maps,
                                      struct radiomics_image *image);

/**
 * Computes the values of the maps. Voxels for which a feature is not defined are NAN.
 */
RADIOMICS_API
radiomics_status radiomics_maps_compute(struct radiomics_context *context,
                                        const struct radiomics_maps *maps,
                                        const struct radiomics_output *output);

/**
 * Frees maps; NULL is fine.
 */
RADIOMICS_API void radiomics_maps_free(struct radiomics_maps *maps);

/**
 * Makes a list of all features, to be freed with radiomics_catalogue_free.
 */
RADIOMICS_API radiomics_status radiomics_catalogue_new(struct radiomics_catalogue **catalogue);

/**
 * The number of features; 0 for NULL.
 */
RADIOMICS_API size_t radiomics_catalogue_length(const struct radiomics_catalogue *catalogue);

/**
 * Writes feature `index`, from 0, in the order of the tables' rows. Set `feature->struct_size` first.
 */
RADIOMICS_API
radiomics_status radiomics_catalogue_feature(const struct radiomics_catalogue *catalogue,
                                             size_t index,
                                             struct radiomics_feature *feature);

/**
 * Frees a catalogue; NULL is fine.
 */
RADIOMICS_API void radiomics_catalogue_free(struct radiomics_catalogue *catalogue);

/**
 * Lists the columns that radiomics_extract_many has for each label, in their order, before there is any
 * image: for `image_count` images of these names, at least one, or, if `image_names` is NULL, for a single
 * one, which is called "original". The list is to be freed with radiomics_columns_free. Since RADIOMICS_ABI_VERSION
 * 4.
 */
RADIOMICS_API
radiomics_status radiomics_columns_new(struct radiomics_context *context,
                                       const struct radiomics_settings *settings,
                                       const char *const *image_names,
                                       size_t image_count,
                                       struct radiomics_columns **columns);

/**
 * The number of columns; 0 for NULL. Since RADIOMICS_ABI_VERSION 4.
 */
RADIOMICS_API size_t radiomics_columns_length(const struct radiomics_columns *columns);

/**
 * Writes column `index`, from 0, in the order of the rows. Set `column->struct_size` first. Since
 * RADIOMICS_ABI_VERSION 4.
 */
RADIOMICS_API
radiomics_status radiomics_columns_column(const struct radiomics_columns *columns,
                                          size_t index,
                                          struct radiomics_column *column);

/**
 * Frees columns; NULL is fine. Since RADIOMICS_ABI_VERSION 4.
 */
RADIOMICS_API void radiomics_columns_free(struct radiomics_columns *columns);

/**
 * Counts the matrices of the texture families that `settings` ask for: those of each slice if any aggregation
 * is by slice, and those of the volume if any aggregation is in three dimensions. Filters that the settings name
 * are not applied: for the matrices of a filtered image, give a response of radiomics_filter as `image`. The
 * matrices are to be freed with radiomics_matrices_free. Since RADIOMICS_ABI_VERSION 4.
 */
RADIOMICS_API
radiomics_status radiomics_matrices_new(struct radiomics_context *context,
                                        const struct radiomics_image *image,
                                        const struct radiomics_image *mask,
                                        int64_t label,
                                        const struct radiomics_settings *settings,
                                        struct radiomics_matrices **matrices);

/**
 * The number of matrices; 0 for NULL. Since RADIOMICS_ABI_VERSION 4.
 */
RADIOMICS_API size_t radiomics_matrices_length(const struct radiomics_matrices *matrices);

/**
 * Writes matrix `index`, from 0: family by family in the order of the catalogue, and there slice by
 * slice, then the volume. Set `matrix->struct_size` first. Since RADIOMICS_ABI_VERSION 4.
 */
RADIOMICS_API
radiomics_status radiomics_matrices_matrix(const struct radiomics_matrices *matrices,
                                           size_t index,
                                           struct radiomics_matrix *matrix);

/**
 * Frees matrices; NULL is fine. Since RADIOMICS_ABI_VERSION 4.
 */
RADIOMICS_API void radiomics_matrices_free(struct radiomics_matrices *matrices);

/**
 * Lists the labels of a mask, without the background. The list is to be freed with radiomics_labels_free.
 * Since RADIOMICS_ABI_VERSION 8.
 */
RADIOMICS_API
radiomics_status radiomics_labels_new(struct radiomics_context *context,
                                      const struct radiomics_image *mask,
                                      struct radiomics_labels **labels);

/**
 * The number of labels; 0 for NULL. Since RADIOMICS_ABI_VERSION 8.
 */
RADIOMICS_API size_t radiomics_labels_length(const struct radiomics_labels *labels);

/**
 * Writes label `index`, from 0, ascending. Set `label->struct_size` first. Since RADIOMICS_ABI_VERSION 8.
 */
RADIOMICS_API
radiomics_status radiomics_labels_label(const struct radiomics_labels *labels,
                                        size_t index,
                                        struct radiomics_label *label);

/**
 * Frees labels; NULL is fine. Since RADIOMICS_ABI_VERSION 8.
 */
RADIOMICS_API void radiomics_labels_free(struct radiomics_labels *labels);

/**
 * Prepares a region, as extraction does before it computes features, and keeps `margin_mm` of the image round
 * it, as far as the image reaches. Filters that the settings name are not applied: to see the region in a
 * filtered image, give a response of radiomics_filter as `image`. The region is to be freed with
 * radiomics_region_free. Since RADIOMICS_ABI_VERSION 8.
 */
RADIOMICS_API
radiomics_status radiomics_region_new(struct radiomics_context *context,
                                      const struct radiomics_image *image,
                                      const struct radiomics_image *mask,
                                      int64_t label,
                                      const struct radiomics_settings *settings,
                                      double margin_mm,
                                      struct radiomics_region **region);

/**
 * Writes where voxels of the region lie and what they are: an image like any other, whose data live as long as
 * the region. `part` is a radiomics_region_part. Set `image->struct_size` first. The status is
 * RADIOMICS_STATUS_UNSUITABLE_DISCRETISATION for grey levels if the settings give none. Since
 * RADIOMICS_ABI_VERSION 8.
 */
RADIOMICS_API
radiomics_status radiomics_region_image(const struct radiomics_region *region,
                                        int32_t part,
                                        struct radiomics_image *image);

/**
 * Writes the surface of the region as drawn. Set `surface->struct_size` first. Since RADIOMICS_ABI_VERSION
 * 8.
 */
RADIOMICS_API
radiomics_status radiomics_region_surface(const struct radiomics_region *region,
                                          struct radiomics_surface *surface);

/**
 * Frees a region; NULL is fine. Since RADIOMICS_ABI_VERSION 8.
 */
RADIOMICS_API void radiomics_region_free(struct radiomics_region *region);

/**
 * Makes a mask of the voxels of a label, to be freed with radiomics_mask_free. Since RADIOMICS_ABI_VERSION
 * 8.
 */
RADIOMICS_API
radiomics_status radiomics_mask_of_label(struct radiomics_context *context,
                                         const struct radiomics_image *image,
                                         int64_t label,
                                         struct radiomics_mask **made);

/**
 * Makes a mask of the region and all voxels at most `mm` from it. `distance` is "centre", to the nearest
 * centre of a voxel of the region, as for NULL, or "surface", to the nearest point of its voxels. Since
 * RADIOMICS_ABI_VERSION 8.
 */
RADIOMICS_API
radiomics_status radiomics_mask_dilate(struct radiomics_context *context,
                                       const struct radiomics_mask *mask,
                                       double mm,
                                       const char *distance,
                                       struct radiomics_mask **made);

/**
 * Makes a mask of the voxels of the region that are more than `mm` from the nearest one outside. Since
 * RADIOMICS_ABI_VERSION 8.
 */
RADIOMICS_API
radiomics_status radiomics_mask_erode(struct radiomics_context *context,
                                      const struct radiomics_mask *mask,
                                      double mm,
                                      struct radiomics_mask **made);

/**
 * Makes a mask of the voxels of the region that are at most `mm` from the nearest one outside. Since
 * RADIOMICS_ABI_VERSION 8.
 */
RADIOMICS_API
radiomics_status radiomics_mask_shell(struct radiomics_context *context,
                                      const struct radiomics_mask *mask,
                                      double mm,
                                      struct radiomics_mask **made);

/**
 * Makes a mask of the voxels outside of the region that are more than `from_mm` and at most `to_mm` from it;
 * from 0 on, all outside. `distance` is as for radiomics_mask_dilate. Since RADIOMICS_ABI_VERSION 8.
 */
RADIOMICS_API
radiomics_status radiomics_mask_ring(struct radiomics_context *context,
                                     const struct radiomics_mask *mask,
                                     double from_mm,
                                     double to_mm,
                                     const char *distance,
                                     struct radiomics_mask **made);

/**
 * Makes a mask of the largest connected part of the region, or of the next one for each step of `index`,
 * from 0. Voxels are connected to 6, 18 or 26 `neighbours`. The status is
 * RADIOMICS_STATUS_INVALID_ARGUMENT if there are not so many parts. Since RADIOMICS_ABI_VERSION 8.
 */
RADIOMICS_API
radiomics_status radiomics_mask_component(struct radiomics_context *context,
                                          const struct radiomics_mask *mask,
                                          int32_t neighbours,
                                          size_t index,
                                          struct radiomics_mask **made);

/**
 * Makes a mask of the voxels that are in both. Here and for the next two, the status is
 * RADIOMICS_STATUS_GEOMETRY_MISMATCH if they lie on different grids. Since RADIOMICS_ABI_VERSION 8.
 */
RADIOMICS_API
radiomics_status radiomics_mask_within(struct radiomics_context *context,
                                       const struct radiomics_mask *mask,
                                       const struct radiomics_mask *other,
                                       struct radiomics_mask **made);

/**
 * Makes a mask of the voxels that are in `mask` and not in `other`. Since RADIOMICS_ABI_VERSION 8.
 */
RADIOMICS_API
radiomics_status radiomics_mask_minus(struct radiomics_context *context,
                                      const struct radiomics_mask *mask,
                                      const struct radiomics_mask *other,
                                      struct radiomics_mask **made);

/**
 * Makes a mask of the voxels that are in one of them, or in both. Since RADIOMICS_ABI_VERSION 8.
 */
RADIOMICS_API
radiomics_status radiomics_mask_union(struct radiomics_context *context,
                                      const struct radiomics_mask *mask,
                                      const struct radiomics_mask *other,
                                      struct radiomics_mask **made);

/**
 * Writes what the mask has. Set `info->struct_size` first. Since RADIOMICS_ABI_VERSION 8.
 */
RADIOMICS_API
radiomics_status radiomics_mask_describe(const struct radiomics_mask *mask,
                                         struct radiomics_mask_info *info);

/**
 * Writes the mask as an image of bytes, 1 in the region, whose data live as long as the mask: every function
 * takes it as a mask. Set `image->struct_size` first. Since RADIOMICS_ABI_VERSION 8.
 */
RADIOMICS_API
radiomics_status radiomics_mask_image(const struct radiomics_mask *mask,
                                      struct radiomics_image *image);

/**
 * Frees a mask; NULL is fine. Since RADIOMICS_ABI_VERSION 8.
 */
RADIOMICS_API void radiomics_mask_free(struct radiomics_mask *mask);

/**
 * Lists the settings, to be freed with radiomics_keys_free. Since RADIOMICS_ABI_VERSION 8.
 */
RADIOMICS_API radiomics_status radiomics_keys_new(struct radiomics_keys **keys);

/**
 * The number of settings; 0 for NULL. Since RADIOMICS_ABI_VERSION 8.
 */
RADIOMICS_API size_t radiomics_keys_length(const struct radiomics_keys *keys);

/**
 * Writes setting `index`, from 0, in the order of documents. Set `key->struct_size` first. Since
 * RADIOMICS_ABI_VERSION 8.
 */
RADIOMICS_API
radiomics_status radiomics_keys_key(const struct radiomics_keys *keys,
                                    size_t index,
                                    struct radiomics_key *key);

/**
 * Frees the list; NULL is fine. Since RADIOMICS_ABI_VERSION 8.
 */
RADIOMICS_API void radiomics_keys_free(struct radiomics_keys *keys);

/**
 * Computes the intraclass correlations of `case_count * rater_count` values of a feature, case by case, with
 * bounds of `confidence`, such as 0.95. A rater may be another observer, scan or perturbation. Set
 * `reliability->struct_size` first. Since RADIOMICS_ABI_VERSION 8.
 */
RADIOMICS_API
radiomics_status radiomics_icc(const double *values,
                               size_t case_count,
                               size_t rater_count,
                               double confidence,
                               struct radiomics_reliability *reliability);

/**
 * Computes what IBSI 1 publishes values for, and compares: the digital phantom, which the library
 * has in it, and the CT phantom in configurations A to E if `ct_image` and `ct_mask` (label 1) are
 * not NULL. `report` becomes a table for people, to be freed with radiomics_string_free; it may be
 * NULL. If a value is outside of its tolerance the status is RADIOMICS_STATUS_NOT_VERIFIED and the
 * table is the text of the error.
 */
RADIOMICS_API
radiomics_status radiomics_verify(struct radiomics_context *context,
                                  const struct radiomics_image *ct_image,
                                  const struct radiomics_image *ct_mask,
                                  char **report);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* RADIOMICS_H */
