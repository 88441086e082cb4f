// radiomics-rs: what a call of radiomics.hpp is told: settings, and what to extract.
#ifndef RADIOMICS_JOB_HPP
#define RADIOMICS_JOB_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "radiomics_output.hpp"
#include "radiomics_view.hpp"

namespace radiomics {

/// Everything that determines the numbers, apart from image and mask.
class settings {
  public:
    settings() noexcept = default;
    explicit settings(::radiomics_settings *owned) noexcept : handle_(owned) {}

    [[nodiscard]] const ::radiomics_settings *c() const noexcept { return handle_.get(); }
    explicit operator bool() const noexcept { return handle_ != nullptr; }

    /// Names of its filters, which live as long as the settings; empty if there are not so many.
    [[nodiscard]] std::string_view filter_name(std::size_t index) const noexcept {
        return detail::text(::radiomics_settings_filter_name(c(), index));
    }
    [[nodiscard]] std::size_t filter_count() const noexcept {
        std::size_t count = 0;
        while (::radiomics_settings_filter_name(c(), count)) ++count;
        return count;
    }

  private:
    detail::handle<::radiomics_settings, ::radiomics_settings_free> handle_;
};

/// Settings of a PyRadiomics parameter file and the label that it names.
struct pyradiomics_parameters {
    radiomics::settings settings;
    std::int64_t label = 1;
};

/// What to extract from several images, several labels, or with progress.
struct job {
    /// Images on one grid, each with a name of its own.
    std::vector<std::pair<std::string, image_view>> images;
    image_view mask;
    /// Several masks instead of one, on the grid of the images.
    std::vector<image_view> masks;
    /// Labels of the regions; empty means every label of the mask, or of each of several (in C that is NULL).
    std::vector<std::int64_t> labels;
    progress_function progress;
    /// Megabytes that it may take; 0 for what the machine has free.
    double memory_mb = 0;
    /// Whether a region that cannot be computed keeps its rows, without values, and a warning "failed".
    bool record_failures = false;
    /// Memory of the caller for the values, in 64 or in 32 bits, or nullptr: those of a label are there as soon as
    /// they are computed. There must be room for a value for each column and label of each mask.
    double *values = nullptr;
    float *float_values = nullptr;
    std::size_t value_count = 0;
    /// Memory of the caller for a radiomics_status for each label of each mask, or nullptr. It is written after the
    /// values of the label, and may be looked at in `progress`.
    std::int32_t *states = nullptr;
    std::size_t state_count = 0;
};

} // namespace radiomics

#endif
