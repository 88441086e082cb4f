// radiomics-rs: feature maps of radiomics.hpp.
#ifndef RADIOMICS_MAPS_HPP
#define RADIOMICS_MAPS_HPP

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "radiomics_output.hpp"
#include "radiomics_view.hpp"

namespace radiomics {

/// What to make maps of.
struct maps_job {
    image_view image;
    image_view mask;
    std::int64_t label = 1;
    /// Voxels of the window on either side of its centre, at most 15: 1 makes 27 voxels in all.
    std::size_t radius = 1;
    /// Whether the window is one voxel thick across slices.
    bool in_plane = false;
    /// Whether windows end where the region ends.
    bool masked = true;
    /// Of the values, for maps that are returned; maps into memory of the caller have that of radiomics::output.
    progress_function progress;
    /// Of what comes before the values, as by context::prepare_maps.
    progress_function preparing;
    /// Megabytes that preparing may take, and the values of maps that are returned; 0 for what the machine
    /// has free.
    double memory_mb = 0;

    /// For C, without progress; it borrows from this object.
    [[nodiscard]] ::radiomics_maps_job c(const ::radiomics_settings *with) const noexcept {
        ::radiomics_maps_job c_job = RADIOMICS_MAPS_JOB_INIT;
        c_job.image = image.c();
        c_job.mask = mask.c();
        c_job.label = label;
        c_job.settings = with;
        c_job.radius = radius;
        c_job.in_plane = in_plane;
        c_job.unmasked = !masked;
        c_job.memory_mb = memory_mb;
        return c_job;
    }
};

/// What a map is of. The texts live as long as the maps.
struct feature_map {
    std::string_view column, image, family, feature, aggregation, ibsi_id, ibsi_parameter_id, pyradiomics;
};

/// Maps whose values are not computed yet.
class prepared_maps {
  public:
    prepared_maps() noexcept = default;
    explicit prepared_maps(::radiomics_maps *owned) noexcept : handle_(owned) {}

    [[nodiscard]] const ::radiomics_maps *c() const noexcept { return handle_.get(); }
    explicit operator bool() const noexcept { return handle_ != nullptr; }

    /// Number of maps.
    [[nodiscard]] std::size_t size() const noexcept { return ::radiomics_maps_length(c()); }

    /// What map `index` is of; nothing if there is none.
    [[nodiscard]] feature_map operator[](std::size_t index) const noexcept {
        ::radiomics_map c_map = RADIOMICS_MAP_INIT;
        if (::radiomics_maps_map(c(), index, &c_map) != ::RADIOMICS_STATUS_OK) return {};
        return {detail::text(c_map.column),  detail::text(c_map.image),
                detail::text(c_map.family),  detail::text(c_map.feature),
                detail::text(c_map.aggregation), detail::text(c_map.ibsi_id),
                detail::text(c_map.ibsi_parameter_id), detail::text(c_map.pyradiomics)};
    }

    /// The map of a column name, size() if there is none.
    [[nodiscard]] std::size_t find(std::string_view column) const noexcept {
        std::size_t index = 0;
        while (index < size() && (*this)[index].column != column) ++index;
        return index;
    }

    /// Where they lie: the box of the region, on the grid after interpolation. Its size() is the number of
    /// doubles that a map takes. `values` are those of a map, or nothing.
    [[nodiscard]] image_view view(const double *values = nullptr) const noexcept {
        ::radiomics_image c_image = RADIOMICS_IMAGE_INIT;
        if (::radiomics_maps_image(c(), &c_image) != ::RADIOMICS_STATUS_OK) return {};
        c_image.data = values;
        return image_view(c_image);
    }

  private:
    detail::handle<::radiomics_maps, ::radiomics_maps_free> handle_;
};

/// Maps and their values.
class maps {
  public:
    maps() noexcept = default;
    explicit maps(prepared_maps &&prepared)
        : prepared_(std::move(prepared)), voxels_(prepared_.view().size()), values_(prepared_.size() * voxels_) {}

    [[nodiscard]] const prepared_maps &prepared() const noexcept { return prepared_; }
    explicit operator bool() const noexcept { return static_cast<bool>(prepared_); }

    /// Number of maps, what each is of, and the one of a column name, as for prepared_maps.
    [[nodiscard]] std::size_t size() const noexcept { return prepared_.size(); }
    [[nodiscard]] feature_map operator[](std::size_t index) const noexcept { return prepared_[index]; }
    [[nodiscard]] std::size_t find(std::string_view column) const noexcept { return prepared_.find(column); }

    /// The values of a map, contiguous, x fastest; nullptr if there is no such map.
    [[nodiscard]] const double *values(std::size_t index) const noexcept {
        return index < size() ? values_.data() + index * voxels_ : nullptr;
    }
    /// A map as an image, as long as this object lives.
    [[nodiscard]] image_view view(std::size_t index) const noexcept { return prepared_.view(values(index)); }

    /// Its own memory, for context::feature_maps to write to.
    [[nodiscard]] output all(progress_function progress) {
        output into;
        for (std::size_t index = 0; index < size(); ++index) into.add(values_.data() + index * voxels_, voxels_);
        into.progress = std::move(progress);
        return into;
    }

  private:
    prepared_maps prepared_;
    std::size_t voxels_ = 0;
    std::vector<double> values_;
};

} // namespace radiomics

#endif // RADIOMICS_MAPS_HPP
