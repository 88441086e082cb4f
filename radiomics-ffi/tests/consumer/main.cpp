// The installed library meets the published values.
#include <iostream>

#include <radiomics.hpp>

int main() { std::cout << radiomics::context().verify() << radiomics::catalogue().size() << " features\n"; }
