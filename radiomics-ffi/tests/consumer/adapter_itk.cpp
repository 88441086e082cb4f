// An oblique ITK image whose first buffered voxel does not have the index 0.
#include <itkImage.h>
#include <itkLabelObject.h>
#include <itkRGBPixel.h>

#include "adapter.hpp"

template <class Voxel> typename itk::Image<Voxel, 3>::Pointer oblique() {
    using Image = itk::Image<Voxel, 3>;
    const auto image = Image::New();
    typename Image::RegionType region;
    region.SetIndex({{4, -2, 7}});
    region.SetSize({{5, 6, 7}});
    image->SetRegions(region);
    typename Image::SpacingType spacing;
    typename Image::PointType origin;
    typename Image::DirectionType direction;
    const double c = std::cos(0.3), s = std::sin(0.3);
    const double cosines[3][3] = {{c, 0, s}, {-s * s, c, s * c}, {-s * c, -s, c * c}};
    for (unsigned int axis = 0; axis < 3; ++axis) {
        spacing[axis] = 0.5 + axis;
        origin[axis] = 10.0 * axis - 3.0;
        for (unsigned int other = 0; other < 3; ++other) direction[axis][other] = cosines[axis][other];
    }
    image->SetSpacing(spacing);
    image->SetOrigin(origin);
    image->SetDirection(direction);
    image->Allocate();
    image->FillBuffer(1);
    return image;
}

/// A class of somebody's that is an image.
class Scan : public itk::Image<short, 3> {
  public:
    using Pointer = itk::SmartPointer<Scan>;
    itkFactorylessNewMacro(Scan);
};

/// What ITK code holds has the same voxels, whatever it is called.
static void pointers() {
    const auto image = oblique<short>();
    const auto view = radiomics::from_itk(image);
    const itk::Image<short, 3>::ConstPointer constant = image.GetPointer();
    CHECK(radiomics::from_itk(constant).c()->data == view.c()->data);
    CHECK(radiomics::from_itk(image.GetPointer()).c()->data == view.c()->data);
    const auto scan = Scan::New();
    scan->Graft(image.GetPointer());
    CHECK(radiomics::from_itk(scan).c()->data == view.c()->data && radiomics::from_itk(scan).origin() == view.origin());
    CHECK(radiomics::from_itk(scan.GetPointer()).shape() == view.shape());
    CHECK(radiomics::from_itk(itk::Image<short, 3>::Pointer()).c()->data == nullptr);
}

/// Component 1 of three has the features that it has by itself, whether the number is known to the compiler or not.
static void components() {
    const auto image = oblique<short>();
    const auto vectors = itk::VectorImage<short, 3>::New();
    vectors->CopyInformation(image);
    vectors->SetRegions(image->GetBufferedRegion());
    vectors->SetNumberOfComponentsPerPixel(3);
    vectors->Allocate();
    const auto colours = oblique<itk::RGBPixel<short>>();
    for (long n = 0; n < 5 * 6 * 7; ++n) {
        const auto value = static_cast<short>(n * n % 41);
        image->GetBufferPointer()[n] = value;
        vectors->GetBufferPointer()[3 * n + 1] = value;
        colours->GetBufferPointer()[n][1] = value;
    }
    const auto mask = oblique<unsigned char>();
    radiomics::context context;
    const auto settings = context.settings_from_yaml("{families: [intensity_statistics, glcm], bin_number: 8}");
    const auto table = [&](const radiomics::image_view &view) {
        return context.extract(view, radiomics::from_itk(mask), 1, settings).to_map();
    };
    CHECK(table(radiomics::from_itk(vectors, 1)) == table(radiomics::from_itk(image)));
    CHECK(table(radiomics::from_itk(colours, 1)) == table(radiomics::from_itk(image)));
    try {
        (void)radiomics::from_itk(vectors, 3);
        CHECK(false);
    } catch (const std::out_of_range &refused) {
        CHECK(std::string(refused.what()) == "the image has no component 3: it has 3, from 0");
    }
}

