// radiomics-rs: ITK images as views, without a copy, and as outputs. Included by radiomics.hpp where ITK is found.
#ifndef RADIOMICS_ITK_HPP
#define RADIOMICS_ITK_HPP

#include <itkImage.h>

#include "radiomics_view.hpp"

namespace radiomics {

/// The buffered voxels of an ITK image of two or three dimensions, which must be up to date and
/// outlive the view. ITK's (x, y, z) become (z, y, x) here, and nowhere else.
template <class Voxel, unsigned int Dimension>
[[nodiscard]] image_view from_itk(const itk::Image<Voxel, Dimension> *image) {
    static_assert(Dimension == 2 || Dimension == 3, "images have two or three dimensions");
    const auto region = image->GetBufferedRegion();
    sizes shape{1, 1, 1};
    triple spacing{1, 1, 1}, origin{0, 0, 0};
    std::array<triple, 3> direction{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    // The position of the first voxel, which need not have the index 0.
    typename itk::Image<Voxel, Dimension>::PointType first;
    image->TransformIndexToPhysicalPoint(region.GetIndex(), first);
    for (unsigned int axis = 0; axis < Dimension; ++axis) {
        shape[2 - axis] = region.GetSize()[axis];
        spacing[2 - axis] = image->GetSpacing()[axis];
        origin[2 - axis] = first[axis];
        for (unsigned int other = 0; other < Dimension; ++other)
            direction[2 - axis][2 - other] = image->GetDirection()[axis][other];
    }
    return view(image->GetBufferPointer(), shape, spacing).origin(origin).direction(direction);
}

template <class Voxel, unsigned int Dimension>
[[nodiscard]] image_view from_itk(const itk::SmartPointer<itk::Image<Voxel, Dimension>> &image) {
    return from_itk(static_cast<const itk::Image<Voxel, Dimension> *>(image.GetPointer()));
}

/// A new ITK image of doubles that lies where `like` lies, for a response or a map to be written to:
///
///     const auto map = radiomics::itk_image(maps.view());
///     into.add(map->GetBufferPointer(), map->GetPixelContainer()->Size());
///
/// Its voxels are not set yet.
[[nodiscard]] inline itk::Image<double, 3>::Pointer itk_image(const image_view &like) {
    using Image = itk::Image<double, 3>;
    const auto &c = *like.c();
    Image::SizeType size;
    Image::SpacingType spacing;
    Image::PointType origin;
    Image::DirectionType direction;
    bool oriented = false;
    for (unsigned int axis = 0; axis < 3; ++axis) {
        size[axis] = c.shape[2 - axis];
        spacing[axis] = c.spacing_mm[2 - axis];
        origin[axis] = c.origin_mm[2 - axis];
        for (unsigned int other = 0; other < 3; ++other) {
            direction[axis][other] = c.direction[2 - axis][2 - other];
            oriented = oriented || direction[axis][other] != 0;
        }
    }
    if (!oriented) direction.SetIdentity();
    const auto image = Image::New();
    image->SetRegions(size);
    image->SetSpacing(spacing);
    image->SetOrigin(origin);
    image->SetDirection(direction);
    image->Allocate();
    return image;
}

} // namespace radiomics

#endif // RADIOMICS_ITK_HPP
