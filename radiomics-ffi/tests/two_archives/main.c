// A program with two static libraries in it that both hold Rust's own. scripts/check-c links them in
// either order.
#include <stdio.h>
#include <string.h>

#include <radiomics.h>

int other_catches(void);

int main(void) {
    if (other_catches() != 7) {
        return fprintf(stderr, "the other library does not catch its panics\n"), 1;
    }
    radiomics_context *context = NULL;
    if (radiomics_context_new(NULL, &context) != RADIOMICS_STATUS_OK) {
        return fprintf(stderr, "no context: %s\n", radiomics_last_error(NULL)), 1;
    }
    radiomics_settings *settings = NULL;
    if (radiomics_settings_from_yaml(context, "bin_widht: 25", &settings) != RADIOMICS_STATUS_UNKNOWN_SETTING ||
        strstr(radiomics_last_error(context), "bin_width") == NULL) {
        return fprintf(stderr, "not the error that was expected: %s\n", radiomics_last_error(context)), 1;
    }
    radiomics_context_free(context);
    return 0;
}
