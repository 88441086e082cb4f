// radiomics-rs: radiomic features as standardised by IBSI. C++17 interface, header-only,
// over the C interface of radiomics.h.
//
//     radiomics::context context;
//     auto settings = context.settings_from_yaml("bin_width: 25");
//     auto image = radiomics::view(voxels, {nz, ny, nx}, {dz, dy, dx});
//     auto mask = radiomics::view(labels, {nz, ny, nx}, {dz, dy, dx});
//     for (auto [name, value] : context.extract(image, mask, 1, settings)) ...
//
// Every function that can fail comes twice: one that throws radiomics::error, and one with a last
// argument of type radiomics::failure, which does not throw it. Without exceptions
// (-fno-exceptions) only the second kind is there. Objects are move-only and free what they own;
// one that a failed call returned is empty. Arrays and triples are (z, y, x), lengths millimetres.
#ifndef RADIOMICS_HPP
#define RADIOMICS_HPP

#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "radiomics_view.hpp"

#if RADIOMICS_EXCEPTIONS
#include <exception>
#include <stdexcept>
#endif

namespace radiomics {

/// Everything that determines the numbers, apart from image and mask.
class settings {
  public:
    settings() noexcept = default;
    explicit settings(::radiomics_settings *owned) noexcept : handle_(owned) {}

    [[nodiscard]] const ::radiomics_settings *c() const noexcept { return handle_.get(); }
    explicit operator bool() const noexcept { return handle_ != nullptr; }

  private:
    detail::handle<::radiomics_settings, ::radiomics_settings_free> handle_;
};

/// Settings of a PyRadiomics parameter file and the label that it names.
struct pyradiomics_parameters {
    radiomics::settings settings;
    std::int64_t label = 1;
};

/// One row of a table. The texts live as long as the table.
struct row {
    std::int64_t label = 0;
    double value = 0;
    bool defined = false;
    std::string_view column, image, family, feature, aggregation, ibsi_id, ibsi_parameter_id, pyradiomics;
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
        using pointer = const value_type *;
        using reference = value_type;

        iterator() noexcept = default;
        iterator(const table *of, std::size_t index) noexcept : of_(of), index_(index) {}

        reference operator*() const noexcept {
            const auto found = of_->row(index_);
            return {found.column, found.value};
        }
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
        ::radiomics_row c_row{};
        c_row.struct_size = sizeof c_row;
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
                detail::text(c_row.pyradiomics)};
    }

    /// The row of a column name, or end().
    [[nodiscard]] iterator find(const std::string &column) const { return find(first_label(), column); }
    [[nodiscard]] iterator find(std::int64_t label, const std::string &column) const {
        std::size_t index = 0;
        const auto status = ::radiomics_table_find(c(), label, column.c_str(), &index);
        return status == ::RADIOMICS_STATUS_OK ? iterator(this, index) : end();
    }
    [[nodiscard]] bool contains(const std::string &column) const { return find(column) != end(); }
    [[nodiscard]] std::size_t count(const std::string &column) const { return contains(column) ? 1 : 0; }

#if RADIOMICS_EXCEPTIONS
    /// The value of a column; throws std::out_of_range if there is none.
    [[nodiscard]] double at(const std::string &column) const { return at(first_label(), column); }
    [[nodiscard]] double at(std::int64_t label, const std::string &column) const {
        const auto found = find(label, column);
        if (found == end()) throw std::out_of_range("the table has no column " + column);
        return (*found).second;
    }
    [[nodiscard]] double operator[](const std::string &column) const { return at(column); }
#endif

    /// A copy of the rows of a label that owns its names.
    [[nodiscard]] std::map<std::string, double> to_map(std::int64_t label) const {
        std::map<std::string, double> copy;
        for (std::size_t index = 0; index < size(); ++index) {
            const auto found = row(index);
            if (found.label == label) copy.emplace(found.column, found.value);
        }
        return copy;
    }
    [[nodiscard]] std::map<std::string, double> to_map() const { return to_map(first_label()); }

    /// Exports through the Arrow C Data Interface; see radiomics_table_to_arrow.
    ::radiomics_status to_arrow(struct ::ArrowArray *array, struct ::ArrowSchema *schema) const noexcept {
        return ::radiomics_table_to_arrow(c(), array, schema);
    }

  private:
    [[nodiscard]] std::int64_t first_label() const noexcept { return row(0).label; }

    detail::handle<::radiomics_table, ::radiomics_table_free> handle_;
};

