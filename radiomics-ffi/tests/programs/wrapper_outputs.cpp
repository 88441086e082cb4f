// The C++ wrapper: responses and maps, returned or into memory of the caller.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <type_traits>

#include "radiomics.hpp"
#include "support.h"

static_assert(!std::is_copy_constructible_v<radiomics::prepared_maps> && std::is_move_assignable_v<radiomics::prepared_maps>);
static_assert(!std::is_copy_constructible_v<radiomics::maps> && std::is_move_assignable_v<radiomics::maps>);

namespace {

phantom of;

radiomics::image_view image() { return radiomics::view(of.intensities, {NZ, NY, NX}, {3.0, 1.5, 1.5}); }
radiomics::image_view mask() { return radiomics::view(of.labels, {NZ, NY, NX}, {3.0, 1.5, 1.5}); }

radiomics::maps_job job() {
    radiomics::maps_job made;
    made.image = image();
    made.mask = mask();
    return made;
}

bool same(const double *one, const double *other, std::size_t count) {
    return std::equal(one, one + count, other, [](double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); });
}

void outputs() {
    double memory[3] = {};
    radiomics::output into;
    into.skip().add(memory, 3).add(memory + 3, 0);
    CHECK(into.buffers.size() == 3 && into.buffers[0] == nullptr && into.length == 0);
    into = {};
    into.skip().add(memory, 3);
    CHECK(into.length == 3 && std::isnan(into.c().outside) && into.c().buffer_count == 2);
    float floats[3] = {};
    into = {};
    into.skip().add(floats, 3).add(static_cast<double *>(nullptr), 0);
    CHECK(into.buffers.empty() && into.float_buffers.size() == 3 && into.length == 3 && into.c().buffers == nullptr);
}

void failures() {
    radiomics::failure why;
    auto context = radiomics::context::make(2, why);
    auto settings = context.settings_from_yaml("filters: [original, square]", why);
    CHECK(!why && settings.filter_count() == 2 && settings.filter_name(1) == "square" && settings.filter_name(2).empty());
    const auto responses = context.filter(image(), settings, why);
    CHECK(!why && responses.size() == 2 && responses[1].name == "square" && responses[1].values.size() == VOXELS);
    CHECK(std::equal(of.intensities, of.intensities + VOXELS, responses[0].values.begin()));

    std::vector<double> square(VOXELS, 5.0);
    radiomics::output into;
    into.skip().add(square.data(), VOXELS - 1);
    context.filter(image(), settings, into, why);
    CHECK(why.status == RADIOMICS_STATUS_INVALID_ARGUMENT && square[0] == 5.0);
    CHECK(why.text.find("`buffer_length` is 1679") != std::string::npos);
    // None of the two is left out without a word.
    std::vector<float> in_floats(VOXELS);
    into = {};
    into.add(square.data(), square.size()).add(in_floats.data(), in_floats.size());
    context.filter(image(), settings, into, why);
    CHECK(why.text.find("`buffers` and `float_buffers` are both given") != std::string::npos);
    into = {};
    into.skip().add(square.data(), square.size());
    context.filter(image(), settings, into, why);
    CHECK(!why && square == responses[1].values);
    // An image that no memory could hold is refused, not allocated for.
    const auto huge = radiomics::view(of.intensities, {SIZE_MAX / 4, 4, 4}, {1.0, 1.0, 1.0});
    CHECK(context.filter(huge, settings, why).empty() && why.status == RADIOMICS_STATUS_INVALID_ARGUMENT);
    const radiomics::settings none;
    CHECK(context.filter(image(), none, why).empty() && why.status == RADIOMICS_STATUS_INVALID_ARGUMENT);

    settings = context.settings_from_yaml("features: [glcm.joint_entropy, ngtdm.contrast]", why);
    auto wrong = job();
    wrong.radius = 99;
    CHECK(!context.feature_maps(wrong, settings, why) && why.status == RADIOMICS_STATUS_INVALID_SETTING);
    wrong = job();
    wrong.label = 5;
    CHECK(!context.prepare_maps(wrong, settings, why) && why.status == RADIOMICS_STATUS_LABEL_NOT_PRESENT);
    const auto maps = context.feature_maps(job(), settings, why);
    CHECK(!why && maps && maps.size() > 1 && maps.view(0).shape() == (radiomics::sizes{9, 9, 9}));
    const auto contrast = maps.find("original_ngtdm_contrast_3D");
    CHECK(contrast == maps.size() - 1 && maps[contrast].feature == "contrast" && maps[contrast].family == "ngtdm");
    CHECK(maps.find("contrast") == maps.size() && maps.values(maps.size()) == nullptr && maps[maps.size()].column.empty());
    CHECK(std::isnan(maps.values(contrast)[0]) && !std::isnan(maps.values(contrast)[9 * 9 * 4 + 9 * 4 + 4]));

    // One map into memory of the caller.
    auto prepared = context.prepare_maps(job(), settings, why);
    CHECK(!why && prepared.size() == maps.size() && prepared.view().size() == 729 && prepared.view().c()->data == nullptr);
    std::vector<double> values(prepared.view().size());
    into = {};
    for (std::size_t index = 0; index < prepared.size(); ++index)
        index == contrast ? into.add(values.data(), values.size()) : into.skip();
    context.feature_maps(prepared, into, why);
    CHECK(!why && same(values.data(), maps.values(contrast), values.size()));
    into.outside = -3;
    context.feature_maps(prepared, into, why);
    CHECK(!why && values[0] == -3);
    into.progress = [](std::size_t, std::size_t) { return false; };
    values[0] = 8;
    context.feature_maps(prepared, into, why);
    CHECK(why.status == RADIOMICS_STATUS_CANCELLED && values[0] == 8);
    auto moved = std::move(prepared);
    CHECK(moved && prepared.size() == 0 && prepared.view().size() == 0);
    context.feature_maps(prepared, into, why);
    CHECK(why.status == RADIOMICS_STATUS_INVALID_ARGUMENT);
}

