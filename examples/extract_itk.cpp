// Reads an image and a mask with ITK, and prints the features of a label.
// usage: extract_itk IMAGE MASK [LABEL [SETTINGS.yaml]]
//        extract_itk --verify CT_IMAGE CT_MASK        compares with the values that IBSI 1 publishes
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include <itkImageFileReader.h>

#include "radiomics.hpp"

template <class Image> typename Image::Pointer read(const std::string &path) {
    const auto reader = itk::ImageFileReader<Image>::New();
    reader->SetFileName(path);
    reader->Update();
    return reader->GetOutput();
}

std::string text_of(const std::string &path) {
    std::ifstream file(path);
    if (!file) throw std::runtime_error("cannot read " + path);
    return {std::istreambuf_iterator<char>(file), {}};
}

int main(int argc, char **argv) try {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    const bool verify = !arguments.empty() && arguments[0] == "--verify";
    if (arguments.size() < 2u + verify || arguments.size() > 4) {
        std::cerr << "usage: extract_itk [--verify] IMAGE MASK [LABEL [SETTINGS.yaml]]\n";
        return 2;
    }
    // ITK owns the voxels; the views borrow them.
    const auto image = read<itk::Image<float, 3>>(arguments[verify]);
    const auto mask = read<itk::Image<unsigned char, 3>>(arguments[verify + 1u]);

    radiomics::context context;
    if (verify) {
        std::cout << context.verify(radiomics::from_itk(image), radiomics::from_itk(mask));
        return 0;
    }
    const auto label = arguments.size() > 2 ? std::stoll(arguments[2]) : 1;
    const auto settings = arguments.size() > 3 ? context.settings_from_yaml(text_of(arguments[3]))
                                               : context.settings_from_profile("ibsi");
    const auto table = context.extract(radiomics::from_itk(image), radiomics::from_itk(mask), label, settings);
    std::cout.precision(10);
    for (const auto &[name, value] : table) std::cout << name << ' ' << value << '\n';
} catch (const std::exception &error) {
    // Errors of ITK and of radiomics both end up here.
    std::cerr << error.what() << '\n';
    return 1;
}