/// What to extract from several images, several labels, or with progress.
struct job {
    /// Images on one grid, each with a name of its own.
    std::vector<std::pair<std::string, image_view>> images;
    image_view mask;
    /// Labels of the regions; none means every label of the mask.
    std::vector<std::int64_t> labels;
    /// Is told (done, total) and returns whether to go on. It is called on threads of the context, one
    /// call at a time; what it throws cancels the job and is thrown again by the caller.
    std::function<bool(std::size_t, std::size_t)> progress;
};

/// Threads to compute on. One context is for one thread at a time; contexts share nothing.
class context {
  public:
#if RADIOMICS_EXCEPTIONS
    /// With this number of threads; 0 means as many as the machine has.
    explicit context(std::size_t threads = 0) : context(make(threads)) {}
#endif

    /// The same without exceptions: radiomics::context::make(threads, why).
    [[nodiscard]] static context make(std::size_t threads, failure &why) {
        ::radiomics_context_options options{};
        options.struct_size = sizeof options;
        options.threads = threads;
        context made{nothing{}};
        ::radiomics_context *c = nullptr;
        const auto status = ::radiomics_context_new(&options, &c);
        made.handle_.reset(c);
        made.report(status, why);
        return made;
    }

    [[nodiscard]] settings settings_from_profile(const std::string &name, failure &why) {
        return make_settings(::radiomics_settings_from_profile, name, why);
    }
    [[nodiscard]] settings settings_from_ibsi_configuration(const std::string &name, failure &why) {
        return make_settings(::radiomics_settings_from_ibsi_configuration, name, why);
    }
    [[nodiscard]] settings settings_from_yaml(const std::string &text, failure &why) {
        return make_settings(::radiomics_settings_from_yaml, text, why);
    }
    [[nodiscard]] settings settings_from_json(const std::string &text, failure &why) {
        return make_settings(::radiomics_settings_from_json, text, why);
    }
    /// From the text of a PyRadiomics parameter file.
    [[nodiscard]] pyradiomics_parameters settings_from_pyradiomics(const std::string &text, failure &why) {
        ::radiomics_settings *made = nullptr;
        pyradiomics_parameters read;
        report(::radiomics_settings_from_pyradiomics(c(), text.c_str(), &made, &read.label), why);
        read.settings = settings(made);
        return read;
    }
    /// Those of `base`, with the ones replaced that a YAML document names.
    [[nodiscard]] settings update(const settings &base, const std::string &yaml, failure &why) {
        ::radiomics_settings *made = nullptr;
        report(::radiomics_settings_update(c(), base.c(), yaml.c_str(), &made), why);
        return settings(made);
    }
    [[nodiscard]] std::string to_yaml(const settings &from, failure &why) {
        return make_text(::radiomics_settings_to_yaml, from, why);
    }
    [[nodiscard]] std::string to_json(const settings &from, failure &why) {
        return make_text(::radiomics_settings_to_json, from, why);
    }

    /// The features of the voxels of `mask` that have `label`.
    [[nodiscard]] table extract(const image_view &image, const image_view &mask, std::int64_t label,
                                const settings &with, failure &why) {
        ::radiomics_table *made = nullptr;
        report(::radiomics_extract(c(), image.c(), mask.c(), label, with.c(), &made), why);
        return table(made);
    }

    /// The features of several labels in several images.
    [[nodiscard]] table extract(const job &what, const settings &with, failure &why) {
        std::vector<const ::radiomics_image *> images;
        std::vector<const char *> names;
        for (const auto &[name, image] : what.images) {
            names.push_back(name.c_str());
            images.push_back(image.c());
        }
        ::radiomics_job c_job{};
        c_job.struct_size = sizeof c_job;
        c_job.images = images.data();
        c_job.image_names = names.data();
        c_job.image_count = images.size();
        c_job.mask = what.mask.c();
        c_job.labels = what.labels.empty() ? nullptr : what.labels.data();
        c_job.label_count = what.labels.size();
        c_job.settings = with.c();
        watcher watching{what.progress, {}};
        if (what.progress) {
            c_job.progress = watcher::call;
            c_job.user_data = &watching;
        }
        ::radiomics_table *made = nullptr;
        const auto status = ::radiomics_extract_many(c(), &c_job, &made);
        table result(made);
        watching.rethrow();
        report(status, why);
        return result;
    }

