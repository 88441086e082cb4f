// An oblique ITK image whose first buffered voxel does not have the index 0.
#include <itkImage.h>

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

int main() {
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
