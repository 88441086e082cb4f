// radiomics-rs: what radiomics.hpp reads results from: tables of values, and the catalogue.
#ifndef RADIOMICS_TABLE_HPP
#define RADIOMICS_TABLE_HPP

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "radiomics_view.hpp"

namespace radiomics {

/// One row of a table. The texts live as long as the table; `discretisation`, such as "bin_width_25", is empty unless
/// the settings have several and the feature depends on it.
struct row {
    std::int64_t label = 0;
    double value = 0;
    bool defined = false;
    std::string_view column, image, family, feature, aggregation, ibsi_id, ibsi_parameter_id, pyradiomics;
    std::string_view discretisation;
    /// Which of the masks of the job the label is of.
    std::size_t mask = 0;
    /// Why the value is not defined; empty if it is.
    std::string_view reason;
};

/// What became of a label of a mask in an image: `count` rows from `first` on, and why they have no values, if they have
/// none. The texts live as long as the table.
struct outcome {
    std::size_t mask = 0;
    std::int64_t label = 0;
    std::string_view image;
    std::size_t first = 0, count = 0;
    ::radiomics_status status = ::RADIOMICS_STATUS_OK;
    std::string_view text;
};

/// What makes the values of a region doubtful. The texts live as long as the table; `code`, such as "few_levels", is for
/// programs.
struct warning {
    std::int64_t label = 0;
    std::string_view code, image, message;
    std::size_t mask = 0;
};

/// Feature values, read like a std::map from column names to values, in the order of the catalogue.
/// With several labels, names are looked up in the first one unless a label is given.
class table {
  public:
    using key_type = std::string_view;
    using mapped_type = double;
    using value_type = std::pair<std::string_view, double>;

    class iterator {
      public:
        using iterator_category = std::input_iterator_tag;
        using value_type = table::value_type;
        using difference_type = std::ptrdiff_t;
        using reference = value_type;
        /// Holds what `->` looks at, as rows are made when they are asked for.
        class pointer {
          public:
            explicit pointer(value_type value) noexcept : value_(value) {}
            const value_type *operator->() const noexcept { return &value_; }

          private:
            value_type value_;
        };

        iterator() noexcept = default;
        iterator(const table *of, std::size_t index) noexcept : of_(of), index_(index) {}

        reference operator*() const noexcept {
            const auto found = of_->row(index_);
            return {found.column, found.value};
        }
        pointer operator->() const noexcept { return pointer(**this); }
        iterator &operator++() noexcept {
            ++index_;
            return *this;
        }
        iterator operator++(int) noexcept {
            auto before = *this;
            ++index_;
            return before;
        }
        bool operator==(const iterator &other) const noexcept { return index_ == other.index_; }
        bool operator!=(const iterator &other) const noexcept { return index_ != other.index_; }
        [[nodiscard]] std::size_t index() const noexcept { return index_; }

      private:
        const table *of_ = nullptr;
        std::size_t index_ = 0;
    };
    using const_iterator = iterator;

    table() noexcept = default;
    explicit table(::radiomics_table *owned) noexcept : handle_(owned) {}

    [[nodiscard]] const ::radiomics_table *c() const noexcept { return handle_.get(); }
    explicit operator bool() const noexcept { return handle_ != nullptr; }

    [[nodiscard]] std::size_t size() const noexcept { return ::radiomics_table_length(c()); }
    [[nodiscard]] bool empty() const noexcept { return size() == 0; }
    [[nodiscard]] iterator begin() const noexcept { return {this, 0}; }
    [[nodiscard]] iterator end() const noexcept { return {this, size()}; }

    /// All values, size() of them one after the other.
    [[nodiscard]] const double *values() const noexcept { return ::radiomics_table_values(c()); }

    /// Row `index`; an empty one if there is none.
    [[nodiscard]] radiomics::row row(std::size_t index) const noexcept {
        ::radiomics_row c_row = RADIOMICS_ROW_INIT;
        if (::radiomics_table_row(c(), index, &c_row) != ::RADIOMICS_STATUS_OK) return {};
        return {c_row.label,
                c_row.value,
                c_row.status == ::RADIOMICS_VALUE_STATUS_OK,
                detail::text(c_row.column),
                detail::text(c_row.image),
                detail::text(c_row.family),
                detail::text(c_row.feature),
                detail::text(c_row.aggregation),
                detail::text(c_row.ibsi_id),
                detail::text(c_row.ibsi_parameter_id),
                detail::text(c_row.pyradiomics),
                detail::text(c_row.discretisation),
                c_row.mask,
                detail::text(c_row.reason)};
    }

    /// What makes values doubtful, label by label.
    [[nodiscard]] std::vector<warning> warnings() const {
        std::vector<warning> found;
        for (std::size_t index = 0; index < ::radiomics_table_warning_count(c()); ++index) {
            ::radiomics_warning c_warning = RADIOMICS_WARNING_INIT;
            if (::radiomics_table_warning(c(), index, &c_warning) != ::RADIOMICS_STATUS_OK) break;
            found.push_back({c_warning.label, detail::text(c_warning.code), detail::text(c_warning.image),
                             detail::text(c_warning.message), c_warning.mask});
        }
        return found;
    }

