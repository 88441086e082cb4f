// radiomics-rs: radiomic features as standardised by IBSI. C interface.
//
// Generated from radiomics-ffi/src by `REGENERATE=1 cargo test -p radiomics-ffi`; do not edit.

#ifndef RADIOMICS_H
#define RADIOMICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// Version of the library, such as "0.1.0": static text that the caller must not free.
const char *radiomics_version(void);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* RADIOMICS_H */
