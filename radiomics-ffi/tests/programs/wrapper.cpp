// The C++ wrapper: exceptions or failures by choice, moves, tables like maps.
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <type_traits>

#include "radiomics.hpp"
#include "support.h"

static_assert(!std::is_copy_constructible_v<radiomics::context> && std::is_move_constructible_v<radiomics::context>);
static_assert(!std::is_copy_constructible_v<radiomics::settings> && std::is_move_assignable_v<radiomics::settings>);
static_assert(!std::is_copy_constructible_v<radiomics::table> && std::is_move_assignable_v<radiomics::table>);

namespace {

phantom of;

radiomics::image_view image() { return radiomics::view(of.intensities, {NZ, NY, NX}, {3.0, 1.5, 1.5}); }
radiomics::image_view mask() { return radiomics::view(of.labels, {NZ, NY, NX}, {3.0, 1.5, 1.5}); }

void failures() {
    radiomics::failure why;
    auto context = radiomics::context::make(2, why);
    CHECK(!why && context);
    auto none = context.settings_from_yaml("bin_width: 0", why);
    CHECK(why && !none && why.status == RADIOMICS_STATUS_INVALID_SETTING);
    CHECK(why.text.find("`bin_width` is 0") != std::string::npos);
    auto settings = context.settings_from_yaml("families: [intensity_statistics]", why);
    CHECK(!why && why.text.empty());
    auto table = context.extract(image(), mask(), 9, settings, why);
    CHECK(why.status == RADIOMICS_STATUS_LABEL_NOT_PRESENT && !table && table.empty());
    table = context.extract(image(), mask(), 1, settings, why);
    CHECK(!why && table.size() == 18);
    auto moved = std::move(table);
    CHECK(moved.size() == 18 && table.size() == 0);
    auto refused = radiomics::context::make(5000, why);
    CHECK(!refused && why.status == RADIOMICS_STATUS_THREADS && !why.text.empty());
    // An empty context answers like a context that is NULL in C.
    none = refused.settings_from_profile("ibsi", why);
    CHECK(!none && why.status == RADIOMICS_STATUS_INVALID_ARGUMENT);
}

void catalogue() {
    const radiomics::catalogue all;
    CHECK(all.size() > 170 && !all[0].name.empty() && all[all.size()].name.empty());
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
    const auto refused = thrown_by<radiomics::error>([&] { (void)context.settings_from_profile("ipsi"); });
    CHECK(refused.status() == RADIOMICS_STATUS_UNKNOWN_NAME);
    CHECK(std::string(refused.what()).find("did you mean `ibsi`?") != std::string::npos);
    const auto many = thrown_by<radiomics::error>([] { radiomics::context many(5000); });
    CHECK(std::string(many.what()).find("1024 are the limit") != std::string::npos);

    const auto settings = context.settings_from_profile("ibsi");
    const auto table = context.extract(image(), mask(), 1, settings);
    const double mean = table["original_intensity_statistics_mean"];
    CHECK(mean == table.at("original_intensity_statistics_mean") && mean == table.to_map().at("original_intensity_statistics_mean"));
    CHECK(table.contains("original_glcm_contrast_3D_avg") && !table.contains("contrast"));
    CHECK(table.find("contrast") == table.end());
    thrown_by<std::out_of_range>([&] { (void)table["contrast"]; });
    std::size_t index = 0;
    for (const auto [name, value] : table) {
        const auto row = table.row(index);
        CHECK(row.column == name && row.label == 1 && row.defined == !std::isnan(value));
        CHECK(std::isnan(value) ? std::isnan(table.values()[index]) : value == table.values()[index]);
        ++index;
    }
    CHECK(index == table.size());
    const auto warnings = table.warnings();
    CHECK(warnings.size() == 1 && warnings[0].label == 1 && warnings[0].code == "region_at_border");
    CHECK(warnings[0].image == "original" && warnings[0].message.find("along z") != std::string_view::npos);
    CHECK(radiomics::table().warnings().empty());

    const auto parameters = context.settings_from_pyradiomics("setting: {label: 2, binWidth: 5}");
    CHECK(parameters.label == 2);
    CHECK(context.to_yaml(parameters.settings).find("bin_width: 5.0\n") != std::string::npos);
    const auto changed = context.update(parameters.settings, "bin_width: 6");
    CHECK(context.to_json(changed).find("\"bin_width\": 6.0") != std::string::npos);
    CHECK(context.verify().find("482 of 482") != std::string::npos);
}

void several_discretisations() {
    radiomics::context context(2);
    const auto several = context.settings_from_yaml("{features: [intensity_statistics.mean, glcm.contrast], bin_number: [8, 16]}");
    const auto table = context.extract(image(), mask(), 1, several);
    CHECK(table.size() == 3 && table.row(0).discretisation.empty());
    for (const auto *bins : {"8", "16"}) {
        const auto single = context.update(several, std::string("bin_number: ") + bins);
        const auto found = table.find(std::string("original_glcm_contrast_3D_avg_bin_number_") + bins);
        CHECK(found != table.end() && table.row(found.index()).discretisation == std::string("bin_number_") + bins);
        CHECK((*found).second == context.extract(image(), mask(), 1, single)["original_glcm_contrast_3D_avg"]);
    }
    radiomics::maps_job job;
    job.image = image();
    job.mask = mask();
    const auto refused = thrown_by<radiomics::error>([&] { (void)context.feature_maps(job, several); });
    CHECK(std::string(refused.what()).find("[8, 16]: feature maps are of one discretisation") != std::string::npos);
}

void jobs() {
    radiomics::context context(2);
    const auto settings = context.settings_from_yaml("families: [intensity_statistics, glcm]");
    // x fastest in the first view; the same voxels with all axes turned round in the second.
    auto backwards = image().strides({-NY * NX, -NX, -1});
    backwards = radiomics::view(of.intensities + VOXELS - 1, {NZ, NY, NX}, {3.0, 1.5, 1.5}).strides({-NY * NX, -NX, -1});
    radiomics::job job;
    job.images = {{"forth", image()}, {"back", backwards}};
    job.mask = mask();
    std::size_t last = 0;
    job.progress = [&](std::size_t done, std::size_t total) {
        last = done;
        return done <= total;
    };
    const auto table = context.extract(job, settings);
    CHECK(last > 0 && table.row(0).label == 1 && table.row(table.size() - 1).label == 2);
    CHECK(table.find(2, "back_intensity_statistics_mean") != table.end());
    CHECK(table.at(1, "forth_intensity_statistics_mean") != table.at(2, "forth_intensity_statistics_mean"));

    job.progress = [](std::size_t done, std::size_t) { return done < 2; };
    CHECK(thrown_by<radiomics::error>([&] { (void)context.extract(job, settings); }).status() ==
          RADIOMICS_STATUS_CANCELLED);
    job.progress = [&](std::size_t done, std::size_t total) {
        if (done < total) context.cancel();
        return true;
    };
    CHECK(thrown_by<radiomics::error>([&] { (void)context.extract(job, settings); }).status() ==
          RADIOMICS_STATUS_CANCELLED);
    job.progress = nullptr;
    job.memory_mb = -1;
    CHECK(thrown_by<radiomics::error>([&] { (void)context.extract(job, settings); }).status() ==
          RADIOMICS_STATUS_INVALID_ARGUMENT);
    job.memory_mb = 1000;
    CHECK(context.extract(job, settings).size() == table.size());
    job.progress = [](std::size_t, std::size_t) -> bool { throw std::domain_error("from the callback"); };
    const auto thrown = thrown_by<std::domain_error>([&] { (void)context.extract(job, settings); });
    CHECK(std::string(thrown.what()) == "from the callback");
}
#endif

} // namespace

int main(int argc, char **argv) {
    CHECK(argc == 2 && radiomics::version() == argv[1]);
    fill(&of);
    failures();
    catalogue();
#if RADIOMICS_EXCEPTIONS
    exceptions();
    several_discretisations();
    jobs();
#endif
    return 0;
}
