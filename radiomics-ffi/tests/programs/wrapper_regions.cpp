// The C++ wrapper: labels, regions, masks in millimetres, jobs of several masks, and tables as text.
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <string>
#include <type_traits>

#include "radiomics.hpp"
#include "support.h"

static_assert(!std::is_copy_constructible_v<radiomics::region_mask> && std::is_move_assignable_v<radiomics::region_mask>);
static_assert(!std::is_copy_constructible_v<radiomics::owned_mask> && std::is_move_assignable_v<radiomics::owned_mask>);

namespace {

phantom of;

radiomics::image_view image() { return radiomics::view(of.intensities, {NZ, NY, NX}, {3.0, 1.5, 1.5}); }
radiomics::image_view mask() { return radiomics::view(of.labels, {NZ, NY, NX}, {3.0, 1.5, 1.5}); }

void views() {
    auto view = image();
    CHECK(view.spacing() == (radiomics::triple{3.0, 1.5, 1.5}) && view.strides() == (radiomics::steps{NY * NX, NX, 1}));
    CHECK(view.direction()[1] == (radiomics::triple{0, 1, 0}) && view.origin() == radiomics::triple{});
    view.spacing({2, 2, 2}).origin({1, 2, 3}).direction({{{0, 1, 0}, {1, 0, 0}, {0, 0, 1}}}).strides({-1, 2, 3});
    CHECK(view.spacing()[0] == 2 && view.origin()[2] == 3 && view.direction()[0][1] == 1 && view.strides()[0] == -1);
    for (const std::uint64_t largest : {255ull, 65535ull, 4294967295ull, 4294967296ull}) {
        auto made = radiomics::owned_mask::like(image(), largest);
        made.fill({1, 2, -1}, 4, largest);
        made.fill({1, 99, 0}, 4, largest);
        made.fill({9, 11, 12}, 50, largest);
        const auto &c = *made.view().c();
        const auto at = [&](std::size_t k, std::size_t j, std::size_t i) -> std::uint64_t {
            const auto n = (k * NY + j) * NX + i;
            switch (c.dtype) {
            case RADIOMICS_DTYPE_U8: return static_cast<const std::uint8_t *>(c.data)[n];
            case RADIOMICS_DTYPE_U16: return static_cast<const std::uint16_t *>(c.data)[n];
            case RADIOMICS_DTYPE_U32: return static_cast<const std::uint32_t *>(c.data)[n];
            default: return static_cast<const std::uint64_t *>(c.data)[n];
            }
        };
        CHECK(at(1, 2, 0) == largest && at(1, 2, 2) == largest && at(1, 2, 3) == 0 && at(9, 11, 13) == largest);
    }
}

void failures() {
    radiomics::failure why;
    auto context = radiomics::context::make(1, why);
    const auto settings = context.settings_from_yaml("{bin_number: 8}", why);
    CHECK(!why);
    const auto labels = context.labels(mask(), why);
    CHECK(!why && labels.size() == 2 && labels[1].value == 2 && labels[1].first[2] == 12);
    const auto region = context.prepare(image(), mask(), 1, settings, 3.0, why);
    CHECK(!why && region.image().shape() == region.levels().shape() && region.surface().triangle_count > 0);
    auto none = context.prepare(image(), mask(), 9, settings, 0.0, why);
    CHECK(why.status == RADIOMICS_STATUS_LABEL_NOT_PRESENT && !none && none.image().c()->data == nullptr);
    const auto ball = context.mask_of_label(mask(), 1, why);
    const auto ring = context.ring(ball, 0, 3, why);
    CHECK(!why && ring.voxels() > 0 && ring.view().shape() == image().shape());
    const auto table = context.extract(image(), ring, 1, settings, why);
    CHECK(!why && !table.empty());
    const auto nothing = context.erode(ball, -1, why);
    CHECK(why.status == RADIOMICS_STATUS_INVALID_SETTING && !nothing && nothing.voxels() == 0);
    const auto undefined = radiomics::icc({1, 2, 3}, 3, why);
    CHECK(why.status == RADIOMICS_STATUS_INVALID_ARGUMENT && undefined.cases == 0 && !why.text.empty());
    (void)radiomics::icc({1, 2, 3, 4, 5}, 2, why);
    CHECK(why.text == "5 values are no whole cases of 2 raters: give one value for each rater and case");
    (void)radiomics::icc({}, 2, why);
    CHECK(why.text == "0 values are no whole cases of 2 raters: give one value for each rater and case");
    (void)context.settings_from_yaml(std::string("bin_width: 5\0: [[", 17), why);
    CHECK(why.text == "the text has a NUL after 12 bytes: take it out");
    radiomics::job without_voxels;
    without_voxels.images = {{"ct", image()}};
    without_voxels.mask = radiomics::view(static_cast<const unsigned char *>(nullptr), image().shape(), image().spacing());
    (void)context.extract(without_voxels, settings, why);
    CHECK(why.text.find("data of `mask` are NULL") != std::string::npos);

    // Who was moved from has no view of voxels that belong to somebody else.
    auto first = context.mask_of_label(mask(), 1, why);
    const auto second = std::move(first);
    CHECK(!first && first.view().c()->data == nullptr && second.view().c()->data != nullptr);
    (void)context.extract(image(), first, 1, settings, why);
    CHECK(why.status == RADIOMICS_STATUS_EMPTY_IMAGE);
    auto own = radiomics::owned_mask::like(mask(), 1);
    own.fill({0, 0, 3}, std::numeric_limits<std::ptrdiff_t>::max(), 1);
    own.fill({0, 0, std::numeric_limits<std::ptrdiff_t>::max() - 1}, 300, 1);
    const auto taken = std::move(own);
    CHECK(own.view().c()->data == nullptr && taken.view().c()->data != nullptr);
    CHECK(context.labels(taken, why)[0].voxels == image().shape()[2] - 3);
    const auto columns = context.columns(settings, {""}, why);
    CHECK(!columns && columns.size() == 0 && why.status == RADIOMICS_STATUS_INVALID_ARGUMENT);
    CHECK(context.columns(settings, why).size() > 100 && !why);
    const auto matrices = context.matrices(image(), mask(), 9, settings, why);
    CHECK(!matrices && matrices.size() == 0 && why.status == RADIOMICS_STATUS_LABEL_NOT_PRESENT);
    (void)radiomics::context::make_on(nullptr, 2, why);
    CHECK(why.status == RADIOMICS_STATUS_INVALID_ARGUMENT && !why.text.empty());
    CHECK(radiomics::keys().size() > 30 && !radiomics::keys()[0].name.empty() && radiomics::keys()[1000].name.empty());
}

#if RADIOMICS_EXCEPTIONS
void everything() {
    radiomics::context context(2);
    const auto settings = context.settings_from_yaml("{families: [intensity_statistics, glcm], bin_number: 8}");
    const auto ball = context.mask_of_label(mask(), 1), box = context.mask_of_label(mask(), 2);
    CHECK(context.labels(mask())[0].voxels == ball.voxels());
    const auto both = context.united(ball, box);
    CHECK(both.voxels() == ball.voxels() + box.voxels() && context.minus(both, ball).voxels() == box.voxels());
    CHECK(context.within(both, ball).voxels() == ball.voxels());
    CHECK(context.component(both, 0).voxels() + context.component(both, 1, 6).voxels() == both.voxels());
    CHECK(context.dilate(ball, 2, "surface").voxels() >= context.dilate(ball, 2).voxels());
    CHECK(context.shell(ball, 2).voxels() + context.erode(ball, 2).voxels() == ball.voxels());
    CHECK(std::abs(ball.volume_mm3() - 6.75 * static_cast<double>(ball.voxels())) < 1e-6 && ball.beyond_edge() == 0);
    CHECK(context.prepare(image(), mask(), 1, settings).mask().size() > 0);

    std::vector<double> values(1000);
    std::vector<std::int32_t> states(3, -1);
    radiomics::job job;
    job.images = {{"ct", image()}};
    job.masks = {mask(), ball};
    job.values = values.data();
    job.value_count = values.size();
    job.states = states.data();
    job.state_count = states.size();
    const auto table = context.extract(job, settings);
    const auto outcomes = table.outcomes();
    CHECK(outcomes.size() == 3 && outcomes[2].mask == 1 && outcomes[2].label == 1 && outcomes[2].image == "ct");
    CHECK(states == (std::vector<std::int32_t>{0, 0, 0}) && values[0] == table.values()[0]);
    const auto one = table.find(1, "ct_intensity_statistics_mean");
    const auto other = table.find(std::size_t{1}, 1, "ct_intensity_statistics_mean");
    CHECK(one != table.end() && other != table.end() && (*one).second == (*other).second && table.row(other.index()).mask == 1);
    CHECK(table.at(std::size_t{1}, 1, "ct_intensity_statistics_mean") == (*other).second);
    CHECK(table.to_map(2).size() == outcomes[0].count);
    CHECK(table.row(0).reason.empty());
    try {
        (void)table.at(7, "ct_intensity_statistics_mean");
        CHECK(false);
    } catch (const std::out_of_range &missing) {
        CHECK(std::string(missing.what()) == "the table has no label 7: choose 1, 2");
    }
    const auto refusal = [&](const radiomics::job &given) -> std::string {
        try {
            (void)context.extract(given, settings);
        } catch (const radiomics::error &error) {
            return error.what();
        }
        return "";
    };
    radiomics::job both_ways = job, without;
    both_ways.mask = mask();
    CHECK(refusal(both_ways).find("`mask` and `masks` are both given") != std::string::npos);
    without.images = job.images;
    CHECK(refusal(without).find("`mask` and `masks` are both NULL") != std::string::npos);
    const auto columns = context.columns(settings, {"ct"});
    CHECK(columns.size() == outcomes[0].count && columns[0].column == table.row(0).column && columns[9999].column.empty());
    CHECK(context.columns(settings)[0].image == "original" && context.columns(settings, {"a", "b"}).size() == 2 * columns.size());
    const auto matrices = context.matrices(image(), mask(), 1, settings);
    CHECK(matrices.size() > 0 && matrices[0].family == "glcm" && matrices[0].count > 0 && matrices[0].levels[0] >= 1);
    CHECK(matrices[9999].values == nullptr);
    CHECK(table.to_csv().find("\n2,0,ct_intensity_statistics_mean,ct,") != std::string::npos);
    CHECK(table.to_json().find("\"provenance\"") != std::string::npos);
    CHECK(table.provenance().find("\"name\": \"ct\"") != std::string::npos && radiomics::table().to_json().empty());
    CHECK(radiomics::icc({9, 2, 6, 1, 8, 4}, 2).cases == 3);

    // No thread but this one, and a loop of the caller's.
    std::size_t loops = 0;
    auto alone = radiomics::context::make_inline();
    auto hosted = radiomics::context::make_on(
        [&](std::size_t n, const std::function<void(std::size_t)> &task) {
            ++loops;
            for (std::size_t index = 0; index < n; ++index) task(index);
        },
        4);
    auto moved = std::move(hosted);
    CHECK(alone.extract(job, settings).to_map(1) == table.to_map(1) && moved.extract(job, settings).to_map(1) == table.to_map(1));
    CHECK(loops > 0);

    // The second of two responses in 32 bits, as it comes.
    std::vector<float> floats(VOXELS);
    radiomics::output into;
    into.skip().add(floats.data(), floats.size());
    into.as_they_come = true;
    const auto filters = context.settings_from_yaml("filters: [square, {mean: {support_voxels: 3}}]");
    context.filter(image(), filters, into);
    CHECK(floats[77] == static_cast<float>(context.filter(image(), filters)[1].values[77]));
}
#endif

} // namespace

int main() {
    fill(&of);
    views();
    failures();
#if RADIOMICS_EXCEPTIONS
    everything();
#endif
}
