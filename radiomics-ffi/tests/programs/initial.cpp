// The same in C++.
#include "initial.c"
