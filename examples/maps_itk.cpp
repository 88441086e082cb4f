// Makes a feature map and the response of a filter with ITK, both written straight into the memory of
// ITK images, and stores them.
// usage: maps_itk IMAGE MASK LABEL MAP_OUT RESPONSE_OUT
#include <iostream>
#include <string>

#include <itkImageFileReader.h>
#include <itkImageFileWriter.h>

#include "radiomics.hpp"

using Doubles = itk::Image<double, 3>;

template <class Image> typename Image::Pointer read(const std::string &path) {
    const auto reader = itk::ImageFileReader<Image>::New();
    reader->SetFileName(path);
    reader->Update();
    return reader->GetOutput();
}

void write(const Doubles *image, const std::string &path) {
    const auto writer = itk::ImageFileWriter<Doubles>::New();
    writer->SetInput(image);
    writer->SetFileName(path);
    writer->Update();
}

int main(int argc, char **argv) try {
    if (argc != 6) {
        std::cerr << "usage: maps_itk IMAGE MASK LABEL MAP_OUT RESPONSE_OUT\n";
        return 2;
    }
    // ITK owns the voxels, those that are read as those that are written to.
    const auto image = read<itk::Image<float, 3>>(argv[1]);
    const auto mask = read<itk::Image<unsigned char, 3>>(argv[2]);
    radiomics::context context;

    // What is asked for has one map, whose box is known before any value is computed.
    radiomics::maps_job job;
    job.image = radiomics::from_itk(image);
    job.mask = radiomics::from_itk(mask);
    job.label = std::stoll(argv[3]);
    const auto entropy =
        context.settings_from_yaml("{features: [glcm.joint_entropy], aggregations: [3D_avg], bin_width: 25}");
    const auto maps = context.prepare_maps(job, entropy);
    const auto map = radiomics::itk_image(maps.view());
    radiomics::output into;
    into.add(map->GetBufferPointer(), map->GetPixelContainer()->Size());
    into.outside = 0;
    into.progress = [](std::size_t done, std::size_t total) {
        std::cerr << '\r' << done << " of " << total << " voxels";
        return true; // false would cancel and leave the image as it was
    };
    context.feature_maps(maps, into);
    std::cerr << '\n';
    write(map, argv[4]);
    std::cout << maps[0].column << ' ' << map->GetLargestPossibleRegion().GetSize() << '\n';

    const auto log = context.settings_from_yaml("filters: [{laplacian_of_gaussian: {sigma_mm: 3}}]");
    const auto response = radiomics::itk_image(job.image);
    into = {};
    into.add(response->GetBufferPointer(), response->GetPixelContainer()->Size());
    context.filter(job.image, log, into);
    write(response, argv[5]);
    std::cout << log.filter_name(0) << ' ' << response->GetLargestPossibleRegion().GetSize() << '\n';
} catch (const std::exception &error) {
    // Errors of ITK and of radiomics both end up here.
    std::cerr << error.what() << '\n';
    return 1;
}