    /// What became of each region, in the order of the rows.
    [[nodiscard]] std::vector<outcome> outcomes() const {
        std::vector<outcome> found;
        for (std::size_t index = 0; index < ::radiomics_table_outcome_count(c()); ++index) {
            ::radiomics_outcome one = RADIOMICS_OUTCOME_INIT;
            if (::radiomics_table_outcome(c(), index, &one) != ::RADIOMICS_STATUS_OK) break;
            found.push_back({one.mask, one.label, detail::text(one.image), one.first_row, one.row_count,
                             static_cast<::radiomics_status>(one.status), detail::text(one.text)});
        }
        return found;
    }

    /// The table as a JSON document, as CSV, and where it is from as JSON; empty for an empty object.
    [[nodiscard]] std::string to_json() const { return written(::radiomics_table_to_json); }
    [[nodiscard]] std::string to_csv() const { return written(::radiomics_table_to_csv); }
    [[nodiscard]] std::string provenance() const { return written(::radiomics_table_provenance); }

    /// The row of a column name, or end().
    [[nodiscard]] iterator find(const std::string &column) const { return find(first_label(), column); }
    [[nodiscard]] iterator find(std::int64_t label, const std::string &column) const {
        std::size_t index = 0;
        const auto status = ::radiomics_table_find(c(), label, column.c_str(), &index);
        return status == ::RADIOMICS_STATUS_OK ? iterator(this, index) : end();
    }
    /// The row of a label of one of several masks, or end().
    [[nodiscard]] iterator find(std::size_t mask, std::int64_t label, const std::string &column) const {
        std::size_t index = 0;
        const auto status = ::radiomics_table_find_in(c(), mask, label, column.c_str(), &index);
        return status == ::RADIOMICS_STATUS_OK ? iterator(this, index) : end();
    }
    [[nodiscard]] bool contains(const std::string &column) const { return find(column) != end(); }
    [[nodiscard]] std::size_t count(const std::string &column) const { return contains(column) ? 1 : 0; }

#if RADIOMICS_EXCEPTIONS
    /// The value of a column; throws std::out_of_range if there is none.
    [[nodiscard]] double at(const std::string &column) const { return at(first_label(), column); }
    /// The same for a label: of several masks that have it, the first is meant.
    [[nodiscard]] double at(std::int64_t label, const std::string &column) const {
        return value_of(find(label, column));
    }
    /// The same for a label of one of several masks, which count from 0.
    [[nodiscard]] double at(std::size_t mask, std::int64_t label, const std::string &column) const {
        return value_of(find(mask, label, column));
    }
    [[nodiscard]] double operator[](const std::string &column) const { return at(column); }
#endif

    /// A copy of the rows of a label that owns its names.
    [[nodiscard]] std::map<std::string, double> to_map(std::int64_t label) const {
        std::map<std::string, double> copy;
        for (const auto &region : outcomes()) {
            if (region.label != label) continue;
            for (auto index = region.first; index < region.first + region.count; ++index) {
                const auto found = row(index);
                copy.emplace(found.column, found.value);
            }
        }
        return copy;
    }
    [[nodiscard]] std::map<std::string, double> to_map() const { return to_map(first_label()); }

    /// Exports through the Arrow C Data Interface; see radiomics_table_to_arrow.
    ::radiomics_status to_arrow(struct ::ArrowArray *array, struct ::ArrowSchema *schema) const noexcept {
        return ::radiomics_table_to_arrow(c(), array, schema);
    }

  private:
    template <class F> [[nodiscard]] std::string written(F write) const {
        char *text = nullptr;
        if (write(c(), &text) != ::RADIOMICS_STATUS_OK) return {};
        const detail::handle<char, ::radiomics_string_free> owned(text);
        return std::string(detail::text(text));
    }

    [[nodiscard]] std::int64_t first_label() const noexcept { return row(0).label; }

#if RADIOMICS_EXCEPTIONS
    [[nodiscard]] double value_of(const iterator &found) const {
        // What the table has not, the look-up that failed says.
        if (found == end()) throw std::out_of_range(std::string(detail::text(::radiomics_last_error(nullptr))));
        return (*found).second;
    }
#endif

    detail::handle<::radiomics_table, ::radiomics_table_free> handle_;
};

/// What is known of a feature. The texts live as long as the catalogue.
struct feature {
    std::string_view family, family_ibsi_id, name, ibsi_id, ibsi_parameter_id, pyradiomics, summary, aggregations;
};

/// Every feature there is.
class catalogue {
  public:
    catalogue() noexcept {
        ::radiomics_catalogue *made = nullptr;
        if (::radiomics_catalogue_new(&made) == ::RADIOMICS_STATUS_OK) handle_.reset(made);
    }

    [[nodiscard]] std::size_t size() const noexcept { return ::radiomics_catalogue_length(handle_.get()); }

    /// Feature `index`; an empty one if there is none.
    [[nodiscard]] feature operator[](std::size_t index) const noexcept {
        ::radiomics_feature c = RADIOMICS_FEATURE_INIT;
        if (::radiomics_catalogue_feature(handle_.get(), index, &c) != ::RADIOMICS_STATUS_OK) return {};
        return {detail::text(c.family),      detail::text(c.family_ibsi_id),
                detail::text(c.name),        detail::text(c.ibsi_id),
                detail::text(c.ibsi_parameter_id), detail::text(c.pyradiomics),
                detail::text(c.summary),     detail::text(c.aggregations)};
    }

  private:
    detail::handle<::radiomics_catalogue, ::radiomics_catalogue_free> handle_;
};

} // namespace radiomics

#endif // RADIOMICS_TABLE_HPP
