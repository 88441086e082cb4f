// radiomics-rs: what radiomics.hpp shows of regions and makes of masks: labels, prepared regions, masks in millimetres; and
// the list of settings, and how far measurements agree.
#ifndef RADIOMICS_REGION_HPP
#define RADIOMICS_REGION_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "radiomics_view.hpp"

namespace radiomics {

class settings;

/// A label of a mask: how many voxels it has, and the box (z, y, x) that holds them.
struct label {
    std::int64_t value = 0;
    std::size_t voxels = 0;
    sizes first{}, shape{};
};

/// The surface of a region: positions (z, y, x) in mm, and three of them for each triangle. It lives as long as the region.
struct surface {
    const double *vertices = nullptr;
    std::size_t vertex_count = 0;
    const std::uint32_t *triangles = nullptr;
    std::size_t triangle_count = 0;
};

/// A region as its features are computed of it. Its images live as long as it does.
class prepared_region {
  public:
    prepared_region() noexcept = default;
    explicit prepared_region(::radiomics_region *owned) noexcept : handle_(owned) {}

    [[nodiscard]] const ::radiomics_region *c() const noexcept { return handle_.get(); }
    explicit operator bool() const noexcept { return handle_ != nullptr; }

    /// The image, interpolated, rounded and normalised, in doubles.
    [[nodiscard]] image_view image() const noexcept { return part(::RADIOMICS_REGION_PART_INTENSITIES); }
    /// The region as drawn, and what resegmentation leaves of it: 1 in it, else 0, in bytes.
    [[nodiscard]] image_view mask() const noexcept { return part(::RADIOMICS_REGION_PART_MORPHOLOGICAL_MASK); }
    [[nodiscard]] image_view intensity_mask() const noexcept { return part(::RADIOMICS_REGION_PART_INTENSITY_MASK); }
    /// Grey levels from 1 in 16 bits, 0 outside of the region; empty if the settings give none.
    [[nodiscard]] image_view levels() const noexcept { return part(::RADIOMICS_REGION_PART_GREY_LEVELS); }

    [[nodiscard]] radiomics::surface surface() const noexcept {
        ::radiomics_surface found = RADIOMICS_SURFACE_INIT;
        if (::radiomics_region_surface(c(), &found) != ::RADIOMICS_STATUS_OK) return {};
        return {found.vertices, found.vertex_count, found.triangles, found.triangle_count};
    }

  private:
    [[nodiscard]] image_view part(std::int32_t which) const noexcept {
        ::radiomics_image image = RADIOMICS_IMAGE_INIT;
        if (::radiomics_region_image(c(), which, &image) != ::RADIOMICS_STATUS_OK) return {};
        return image_view(image);
    }

    detail::handle<::radiomics_region, ::radiomics_region_free> handle_;
};

/// A region of label 1 that the library has made a mask of. It is taken wherever a view of a mask is.
class region_mask {
  public:
    region_mask() noexcept = default;
    explicit region_mask(::radiomics_mask *owned) noexcept : handle_(owned) {
        ::radiomics_image image = RADIOMICS_IMAGE_INIT;
        if (owned && ::radiomics_mask_image(owned, &image) == ::RADIOMICS_STATUS_OK) view_ = image_view(image);
    }

    [[nodiscard]] const ::radiomics_mask *c() const noexcept { return handle_.get(); }
    explicit operator bool() const noexcept { return handle_ != nullptr; }

    /// Its voxels, which live as long as it does.
    [[nodiscard]] const image_view &view() const noexcept { return view_.get(); }
    operator const image_view &() const noexcept { return view_.get(); }

    /// Number of voxels, and their volume in mm^3.
    [[nodiscard]] std::size_t voxels() const noexcept { return info().voxels; }
    [[nodiscard]] double volume_mm3() const noexcept { return info().volume_mm3; }
    /// Voxels that it would have besides if the image went on beyond its edge.
    [[nodiscard]] std::size_t beyond_edge() const noexcept { return info().beyond_edge; }

  private:
    [[nodiscard]] ::radiomics_mask_info info() const noexcept {
        ::radiomics_mask_info found = RADIOMICS_MASK_INFO_INIT;
        (void)::radiomics_mask_describe(c(), &found);
        return found;
    }

    detail::handle<::radiomics_mask, ::radiomics_mask_free> handle_;
    detail::own_view view_;
};

/// What is known of a setting. The texts live as long as the list; values are JSON.
struct key {
    std::string_view name, summary, takes, only_with, ibsi, ibsi_value, pyradiomics_value;
};

/// Every key that settings have.
class keys {
  public:
    keys() noexcept {
        ::radiomics_keys *made = nullptr;
        if (::radiomics_keys_new(&made) == ::RADIOMICS_STATUS_OK) handle_.reset(made);
    }

