// radiomics-rs: what radiomics.hpp knows before there are values, the columns of a table, and what texture features are
// computed of, matrices.
#ifndef RADIOMICS_MATRICES_HPP
#define RADIOMICS_MATRICES_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "radiomics_job.hpp"
#include "radiomics_view.hpp"

namespace radiomics {

/// What a value will be of. The texts live as long as the columns.
struct table_column {
    std::string_view column, image, family, feature, aggregation, ibsi_id, ibsi_parameter_id, pyradiomics, discretisation;
};

/// The columns of a table that is still to be computed, in the order of the rows of a label.
class columns {
  public:
    columns() noexcept = default;
    explicit columns(::radiomics_columns *owned) noexcept : handle_(owned) {}

    [[nodiscard]] const ::radiomics_columns *c() const noexcept { return handle_.get(); }
    explicit operator bool() const noexcept { return handle_ != nullptr; }
    [[nodiscard]] std::size_t size() const noexcept { return ::radiomics_columns_length(c()); }

    /// Column `index`; an empty one if there is none.
    [[nodiscard]] table_column operator[](std::size_t index) const noexcept {
        ::radiomics_column found = RADIOMICS_COLUMN_INIT;
        if (::radiomics_columns_column(c(), index, &found) != ::RADIOMICS_STATUS_OK) return {};
        return {detail::text(found.column),      detail::text(found.image),
                detail::text(found.family),      detail::text(found.feature),
                detail::text(found.aggregation), detail::text(found.ibsi_id),
                detail::text(found.ibsi_parameter_id), detail::text(found.pyradiomics),
                detail::text(found.discretisation)};
    }

  private:
    detail::handle<::radiomics_columns, ::radiomics_columns_free> handle_;
};

/// A texture matrix: the cells that are not 0, `count` levels, columns and values. What it points to lives as long as the
/// matrices. `slice` is -1 for the volume; `offset` (z, y, x) means nothing unless `has_offset`.
struct matrix {
    std::string_view family;
    std::int64_t slice = -1;
    bool has_offset = false;
    std::int32_t offset[3] = {0, 0, 0};
    std::size_t count = 0;
    const std::uint16_t *levels = nullptr;
    const std::uint64_t *columns = nullptr;
    const double *values = nullptr;
};

/// The texture matrices of a region.
class matrices {
  public:
    matrices() noexcept = default;
    explicit matrices(::radiomics_matrices *owned) noexcept : handle_(owned) {}

    [[nodiscard]] const ::radiomics_matrices *c() const noexcept { return handle_.get(); }
    explicit operator bool() const noexcept { return handle_ != nullptr; }
    [[nodiscard]] std::size_t size() const noexcept { return ::radiomics_matrices_length(c()); }

    /// Matrix `index`; an empty one if there is none.
    [[nodiscard]] matrix operator[](std::size_t index) const noexcept {
        ::radiomics_matrix found = RADIOMICS_MATRIX_INIT;
        if (::radiomics_matrices_matrix(c(), index, &found) != ::RADIOMICS_STATUS_OK) return {};
        return {detail::text(found.family),
                found.slice,
                found.has_offset != 0,
                {found.offset[0], found.offset[1], found.offset[2]},
                found.cell_count,
                found.levels,
                found.columns,
                found.values};
    }

  private:
    detail::handle<::radiomics_matrices, ::radiomics_matrices_free> handle_;
};

namespace detail {
/// The calls of a context that are about columns and matrices.
template <class Context> class matrix_calls {
  public:
    /// The columns that a table will have for each label, of images of these names; of one, "original", if there are none.
    [[nodiscard]] radiomics::columns columns(const settings &with, const std::vector<std::string> &images, failure &why) const {
        std::vector<const char *> names;
        for (const auto &name : images) {
            if (!is_text(name, why)) return radiomics::columns();
            names.push_back(name.c_str());
        }
        ::radiomics_columns *made = nullptr;
        const auto *of = names.empty() ? nullptr : names.data();
        report(self(), ::radiomics_columns_new(self(), with.c(), of, names.size(), &made), why);
        return radiomics::columns(made);
    }
    [[nodiscard]] radiomics::columns columns(const settings &with, failure &why) const { return columns(with, {}, why); }

    /// The texture matrices that the settings ask for. Filters that they name are not applied.
    [[nodiscard]] radiomics::matrices matrices(const image_view &image, const image_view &mask, std::int64_t label,
                                               const settings &with, failure &why) const {
        ::radiomics_matrices *made = nullptr;
        report(self(), ::radiomics_matrices_new(self(), image.c(), mask.c(), label, with.c(), &made), why);
        return radiomics::matrices(made);
    }

#if RADIOMICS_EXCEPTIONS
    [[nodiscard]] radiomics::columns columns(const settings &with, const std::vector<std::string> &images = {}) const {
        return or_throw([&](failure &why) { return columns(with, images, why); });
    }
    [[nodiscard]] radiomics::matrices matrices(const image_view &image, const image_view &mask, std::int64_t label,
                                               const settings &with) const {
        return or_throw([&](failure &why) { return matrices(image, mask, label, with, why); });
    }
#endif

  private:
    [[nodiscard]] ::radiomics_context *self() const noexcept { return static_cast<const Context *>(this)->c(); }
};
} // namespace detail

} // namespace radiomics

#endif // RADIOMICS_MATRICES_HPP
