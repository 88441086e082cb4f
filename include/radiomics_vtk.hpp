// radiomics-rs: VTK images as views, without a copy. Included by radiomics.hpp where VTK is found.
#ifndef RADIOMICS_VTK_HPP
#define RADIOMICS_VTK_HPP

#include <cmath>

#include <vtkImageData.h>
#include <vtkMatrix3x3.h>
#include <vtkMatrix4x4.h>
#include <vtkVersionMacros.h>

#include "radiomics_view.hpp"

namespace radiomics {

namespace detail {
/// The radiomics_dtype of a VTK scalar type; 0, which no function takes, for any other.
inline std::int32_t dtype_of_vtk(int type) noexcept {
    switch (type) {
    case VTK_CHAR: return dtype<char>();
    case VTK_SIGNED_CHAR: return dtype<signed char>();
    case VTK_UNSIGNED_CHAR: return dtype<unsigned char>();
    case VTK_SHORT: return dtype<short>();
    case VTK_UNSIGNED_SHORT: return dtype<unsigned short>();
    case VTK_INT: return dtype<int>();
    case VTK_UNSIGNED_INT: return dtype<unsigned int>();
    case VTK_LONG: return dtype<long>();
    case VTK_UNSIGNED_LONG: return dtype<unsigned long>();
    case VTK_LONG_LONG: return dtype<long long>();
    case VTK_UNSIGNED_LONG_LONG: return dtype<unsigned long long>();
    case VTK_FLOAT: return dtype<float>();
    case VTK_DOUBLE: return dtype<double>();
    default: return 0;
    }
}

/// Voxels of a VTK image by rows, of which the first of their components counts.
inline image_view voxels_of_vtk(vtkImageData *image, const sizes &shape, const triple &spacing) {
    const auto components = static_cast<std::ptrdiff_t>(image->GetNumberOfScalarComponents());
    const auto nx = static_cast<std::ptrdiff_t>(shape[2]), ny = static_cast<std::ptrdiff_t>(shape[1]);
    return image_view::untyped(image->GetScalarPointer(), dtype_of_vtk(image->GetScalarType()), shape, spacing)
        .strides({components * nx * ny, components * nx, components});
}
} // namespace detail

/// The point scalars of a VTK image, the first of their components, which must outlive the view.
/// VTK's (x, y, z) become (z, y, x) here, and nowhere else.
[[nodiscard]] inline image_view from_vtk(vtkImageData *image) {
    int dimensions[3], extent[6];
    image->GetDimensions(dimensions);
    image->GetExtent(extent);
    sizes shape{0, 0, 0};
    triple spacing{1, 1, 1}, origin{0, 0, 0};
    std::array<triple, 3> direction{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
#if VTK_MAJOR_VERSION >= 9
    for (int row = 0; row < 3; ++row)
        for (int column = 0; column < 3; ++column)
            direction[2 - row][2 - column] = image->GetDirectionMatrix()->GetElement(row, column);
#endif
    for (int axis = 0; axis < 3; ++axis) {
        shape[2 - axis] = static_cast<std::size_t>(dimensions[axis]);
        spacing[2 - axis] = image->GetSpacing()[axis];
        origin[2 - axis] = image->GetOrigin()[axis];
    }
    // The origin is that of index 0, and the first voxel need not have it.
    for (int row = 0; row < 3; ++row)
        for (int axis = 0; axis < 3; ++axis)
            origin[row] += direction[row][2 - axis] * image->GetSpacing()[axis] * extent[2 * axis];
    return detail::voxels_of_vtk(image, shape, spacing).origin(origin).direction(direction);
}

/// The same for hosts that keep the geometry beside the vtkImageData, as a matrix from indices (i, j, k) to positions
/// (right, anterior, superior) in mm: 3D Slicer's vtkMRMLVolumeNode::GetIJKToRASMatrix, or
/// vtkOrientedImageData::GetImageToWorldMatrix. What the image says of spacing, origin and direction is not looked at.
[[nodiscard]] inline image_view from_vtk(vtkImageData *image, vtkMatrix4x4 *ijk_to_ras) {
    int dimensions[3], extent[6];
    image->GetDimensions(dimensions);
    image->GetExtent(extent);
    sizes shape{0, 0, 0};
    triple spacing{0, 0, 0}, origin{0, 0, 0};
    std::array<triple, 3> direction{};
    for (int axis = 0; axis < 3; ++axis) {
        shape[2 - axis] = static_cast<std::size_t>(dimensions[axis]);
        double square = 0;
        for (int row = 0; row < 3; ++row) square += ijk_to_ras->GetElement(row, axis) * ijk_to_ras->GetElement(row, axis);
        spacing[2 - axis] = std::sqrt(square);
    }
    for (int row = 0; row < 3; ++row) {
        // DICOM and ITK count to the left and to the back, in millimetres from the same point.
        const double sign = row < 2 ? -1 : 1;
        origin[2 - row] = sign * ijk_to_ras->GetElement(row, 3);
        for (int axis = 0; axis < 3; ++axis) {
            const double step = sign * ijk_to_ras->GetElement(row, axis);
            // The first voxel need not have the index 0.
            origin[2 - row] += step * extent[2 * axis];
            direction[2 - row][2 - axis] = step / spacing[2 - axis];
        }
    }
    return detail::voxels_of_vtk(image, shape, spacing).origin(origin).direction(direction);
}

} // namespace radiomics

#endif // RADIOMICS_VTK_HPP
