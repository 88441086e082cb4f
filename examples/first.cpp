//! The program of the README: features of a region of a program's own voxels.
#include <cstdint>
#include <iostream>
#include <vector>

#include <radiomics.hpp>

int main() {
    // Your voxels, of any type of number, in the order (z, y, x); lengths are millimetres.
    std::vector<std::int16_t> voxels(10 * 20 * 20);
    std::vector<std::uint8_t> labels(voxels.size());
    for (std::size_t at = 0; at < voxels.size(); ++at) {
        voxels[at] = static_cast<std::int16_t>(at * 7919 % 200);
        labels[at] = at % 20 > 4 && at % 20 < 15;
    }
    const auto image = radiomics::view(voxels.data(), {10, 20, 20}, {3.0, 0.8, 0.8});
    const auto mask = radiomics::view(labels.data(), {10, 20, 20}, {3.0, 0.8, 0.8});

    radiomics::context context;
    const auto settings = context.settings_from_yaml("bin_width: 25");
    const auto table = context.extract(image, mask, 1, settings);
    std::cout << "mean " << table["original_intensity_statistics_mean"] << '\n'
              << "contrast " << table["original_glcm_contrast_3D_avg"] << '\n';
}
