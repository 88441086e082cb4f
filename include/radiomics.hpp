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
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "radiomics_job.hpp"
#include "radiomics_maps.hpp"
#include "radiomics_matrices.hpp"
#include "radiomics_output.hpp"
#include "radiomics_region.hpp"
#include "radiomics_table.hpp"
#include "radiomics_view.hpp"

namespace radiomics {

/// A loop of the caller's: calls the task with each number below n, on any threads, and returns when all have returned.
/// Tasks do not wait for each other; it must not throw.
using parallel_function = std::function<void(std::size_t n, const std::function<void(std::size_t)> &task)>;

/// Threads to compute on. One context is for one thread at a time, but for cancel(); contexts share
/// nothing.
class context : public detail::region_calls<context>, public detail::matrix_calls<context> {
  public:
#if RADIOMICS_EXCEPTIONS
    /// With this number of threads; 0 means as many as the machine has.
    explicit context(std::size_t threads = 0) : context(make(threads)) {}
#endif

    /// The same without exceptions: radiomics::context::make(threads, why).
    [[nodiscard]] static context make(std::size_t threads, failure &why) {
        ::radiomics_context_options options = RADIOMICS_CONTEXT_OPTIONS_INIT;
        options.threads = threads;
        return make(options, nullptr, why);
    }
    /// Without threads: all is computed on the thread of the call.
    [[nodiscard]] static context make_inline(failure &why) {
        ::radiomics_context_options options = RADIOMICS_CONTEXT_OPTIONS_INIT;
        options.executor = ::RADIOMICS_EXECUTOR_INLINE;
        return make(options, nullptr, why);
    }
    /// On threads of the caller, so many at a time; 0 means as many as the machine has.
    [[nodiscard]] static context make_on(parallel_function host, std::size_t threads, failure &why) {
        ::radiomics_context_options options = RADIOMICS_CONTEXT_OPTIONS_INIT;
        auto owned = std::make_unique<parallel_function>(std::move(host));
        options.executor = ::RADIOMICS_EXECUTOR_HOST;
        options.threads = threads;
        options.parallel_for = *owned ? run_on : nullptr; // an empty function is refused, as NULL is
        options.host = owned.get();
        return make(options, std::move(owned), why);
    }