    /// Compares computed with published values: the report, or a failure with it as text.
    [[nodiscard]] std::string verify(failure &why) { return verify(nullptr, nullptr, why); }
    /// The same with the CT phantom of IBSI 1 and its mask.
    [[nodiscard]] std::string verify(const image_view &ct, const image_view &ct_mask, failure &why) {
        return verify(ct.c(), ct_mask.c(), why);
    }

#if RADIOMICS_EXCEPTIONS
    [[nodiscard]] static context make(std::size_t threads) {
        return detail::or_throw([&](failure &why) { return make(threads, why); });
    }
    [[nodiscard]] settings settings_from_profile(const std::string &name) {
        return detail::or_throw([&](failure &why) { return settings_from_profile(name, why); });
    }
    [[nodiscard]] settings settings_from_ibsi_configuration(const std::string &name) {
        return detail::or_throw([&](failure &why) { return settings_from_ibsi_configuration(name, why); });
    }
    [[nodiscard]] settings settings_from_yaml(const std::string &text) {
        return detail::or_throw([&](failure &why) { return settings_from_yaml(text, why); });
    }
    [[nodiscard]] settings settings_from_json(const std::string &text) {
        return detail::or_throw([&](failure &why) { return settings_from_json(text, why); });
    }
    [[nodiscard]] pyradiomics_parameters settings_from_pyradiomics(const std::string &text) {
        return detail::or_throw([&](failure &why) { return settings_from_pyradiomics(text, why); });
    }
    [[nodiscard]] settings update(const settings &base, const std::string &yaml) {
        return detail::or_throw([&](failure &why) { return update(base, yaml, why); });
    }
    [[nodiscard]] std::string to_yaml(const settings &from) {
        return detail::or_throw([&](failure &why) { return to_yaml(from, why); });
    }
    [[nodiscard]] std::string to_json(const settings &from) {
        return detail::or_throw([&](failure &why) { return to_json(from, why); });
    }
    [[nodiscard]] table extract(const image_view &image, const image_view &mask, std::int64_t label,
                                const settings &with) {
        return detail::or_throw([&](failure &why) { return extract(image, mask, label, with, why); });
    }
    [[nodiscard]] table extract(const job &what, const settings &with) {
        return detail::or_throw([&](failure &why) { return extract(what, with, why); });
    }
    std::string verify() {
        return detail::or_throw([&](failure &why) { return verify(why); });
    }
    std::string verify(const image_view &ct, const image_view &ct_mask) {
        return detail::or_throw([&](failure &why) { return verify(ct, ct_mask, why); });
    }
#endif

    [[nodiscard]] ::radiomics_context *c() const noexcept { return handle_.get(); }
    explicit operator bool() const noexcept { return handle_ != nullptr; }

  private:
    struct nothing {};
    explicit context(nothing) noexcept {}

    /// Between the callback of C, which nothing may be thrown through, and the function of a job.
    struct watcher {
        const std::function<bool(std::size_t, std::size_t)> &progress;
#if RADIOMICS_EXCEPTIONS
        std::exception_ptr thrown;
        static std::int32_t call(std::size_t done, std::size_t total, void *self) noexcept {
            auto &watching = *static_cast<watcher *>(self);
            try {
                return watching.progress(done, total) ? 0 : 1;
            } catch (...) {
                watching.thrown = std::current_exception();
                return 1;
            }
        }
        void rethrow() const {
            if (thrown) std::rethrow_exception(thrown);
        }
#else
        nothing thrown;
        static std::int32_t call(std::size_t done, std::size_t total, void *self) noexcept {
            return static_cast<watcher *>(self)->progress(done, total) ? 0 : 1;
        }
        void rethrow() const noexcept {}
#endif
    };

    void report(::radiomics_status status, failure &why) const {
        why.status = status;
        why.text.clear();
        if (status == ::RADIOMICS_STATUS_OK) return;
        why.text = ::radiomics_last_error(c());
        if (why.text.empty()) why.text = ::radiomics_status_text(status);
    }

    template <class F> settings make_settings(F function, const std::string &text, failure &why) {
        ::radiomics_settings *made = nullptr;
        report(function(c(), text.c_str(), &made), why);
        return settings(made);
    }

    template <class F> std::string make_text(F function, const settings &from, failure &why) {
        char *made = nullptr;
        report(function(c(), from.c(), &made), why);
        return take(made);
    }

    std::string verify(const ::radiomics_image *ct, const ::radiomics_image *ct_mask, failure &why) {
        char *made = nullptr;
        report(::radiomics_verify(c(), ct, ct_mask, &made), why);
        return take(made);
    }

    static std::string take(char *made) {
        const detail::handle<char, ::radiomics_string_free> owned(made);
        return std::string(detail::text(made));
    }

    detail::handle<::radiomics_context, ::radiomics_context_free> handle_;
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
        ::radiomics_feature c{};
        c.struct_size = sizeof c;
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

#if __has_include(<itkImage.h>)
#include "radiomics_itk.hpp"
#endif
#if __has_include(<vtkImageData.h>)
#include "radiomics_vtk.hpp"
#endif

#endif // RADIOMICS_HPP