    [[nodiscard]] std::size_t size() const noexcept { return ::radiomics_keys_length(handle_.get()); }

    /// Key `index`; an empty one if there is none.
    [[nodiscard]] key operator[](std::size_t index) const noexcept {
        ::radiomics_key c = RADIOMICS_KEY_INIT;
        if (::radiomics_keys_key(handle_.get(), index, &c) != ::RADIOMICS_STATUS_OK) return {};
        return {detail::text(c.name), detail::text(c.summary),    detail::text(c.takes),           detail::text(c.only_with),
                detail::text(c.ibsi), detail::text(c.ibsi_value), detail::text(c.pyradiomics_value)};
    }

  private:
    detail::handle<::radiomics_keys, ::radiomics_keys_free> handle_;
};

/// Intraclass correlations: of each the estimate, its lower and its upper bound.
struct reliability {
    triple icc_1_1{}, icc_2_1{}, icc_3_1{};
    std::size_t cases = 0;
};

/// The intraclass correlations of values case by case, of `raters` each: at least two of either.
[[nodiscard]] inline reliability icc(const std::vector<double> &values, std::size_t raters, failure &why,
                                     double confidence = 0.95) {
    ::radiomics_reliability c = RADIOMICS_RELIABILITY_INIT;
    const std::size_t cases = raters == 0 ? 0 : values.size() / raters;
    if (cases * raters != values.size() || values.empty()) {
        why = {::RADIOMICS_STATUS_INVALID_ARGUMENT,
               std::to_string(values.size()) + " values are no whole cases of " + std::to_string(raters) +
                   " raters: give one value for each rater and case"};
        return {};
    }
    detail::report(nullptr, ::radiomics_icc(values.data(), cases, raters, confidence, &c), why);
    if (why) return {};
    const auto numbers = [](const double(&of)[3]) { return triple{of[0], of[1], of[2]}; };
    return {numbers(c.icc_1_1), numbers(c.icc_2_1), numbers(c.icc_3_1), c.cases};
}

#if RADIOMICS_EXCEPTIONS
[[nodiscard]] inline reliability icc(const std::vector<double> &values, std::size_t raters, double confidence = 0.95) {
    return detail::or_throw([&](failure &why) { return icc(values, raters, why, confidence); });
}
#endif

namespace detail {
/// The calls of a context that are about regions.
template <class Context> class region_calls {
  public:
    /// The labels of a mask, ascending, without the background.
    [[nodiscard]] std::vector<label> labels(const image_view &mask, failure &why) const {
        ::radiomics_labels *made = nullptr;
        detail::report(self(), ::radiomics_labels_new(self(), mask.c(), &made), why);
        const handle<::radiomics_labels, ::radiomics_labels_free> owned(made);
        std::vector<label> found;
        for (std::size_t index = 0; index < ::radiomics_labels_length(made); ++index) {
            ::radiomics_label c = RADIOMICS_LABEL_INIT;
            if (::radiomics_labels_label(made, index, &c) != ::RADIOMICS_STATUS_OK) break;
            found.push_back({c.label, c.voxels, {c.first[0], c.first[1], c.first[2]}, {c.shape[0], c.shape[1], c.shape[2]}});
        }
        return found;
    }

    /// A region as its features are computed of it, with `margin_mm` of the image round it.
    template <class Settings>
    [[nodiscard]] prepared_region prepare(const image_view &image, const image_view &mask, std::int64_t of,
                                          const Settings &with, double margin_mm, failure &why) const {
        ::radiomics_region *made = nullptr;
        const auto status = ::radiomics_region_new(self(), image.c(), mask.c(), of, with.c(), margin_mm, &made);
        detail::report(self(), status, why);
        return prepared_region(made);
    }

    /// The voxels of a label as a mask of their own.
    [[nodiscard]] region_mask mask_of_label(const image_view &mask, std::int64_t of, failure &why) const {
        return made([&](auto *out) { return ::radiomics_mask_of_label(self(), mask.c(), of, out); }, why);
    }
    /// The region and all voxels at most `mm` from it, by "centre" or "surface" of its voxels.
    [[nodiscard]] region_mask dilate(const region_mask &mask, double mm, failure &why, const char *by = "centre") const {
        return made([&](auto *out) { return ::radiomics_mask_dilate(self(), mask.c(), mm, by, out); }, why);
    }
    /// The voxels that are more than `mm` from the nearest one outside.
    [[nodiscard]] region_mask erode(const region_mask &mask, double mm, failure &why) const {
        return made([&](auto *out) { return ::radiomics_mask_erode(self(), mask.c(), mm, out); }, why);
    }
    /// The voxels that are at most `mm` from the nearest one outside.
    [[nodiscard]] region_mask shell(const region_mask &mask, double mm, failure &why) const {
        return made([&](auto *out) { return ::radiomics_mask_shell(self(), mask.c(), mm, out); }, why);
    }
    /// The voxels outside that are more than `from_mm` and at most `to_mm` from the region.
    [[nodiscard]] region_mask ring(const region_mask &mask, double from_mm, double to_mm, failure &why,
                                   const char *by = "centre") const {
        return made([&](auto *out) { return ::radiomics_mask_ring(self(), mask.c(), from_mm, to_mm, by, out); }, why);
    }
    /// Connected part `index`, the largest one being 0. Voxels are connected to 6, 18 or 26 others.
    [[nodiscard]] region_mask component(const region_mask &mask, std::size_t index, failure &why, int neighbours = 26) const {
        return made([&](auto *out) { return ::radiomics_mask_component(self(), mask.c(), neighbours, index, out); }, why);
    }
    /// What is in both, in the first alone, and in either.
    [[nodiscard]] region_mask within(const region_mask &mask, const region_mask &other, failure &why) const {
        return made([&](auto *out) { return ::radiomics_mask_within(self(), mask.c(), other.c(), out); }, why);
    }
    [[nodiscard]] region_mask minus(const region_mask &mask, const region_mask &other, failure &why) const {
        return made([&](auto *out) { return ::radiomics_mask_minus(self(), mask.c(), other.c(), out); }, why);
    }
    [[nodiscard]] region_mask united(const region_mask &mask, const region_mask &other, failure &why) const {
        return made([&](auto *out) { return ::radiomics_mask_union(self(), mask.c(), other.c(), out); }, why);
    }

#if RADIOMICS_EXCEPTIONS
    [[nodiscard]] std::vector<label> labels(const image_view &mask) const {
        return or_throw([&](failure &why) { return labels(mask, why); });
    }
    template <class Settings>
    [[nodiscard]] prepared_region prepare(const image_view &image, const image_view &mask, std::int64_t of,
                                          const Settings &with, double margin_mm = 0) const {
        return or_throw([&](failure &why) { return prepare(image, mask, of, with, margin_mm, why); });
    }
    [[nodiscard]] region_mask mask_of_label(const image_view &mask, std::int64_t of) const {
        return or_throw([&](failure &why) { return mask_of_label(mask, of, why); });
    }
    [[nodiscard]] region_mask dilate(const region_mask &mask, double mm, const char *by = "centre") const {
        return or_throw([&](failure &why) { return dilate(mask, mm, why, by); });
    }
    [[nodiscard]] region_mask erode(const region_mask &mask, double mm) const {
        return or_throw([&](failure &why) { return erode(mask, mm, why); });
    }
    [[nodiscard]] region_mask shell(const region_mask &mask, double mm) const {
        return or_throw([&](failure &why) { return shell(mask, mm, why); });
    }
    [[nodiscard]] region_mask ring(const region_mask &mask, double from_mm, double to_mm, const char *by = "centre") const {
        return or_throw([&](failure &why) { return ring(mask, from_mm, to_mm, why, by); });
    }
    [[nodiscard]] region_mask component(const region_mask &mask, std::size_t index, int neighbours = 26) const {
        return or_throw([&](failure &why) { return component(mask, index, why, neighbours); });
    }
    [[nodiscard]] region_mask within(const region_mask &mask, const region_mask &other) const {
        return or_throw([&](failure &why) { return within(mask, other, why); });
    }
    [[nodiscard]] region_mask minus(const region_mask &mask, const region_mask &other) const {
        return or_throw([&](failure &why) { return minus(mask, other, why); });
    }
    [[nodiscard]] region_mask united(const region_mask &mask, const region_mask &other) const {
        return or_throw([&](failure &why) { return united(mask, other, why); });
    }
#endif

  private:
    [[nodiscard]] ::radiomics_context *self() const noexcept { return static_cast<const Context *>(this)->c(); }

    template <class F> region_mask made(F &&make, failure &why) const {
        ::radiomics_mask *out = nullptr;
        detail::report(self(), make(&out), why);
        return region_mask(out);
    }
};
} // namespace detail

} // namespace radiomics

#endif // RADIOMICS_REGION_HPP
