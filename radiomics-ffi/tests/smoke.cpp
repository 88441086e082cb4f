// The C++ header compiles as C++17, the library links, and a call comes back with its answer.
#include <iostream>

#include "radiomics.hpp"

int main(int argc, char **argv) {
    if (argc != 2) {
        std::cerr << "usage: " << argv[0] << " EXPECTED_VERSION\n";
        return 2;
    }
    if (radiomics::version() != argv[1]) {
        std::cerr << "version is " << radiomics::version() << ", not " << argv[1] << '\n';
        return 1;
    }
    return 0;
}
