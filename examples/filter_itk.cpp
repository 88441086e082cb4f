// The features of a region of two million voxels by an ITK filter: shows progress, is stopped in the middle from another
// thread, and is then run to its end.
#include <chrono>
#include <cstdio>
#include <thread>

#include <itkCommand.h>
#include <itkImage.h>

#include "itkRadiomicsFeaturesImageFilter.h"

using Image = itk::Image<short, 3>;
using Mask = itk::Image<unsigned char, 3>;
using Filter = itk::RadiomicsFeaturesImageFilter<Image, Mask>;
using Clock = std::chrono::steady_clock;

static double since(Clock::time_point then) { return std::chrono::duration<double>(Clock::now() - then).count(); }

template <class T> static typename T::Pointer volume(unsigned int size) {
    const auto made = T::New();
    made->SetRegions(itk::Size<3>{{size, size, size}});
    made->Allocate();
    return made;
}

int main() {
    const unsigned int size = 126;
    const auto image = volume<Image>(size);
    const auto mask = volume<Mask>(size);
    mask->FillBuffer(1);
    unsigned int state = 1;
    for (unsigned int n = 0; n < size * size * size; ++n) {
        state = 1664525 * state + 1013904223;
        image->GetBufferPointer()[n] = static_cast<short>(state >> 24);
    }
    const auto filter = Filter::New();
    filter->SetInput(image);
    filter->SetMaskImage(mask);
    filter->SetSettings("bin_number: 32");

    int told = 0;
    const auto observer = itk::CStyleCommand::New();
    observer->SetClientData(&told);
    observer->SetCallback([](itk::Object *caller, const itk::EventObject &, void *client) {
        const auto *process = static_cast<itk::ProcessObject *>(caller);
        ++*static_cast<int *>(client);
        std::printf("\r%3.0f %%", 100.0 * process->GetProgress());
        std::fflush(stdout);
    });
    filter->AddObserver(itk::ProgressEvent(), observer);

    Clock::time_point pressed;
    std::thread button([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
        pressed = Clock::now();
        filter->AbortGenerateDataOn();
    });
    bool stopped = false;
    try {
        filter->Update();
    } catch (const itk::ProcessAborted &) {
        stopped = true;
    } catch (const itk::ExceptionObject &wrong) {
        std::printf("%s\n", wrong.what());
    }
    const auto ended = Clock::now();
    button.join();
    if (!stopped) return std::printf("\nnot stopped\n"), 1;
    std::printf("\nstopped %.3f s after the button was pressed, told %d times\n",
                std::chrono::duration<double>(ended - pressed).count(), told);

    // What was asked for is much; the rest is for whoever waits.
    filter->SetAbortGenerateData(false);
    filter->SetSettings("{families: [intensity_statistics, glcm], bin_number: 32}");
    const auto begun = Clock::now();
    filter->Update();
    std::printf("\n%zu values in %.1f s, mean %.3f\n", filter->GetTable().size(), since(begun),
                filter->GetTable()["original_intensity_statistics_mean"]);
    return filter->GetOutput()->GetBufferPointer() == image->GetBufferPointer() ? 0 : 1;
}
