// Two lesions in one mask, their features in C++, with progress.
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <vector>

#include "radiomics.hpp"

int main() try {
    constexpr std::size_t n = 24;
    std::vector<float> intensities(n * n * n);
    std::vector<std::uint8_t> labels(n * n * n);
    std::uint32_t random = 1;
    for (std::size_t at = 0; at < intensities.size(); ++at) {
        random = random * 1664525u + 1013904223u;
        intensities[at] = static_cast<float>(random >> 16) / 256.0f;
        const auto x = at % n, y = at / n % n;
        labels[at] = y < 4 || y >= 20 ? 0 : x < 10 ? 1 : x > 14 ? 2 : 0;
    }

    radiomics::context context;
    const auto settings = context.settings_from_yaml("{bin_number: 32, families: [intensity_statistics, glszm]}");
    radiomics::job job;
    job.images = {{"original", radiomics::view(intensities.data(), {n, n, n}, {2.0, 1.0, 1.0})}};
    job.mask = radiomics::view(labels.data(), {n, n, n}, {2.0, 1.0, 1.0});
    job.progress = [](std::size_t done, std::size_t total) {
        std::fprintf(stderr, "\r%zu of %zu steps", done, total);
        return true; // false would cancel
    };
    const auto table = context.extract(job, settings);
    std::fprintf(stderr, "\n");

    for (const std::int64_t label : {1, 2})
        std::cout << "lesion " << label << ": mean " << table.at(label, "original_intensity_statistics_mean")
                  << ", zone entropy " << table.at(label, "original_glszm_zone_size_entropy_3D") << '\n';
    for (const auto &[name, value] : table.to_map(1)) std::cout << name << ' ' << value << '\n';
} catch (const radiomics::error &error) {
    std::cerr << "error " << error.status() << ": " << error.what() << '\n';
    return 1;
}