    /// Stops what runs at this moment: from any thread, and from the handler of a signal. It fails with
    /// RADIOMICS_STATUS_CANCELLED, and what begins later runs.
    void cancel() const noexcept { ::radiomics_context_cancel(c()); }

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
        if (!detail::is_text(text, why)) return read;
        report(::radiomics_settings_from_pyradiomics(c(), text.c_str(), &made, &read.label), why);
        read.settings = settings(made);
        return read;
    }
    /// Those of `base`, with the ones replaced that a YAML document names.
    [[nodiscard]] settings update(const settings &base, const std::string &yaml, failure &why) {
        ::radiomics_settings *made = nullptr;
        if (!detail::is_text(yaml, why)) return settings();
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
            if (!detail::is_text(name, why)) return table();
            names.push_back(name.c_str());
            images.push_back(image.c());
        }
        ::radiomics_job c_job = RADIOMICS_JOB_INIT;
        c_job.images = images.data();
        c_job.image_names = names.data();
        c_job.image_count = images.size();
        std::vector<const ::radiomics_image *> masks;
        for (const auto &mask : what.masks) masks.push_back(mask.c());
        // Both are passed on if both are given, and refused there.
        if (what.mask.c()->data != nullptr || what.mask.size() > 0) c_job.mask = what.mask.c();
        if (!masks.empty()) c_job.masks = masks.data();
        c_job.mask_count = masks.size();
        c_job.labels = what.labels.empty() ? nullptr : what.labels.data();
        c_job.label_count = what.labels.size();
        c_job.settings = with.c();
        c_job.memory_mb = what.memory_mb;
        c_job.record_failures = what.record_failures;
        c_job.values = what.values;
        c_job.float_values = what.float_values;
        c_job.value_count = what.value_count;
        c_job.states = what.states;
        c_job.state_count = what.state_count;
        detail::watcher watching(what.progress, c_job);
        ::radiomics_table *made = nullptr;
        const auto status = ::radiomics_extract_many(c(), &c_job, &made);
        table result(made);
        watching.rethrow();
        report(status, why);
        return result;
    }

    /// The responses of the filters of the settings (the key `filters`) to a whole image, which lie where
    /// the image lies. No other setting matters.
    [[nodiscard]] std::vector<response> filter(const image_view &image, const settings &with, failure &why) {
        std::vector<response> made;
        for (std::size_t index = 0; index < with.filter_count(); ++index)
            made.push_back({std::string(with.filter_name(index)), {}});
        // Without buffers the arguments are checked and nothing is computed.
        output into;
        into.buffers.resize(made.size());
        filter(image, with, into, why);
        if (why) return {};
        const bool has_room = detail::takes_memory(why, made.size() * image.size(), [&] {
            for (std::size_t index = 0; index < made.size(); ++index) {
                made[index].values.resize(image.size());
                into.buffers[index] = made[index].values.data();
            }
        });
        if (!has_room) return {};
        into.length = image.size();
        filter(image, with, into, why);
        if (why) made.clear();
        return made;
    }
    /// The same into memory of the caller.
    void filter(const image_view &image, const settings &with, const output &into, failure &why) {
        ::radiomics_output c_output = into.c();
        detail::watcher watching(into.progress, c_output);
        const auto status = ::radiomics_filter(c(), image.c(), with.c(), &c_output);
        watching.rethrow();
        report(status, why);
    }

    /// What maps there are and where they lie; values come by feature_maps.
    [[nodiscard]] prepared_maps prepare_maps(const maps_job &what, const settings &with, failure &why) {
        ::radiomics_maps_job c_job = what.c(with.c());
        detail::watcher watching(what.preparing, c_job);
        ::radiomics_maps *made = nullptr;
        const auto status = ::radiomics_maps_new(c(), &c_job, &made);
        prepared_maps result(made);
        watching.rethrow();
        report(status, why);
        return result;
    }
    /// Feature maps: features of the window round each voxel of a region. They are NaN where the region is
    /// not.
    [[nodiscard]] maps feature_maps(const maps_job &what, const settings &with, failure &why) {
        auto prepared = prepare_maps(what, with, why);
        if (why) return {};
        maps made;
        const std::size_t doubles = prepared.size() * prepared.view().size();
        if (!detail::takes_memory(why, doubles, [&] { made = maps(std::move(prepared)); })) return {};
        output into = made.all(what.progress);
        into.memory_mb = what.memory_mb;
        feature_maps(made.prepared(), into, why);
        return why ? maps() : std::move(made);
    }
    /// The same into memory of the caller. Progress is that of `into`.
    void feature_maps(const prepared_maps &what, const output &into, failure &why) {
        ::radiomics_output c_output = into.c();
        detail::watcher watching(into.progress, c_output);
        const auto status = ::radiomics_maps_compute(c(), what.c(), &c_output);
        watching.rethrow();
        report(status, why);
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
    [[nodiscard]] static context make_inline() {
        return detail::or_throw([](failure &why) { return make_inline(why); });
    }
    [[nodiscard]] static context make_on(parallel_function host, std::size_t threads = 0) {
        return detail::or_throw([&](failure &why) { return make_on(std::move(host), threads, why); });
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
    [[nodiscard]] std::vector<response> filter(const image_view &image, const settings &with) {
        return detail::or_throw([&](failure &why) { return filter(image, with, why); });
    }
    void filter(const image_view &image, const settings &with, const output &into) {
        detail::or_throw([&](failure &why) { filter(image, with, into, why); });
    }
    [[nodiscard]] prepared_maps prepare_maps(const maps_job &what, const settings &with) {
        return detail::or_throw([&](failure &why) { return prepare_maps(what, with, why); });
    }
    [[nodiscard]] maps feature_maps(const maps_job &what, const settings &with) {
        return detail::or_throw([&](failure &why) { return feature_maps(what, with, why); });
    }
    void feature_maps(const prepared_maps &what, const output &into) {
        detail::or_throw([&](failure &why) { feature_maps(what, into, why); });
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

    static context make(const ::radiomics_context_options &options, std::unique_ptr<parallel_function> host, failure &why) {
        context made{nothing{}};
        made.host_ = std::move(host);
        ::radiomics_context *c = nullptr;
        const auto status = ::radiomics_context_new(&options, &c);
        made.handle_.reset(c);
        made.report(status, why);
        return made;
    }

    static void run_on(std::size_t n, void (*task)(std::size_t, void *), void *data, void *host) noexcept {
        (*static_cast<parallel_function *>(host))(n, [&](std::size_t index) { task(index, data); });
    }

    void report(::radiomics_status status, failure &why) const {
        detail::report(c(), status, why);
    }

    template <class F> settings make_settings(F function, const std::string &text, failure &why) {
        ::radiomics_settings *made = nullptr;
        if (!detail::is_text(text, why)) return settings();
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

    // The context may call it as long as it lives.
    std::unique_ptr<parallel_function> host_;
    detail::handle<::radiomics_context, ::radiomics_context_free> handle_;
};

} // namespace radiomics

#if !defined(RADIOMICS_NO_ITK) && __has_include(<itkImage.h>)
#include "radiomics_itk.hpp"
#endif
#if !defined(RADIOMICS_NO_VTK) && __has_include(<vtkImageData.h>)
#include "radiomics_vtk.hpp"
#endif

#endif // RADIOMICS_HPP
