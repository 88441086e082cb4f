// radiomics-rs: ITK images as views, without a copy, and as outputs. Included by radiomics.hpp where ITK is found.
#ifndef RADIOMICS_ITK_HPP
#define RADIOMICS_ITK_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>

#include <itkImage.h>
#include <itkLabelMap.h>
#include <itkVectorImage.h>

#include "radiomics_view.hpp"

namespace radiomics {

namespace detail {
/// Shape and place of the buffered voxels of an ITK image of two or three dimensions.
template <class Image> image_view place_of_itk(const Image *image, const void *voxels, std::int32_t dtype) {
    constexpr unsigned int dimension = Image::ImageDimension;
    static_assert(dimension == 2 || dimension == 3, "images have two or three dimensions");
    const auto region = image->GetBufferedRegion();
    sizes shape{1, 1, 1};
    triple spacing{1, 1, 1}, origin{0, 0, 0};
    std::array<triple, 3> direction{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    // The position of the first voxel, which need not have the index 0.
    typename Image::PointType first;
    image->TransformIndexToPhysicalPoint(region.GetIndex(), first);
    for (unsigned int axis = 0; axis < dimension; ++axis) {
        shape[2 - axis] = region.GetSize()[axis];
        spacing[2 - axis] = image->GetSpacing()[axis];
        origin[2 - axis] = first[axis];
        for (unsigned int other = 0; other < dimension; ++other)
            direction[2 - axis][2 - other] = image->GetDirection()[axis][other];
    }
    return image_view::untyped(voxels, dtype, shape, spacing).origin(origin).direction(direction);
}

/// One of `count` components of each voxel, which lie beside each other.
template <class Image, class Component>
image_view component_of_itk(const Image *image, const Component *voxels, unsigned int count, unsigned int component) {
#if RADIOMICS_EXCEPTIONS
    if (component >= count)
        throw std::out_of_range("the image has no component " + std::to_string(component) + ": it has " +
                                std::to_string(count) + ", from 0");
#else
    if (component >= count) return {};
#endif
    const auto view = place_of_itk(image, voxels ? voxels + component : nullptr, dtype<Component>());
    auto steps = view.strides();
    for (auto &step : steps) step *= static_cast<std::ptrdiff_t>(count);
    return image_view(view).strides(steps);
}
} // namespace detail

/// The buffered voxels of an ITK image of two or three dimensions, or of a class derived from it, which must be up to date
/// and outlive the view. Of voxels with several components, such as itk::RGBPixel, it is one. ITK's (x, y, z) become
/// (z, y, x) here, and nowhere else. For nullptr it is an empty view, which every function refuses.
template <class Voxel, unsigned int Dimension>
[[nodiscard]] image_view from_itk(const itk::Image<Voxel, Dimension> *image, unsigned int component = 0) {
    if (!image) return {};
    if constexpr (std::is_arithmetic_v<Voxel>) {
        return detail::component_of_itk(image, image->GetBufferPointer(), 1, component);
    } else {
        using Component = typename Voxel::ValueType;
        static_assert(sizeof(Voxel) % sizeof(Component) == 0, "components lie beside each other");
        const auto voxels = reinterpret_cast<const Component *>(image->GetBufferPointer());
        return detail::component_of_itk(image, voxels, sizeof(Voxel) / sizeof(Component), component);
    }
}

/// One component of an image of vectors.
template <class Voxel, unsigned int Dimension>
[[nodiscard]] image_view from_itk(const itk::VectorImage<Voxel, Dimension> *image, unsigned int component) {
    if (!image) return {};
    const auto count = image->GetNumberOfComponentsPerPixel();
    return detail::component_of_itk(image, image->GetBufferPointer(), count, component);
}

/// A mask of the objects of a label map, each with its label; of the label of the background there are no voxels. Where
/// objects overlap, the last one is taken. Memory is taken for the objects, not for the whole image.
template <class LabelObject> [[nodiscard]] owned_mask from_itk(const itk::LabelMap<LabelObject> *map) {
    if (!map) return {};
    constexpr unsigned int dimension = LabelObject::ImageDimension;
    std::uint64_t largest = 0;
    for (std::size_t n = 0; n < map->GetNumberOfLabelObjects(); ++n)
        largest = (std::max)(largest, static_cast<std::uint64_t>(map->GetNthLabelObject(n)->GetLabel()));
    auto mask = owned_mask::like(detail::place_of_itk(map, nullptr, ::RADIOMICS_DTYPE_U8), largest);
    const auto start = map->GetBufferedRegion().GetIndex();
    for (std::size_t n = 0; n < map->GetNumberOfLabelObjects(); ++n) {
        const auto *object = map->GetNthLabelObject(n);
        for (std::size_t line = 0; line < object->GetNumberOfLines(); ++line) {
            const auto &run = object->GetLine(line);
            steps first{0, 0, 0};
            for (unsigned int axis = 0; axis < dimension; ++axis)
                first[2 - axis] = static_cast<std::ptrdiff_t>(run.GetIndex()[axis] - start[axis]);
            mask.fill(first, static_cast<std::ptrdiff_t>(run.GetLength()), static_cast<std::uint64_t>(object->GetLabel()));
        }
    }
    return mask;
}

/// The same of what ITK code mostly holds: Image::Pointer, Image::ConstPointer, and those of other classes above.
template <class Image, class... Component>
[[nodiscard]] auto from_itk(const itk::SmartPointer<Image> &image, Component... component) {
    return from_itk(static_cast<const Image *>(image.GetPointer()), component...);
}

/// A new ITK image of doubles that lies where `like` lies, for a response or a map to be written to:
///
///     const auto map = radiomics::itk_image(maps.view());
///     into.add(map->GetBufferPointer(), map->GetPixelContainer()->Size());
///
/// Its voxels are not set yet.
[[nodiscard]] inline itk::Image<double, 3>::Pointer itk_image(const image_view &like) {
    using Image = itk::Image<double, 3>;
    const auto cosines = like.direction();
    Image::SizeType size;
    Image::SpacingType spacing;
    Image::PointType origin;
    Image::DirectionType direction;
    for (unsigned int axis = 0; axis < 3; ++axis) {
        size[axis] = like.shape()[2 - axis];
        spacing[axis] = like.spacing()[2 - axis];
        origin[axis] = like.origin()[2 - axis];
        for (unsigned int other = 0; other < 3; ++other) direction[axis][other] = cosines[2 - axis][2 - other];
    }
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
