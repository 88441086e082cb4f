// Compares a view with what a toolkit says of the same image.
#pragma once

#include <cmath>
#include <cstdlib>
#include <iostream>

#include <radiomics.hpp>

#define CHECK(condition)                                                                       \
    if (!(condition)) {                                                                        \
        std::cerr << __FILE__ << ':' << __LINE__ << ": not so: " #condition "\n";              \
        std::exit(1);                                                                          \
    }

/// Position (z, y, x) of voxel (k, j, i), as radiomics.h defines it.
inline radiomics::triple position(const radiomics_image &image, const std::array<double, 3> &index) {
    radiomics::triple at{};
    for (int row = 0; row < 3; ++row) {
        at[row] = image.origin_mm[row];
        for (int axis = 0; axis < 3; ++axis)
            at[row] += image.direction[row][axis] * image.spacing_mm[axis] * index[axis];
    }
    return at;
}

inline bool near(const radiomics::triple &zyx, const double *xyz) {
    return std::abs(zyx[0] - xyz[2]) + std::abs(zyx[1] - xyz[1]) + std::abs(zyx[2] - xyz[0]) < 1e-9;
}

/// Extraction takes the view.
inline void extracts(const radiomics::image_view &image, const radiomics::image_view &mask, std::size_t voxels) {
    radiomics::context context;
    const auto settings = context.settings_from_yaml("features: [morphology.volume_voxel_counting]");
    const auto table = context.extract(image, mask, 1, settings);
    const auto &spacing = image.c()->spacing_mm;
    const double expected = static_cast<double>(voxels) * spacing[0] * spacing[1] * spacing[2];
    CHECK(std::abs(table.values()[0] - expected) < 1e-9 * expected);
}
