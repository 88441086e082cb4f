/* The installed library meets the published values. */
#include <stdio.h>

#include <radiomics.h>

int main(void) {
    radiomics_context *context = NULL;
    char *report = NULL;
    if (radiomics_context_new(NULL, &context) != RADIOMICS_STATUS_OK) return 1;
    const radiomics_status status = radiomics_verify(context, NULL, NULL, &report);
    printf("%s\n%s\n", radiomics_version(), status == RADIOMICS_STATUS_OK ? report : radiomics_last_error(context));
    radiomics_string_free(report);
    radiomics_context_free(context);
    return status != RADIOMICS_STATUS_OK;
}