// Who cancels and how much memory there is reach every call that has a place for them.
void limits() {
    radiomics::failure why;
    auto context = radiomics::context::make(2, why);
    const auto settings = context.settings_from_yaml("features: [glcm.joint_entropy]", why);
    auto what = job();
    std::size_t steps = 0;
    what.preparing = [&](std::size_t, std::size_t) {
        ++steps;
        return true;
    };
    auto prepared = context.prepare_maps(what, settings, why);
    CHECK(!why && prepared && steps > 1);
    what.preparing = [&](std::size_t done, std::size_t total) {
        if (done < total) context.cancel();
        return true;
    };
    CHECK(!context.prepare_maps(what, settings, why) && why.status == RADIOMICS_STATUS_CANCELLED);
    what.preparing = nullptr;
    what.progress = [&](std::size_t done, std::size_t) {
        if (done == 0) context.cancel();
        return true;
    };
    CHECK(!context.feature_maps(what, settings, why) && why.status == RADIOMICS_STATUS_CANCELLED);
    // What begins after that runs.
    context.cancel();
    what.progress = nullptr;
    CHECK(context.feature_maps(what, settings, why) && !why);

    what.memory_mb = -1;
    CHECK(!context.prepare_maps(what, settings, why) && why.status == RADIOMICS_STATUS_INVALID_ARGUMENT);
    CHECK(why.text.find("`memory_mb` is -1") == 0);
    std::vector<double> values(prepared.view().size() * prepared.size());
    radiomics::output into;
    for (std::size_t index = 0; index < prepared.size(); ++index)
        into.add(values.data() + index * prepared.view().size(), prepared.view().size());
    into.memory_mb = -1;
    context.feature_maps(prepared, into, why);
    CHECK(why.status == RADIOMICS_STATUS_INVALID_ARGUMENT);
    // Ten values of 8 bytes: less than there are.
    into.memory_mb = 80e-6;
    context.feature_maps(prepared, into, why);
    CHECK(why.status == RADIOMICS_STATUS_OUT_OF_MEMORY && values[0] == 0);
    into.memory_mb = 1000;
    context.feature_maps(prepared, into, why);
    CHECK(!why);
#if RADIOMICS_EXCEPTIONS
    const bool is_there = radiomics::detail::takes_memory(why, 7, [] { throw std::bad_alloc(); });
    CHECK(!is_there && why.status == RADIOMICS_STATUS_OUT_OF_MEMORY && why.text.find("7 values") != std::string::npos);
#endif
}

#if RADIOMICS_EXCEPTIONS
template <class Thrown, class F> Thrown thrown_by(F &&function) {
    try {
        function();
    } catch (const Thrown &thrown) {
        return thrown;
    }
    std::cerr << "nothing was thrown\n";
    std::exit(1);
}

void exceptions() {
    radiomics::context context(2);
    const auto settings = context.settings_from_yaml("{filters: [{mean: {support_voxels: 3}}], features: [intensity_statistics.mean]}");
    const auto responses = context.filter(image(), settings);
    CHECK(responses.size() == 1 && responses[0].name == "mean-3-3D");
    radiomics::output into;
    const auto refused = thrown_by<radiomics::error>([&] { context.filter(image(), settings, into); });
    CHECK(std::string(refused.what()).find("`buffer_count` is 0") != std::string::npos);
    std::vector<double> values(VOXELS);
    into.add(values.data(), values.size());
    into.progress = [](std::size_t, std::size_t) -> bool { throw std::domain_error("from the callback"); };
    CHECK(std::string(thrown_by<std::domain_error>([&] { context.filter(image(), settings, into); }).what()) == "from the callback");
    into.progress = nullptr;
    context.filter(image(), settings, into);
    CHECK(values == responses[0].values);

    auto what = job();
    std::size_t last = 0, all = 0;
    what.progress = [&](std::size_t done, std::size_t total) {
        last = done, all = total;
        return true;
    };
    const auto maps = context.feature_maps(what, settings);
    CHECK(last > 200 && last == all && maps.size() == 1 && maps[0].column == "mean-3-3D_intensity_statistics_mean");
    what.progress = [](std::size_t, std::size_t) { return false; };
    CHECK(thrown_by<radiomics::error>([&] { (void)context.feature_maps(what, settings); }).status() == RADIOMICS_STATUS_CANCELLED);
    what.radius = 16;
    CHECK(thrown_by<radiomics::error>([&] { (void)context.prepare_maps(what, settings); }).status() == RADIOMICS_STATUS_INVALID_SETTING);

    // A map is an image with a place of its own: the smoothed image is smoothed again.
    const auto again = context.filter(maps.view(0), settings);
    CHECK(again[0].values.size() == 729 && maps.view(0).c()->origin_mm[0] == 3.0);
}
#endif

} // namespace

int main() {
    fill(&of);
    outputs();
    failures();
    limits();
#if RADIOMICS_EXCEPTIONS
    exceptions();
#endif
    return 0;
}
