/* The header compiles as C11, the library links, and a call comes back with its answer. */
#include <stdio.h>
#include <string.h>

#include "radiomics.h"

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: %s EXPECTED_VERSION\n", argv[0]);
        return 2;
    }
    if (strcmp(radiomics_version(), argv[1]) != 0) {
        fprintf(stderr, "version is %s, not %s\n", radiomics_version(), argv[1]);
        return 1;
    }
    return 0;
}