/// The lines of a label map become the mask that they describe.
static void label_maps() {
    using Map = itk::LabelMap<itk::LabelObject<unsigned long, 3>>;
    const auto image = oblique<short>();
    const auto map = Map::New();
    map->CopyInformation(image);
    map->SetRegions(image->GetBufferedRegion());
    map->SetLine({{5, -1, 8}}, 2, 1);
    map->SetLine({{4, 3, 13}}, 5, 1);
    map->SetLine({{4, 0, 9}}, 3, 70000);
    const auto mask = radiomics::from_itk(map);
    CHECK(mask.view().c()->dtype == RADIOMICS_DTYPE_U32 && mask.view().shape() == (radiomics::sizes{7, 6, 5}));
    const auto at = [&](std::size_t k, std::size_t j, std::size_t i) {
        return static_cast<const std::uint32_t *>(mask.view().c()->data)[(k * 6 + j) * 5 + i];
    };
    CHECK(at(1, 1, 0) == 0 && at(1, 1, 1) == 1 && at(1, 1, 2) == 1 && at(1, 1, 3) == 0);
    CHECK(at(6, 5, 0) == 1 && at(6, 5, 4) == 1 && at(2, 2, 0) == 70000 && at(2, 2, 3) == 0);
    extracts(radiomics::from_itk(image), mask, 7);
}

int main() {
    pointers();
    components();
    label_maps();
    const auto image = oblique<short>();
    const auto mask = oblique<unsigned char>();
    image->SetPixel({{6, 1, 10}}, 42);
    const auto view = radiomics::from_itk(image);
    const auto &c = *view.c();
    CHECK(c.shape[0] == 7 && c.shape[1] == 6 && c.shape[2] == 5 && c.dtype == RADIOMICS_DTYPE_I16);
    CHECK(c.data == image->GetBufferPointer());
    // Voxel (x, y, z) = (6, 1, 10) is (k, j, i) = (3, 3, 2) of the buffer.
    CHECK(static_cast<const short *>(c.data)[(3 * 6 + 3) * 5 + 2] == 42);
    itk::Image<short, 3>::PointType there;
    image->TransformIndexToPhysicalPoint({{6, 1, 10}}, there);
    CHECK(near(position(c, {3, 3, 2}), there.GetDataPointer()));
    extracts(view, radiomics::from_itk(mask), 5 * 6 * 7);

    // An image to write to lies on the same voxels, and a response lands in it.
    const auto copy = radiomics::itk_image(view);
    CHECK(copy->GetLargestPossibleRegion().GetSize() == image->GetLargestPossibleRegion().GetSize());
    itk::Image<double, 3>::PointType again;
    copy->TransformIndexToPhysicalPoint({{2, 3, 3}}, again);
    CHECK(near(position(c, {3, 3, 2}), again.GetDataPointer()));
    radiomics::context context;
    radiomics::output into;
    into.add(copy->GetBufferPointer(), copy->GetPixelContainer()->Size());
    context.filter(view, context.settings_from_profile("ibsi"), into);
    CHECK(copy->GetPixel({{2, 3, 3}}) == 42 && copy->GetPixel({{0, 0, 0}}) == 1);
    // A view without a direction has axes along the patient's.
    const auto plain = radiomics::itk_image(radiomics::view(copy->GetBufferPointer(), {7, 6, 5}, {2.5, 1.5, 0.5}));
    CHECK(plain->GetDirection()[0][0] == 1 && plain->GetSpacing()[0] == 0.5 && plain->GetSpacing()[2] == 2.5);

    const auto slice = itk::Image<float, 2>::New();
    slice->SetRegions(itk::Size<2>{{8, 9}});
    slice->Allocate();
    const auto flat = radiomics::from_itk(slice);
    CHECK(flat.c()->shape[0] == 1 && flat.c()->shape[1] == 9 && flat.c()->shape[2] == 8);
}
