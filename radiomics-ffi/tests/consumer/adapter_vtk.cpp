// An oblique VTK image of two components whose first voxel does not have the index 0.
#include <vtkImageData.h>
#include <vtkNew.h>

#include "adapter.hpp"

static void place(vtkImageData *image) {
    const double c = std::cos(0.3), s = std::sin(0.3);
    const double direction[9] = {c, 0, s, -s * s, c, s * c, -s * c, -s, c * c};
    image->SetExtent(4, 8, -2, 3, 7, 13);
    image->SetSpacing(0.5, 1.5, 2.5);
    image->SetOrigin(-3, 7, 17);
#if VTK_MAJOR_VERSION >= 9
    image->SetDirectionMatrix(direction);
#else
    (void)direction;
#endif
}

int main() {
    vtkNew<vtkImageData> image, mask;
    place(image);
    place(mask);
    image->AllocateScalars(VTK_DOUBLE, 2);
    mask->AllocateScalars(VTK_UNSIGNED_CHAR, 1);
    for (int z = 7; z <= 13; ++z)
        for (int y = -2; y <= 3; ++y)
            for (int x = 4; x <= 8; ++x) {
                image->SetScalarComponentFromDouble(x, y, z, 0, x + 10 * y + 100 * z);
                image->SetScalarComponentFromDouble(x, y, z, 1, -1);
                mask->SetScalarComponentFromDouble(x, y, z, 0, 1);
            }
    const auto view = radiomics::from_vtk(image);
    const auto &c = *view.c();
    CHECK(c.shape[0] == 7 && c.shape[1] == 6 && c.shape[2] == 5 && c.dtype == RADIOMICS_DTYPE_F64);
    const auto at = 3 * c.strides[0] + 3 * c.strides[1] + 2 * c.strides[2];
    CHECK(static_cast<const double *>(c.data)[at] == 6 + 10 * 1 + 100 * 10);
    int index[3] = {6, 1, 10};
    double there[3];
    image->TransformIndexToPhysicalPoint(index, there);
    CHECK(near(position(c, {3, 3, 2}), there));
    extracts(view, radiomics::from_vtk(mask), 5 * 6 * 7);

    // A host that keeps the geometry in a matrix, with an image that says nothing of it.
    vtkNew<vtkImageData> bare;
    bare->ShallowCopy(image);
    bare->SetSpacing(1, 1, 1);
    bare->SetOrigin(0, 0, 0);
    vtkNew<vtkMatrix4x4> matrix;
    const double columns[4][3] = {{0, -0.5, 0}, {0, 0, 1.5}, {-2.5, 0, 0}, {-3, 7, 17}};
    for (int row = 0; row < 3; ++row)
        for (int column = 0; column < 4; ++column) matrix->SetElement(row, column, columns[column][row]);
    const auto placed = radiomics::from_vtk(bare, matrix);
    const double ijk[4] = {6, 1, 10, 1};
    double ras[4];
    matrix->MultiplyPoint(ijk, ras);
    const double lps[3] = {-ras[0], -ras[1], ras[2]};
    CHECK(near(position(*placed.c(), {3, 3, 2}), lps) && placed.spacing() == (radiomics::triple{2.5, 1.5, 0.5}));
    extracts(placed, radiomics::from_vtk(mask, matrix), 5 * 6 * 7);

    // A response goes straight into a VTK image of doubles.
    vtkNew<vtkImageData> response;
    place(response);
    response->AllocateScalars(VTK_DOUBLE, 1);
    radiomics::context context;
    radiomics::output into;
    into.add(static_cast<double *>(response->GetScalarPointer()), 5 * 6 * 7);
    context.filter(view, context.settings_from_profile("ibsi"), into);
    CHECK(response->GetScalarComponentAsDouble(6, 1, 10, 0) == 6 + 10 * 1 + 100 * 10);
}
