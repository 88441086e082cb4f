// An ITK filter that computes features: to be copied into a project, and changed to its taste.
#ifndef itkRadiomicsFeaturesImageFilter_h
#define itkRadiomicsFeaturesImageFilter_h

#include <itkImageToImageFilter.h>
#include <radiomics.hpp>

namespace itk {

/// Computes the features of every label of a mask in an image. The output is the input image as it is, so the filter can
/// stand anywhere in a pipeline; the features are GetTable(). It tells of progress by ProgressEvent, and AbortGenerateData,
/// from an observer or from any thread, ends it within 0.2 s.
template <class TImage, class TMask>
class RadiomicsFeaturesImageFilter : public ImageToImageFilter<TImage, TImage> {
  public:
    ITK_DISALLOW_COPY_AND_MOVE(RadiomicsFeaturesImageFilter);
    using Self = RadiomicsFeaturesImageFilter;
    using Superclass = ImageToImageFilter<TImage, TImage>;
    using Pointer = SmartPointer<Self>;
    using ConstPointer = SmartPointer<const Self>;
    itkNewMacro(Self);
    itkTypeMacro(RadiomicsFeaturesImageFilter, ImageToImageFilter);

    itkSetInputMacro(MaskImage, TMask);
    itkGetInputMacro(MaskImage, TMask);

    /// A YAML document with the settings; docs/settings.md has the keys.
    itkSetStringMacro(Settings);
    itkGetStringMacro(Settings);

    /// Whether a region that cannot be computed fails the update, or has rows without values and a warning.
    itkSetMacro(RecordFailures, bool);
    itkGetConstMacro(RecordFailures, bool);
    itkBooleanMacro(RecordFailures);

    /// The result of the last update.
    const radiomics::table &GetTable() const { return m_Table; }

    void SetAbortGenerateData(const bool abort) override {
        Superclass::SetAbortGenerateData(abort);
        if (abort) m_Context.cancel();
    }

  protected:
    RadiomicsFeaturesImageFilter() { this->AddRequiredInputName("MaskImage"); }

    void GenerateInputRequestedRegion() override {
        Superclass::GenerateInputRequestedRegion();
        // A region is looked at as a whole, and what surrounds it as far as the settings ask for.
        for (auto name : {"Primary", "MaskImage"})
            if (auto *input = this->ProcessObject::GetInput(name)) input->SetRequestedRegionToLargestPossibleRegion();
    }

    void EnlargeOutputRequestedRegion(DataObject *output) override {
        output->SetRequestedRegionToLargestPossibleRegion();
    }

    void GenerateData() override {
        this->GraftOutput(const_cast<TImage *>(this->GetInput()));
        radiomics::job job;
        job.images = {{"original", radiomics::from_itk(this->GetInput())}};
        job.mask = radiomics::from_itk(this->GetMaskImage());
        job.record_failures = m_RecordFailures;
        job.progress = [this](std::size_t done, std::size_t total) {
            this->UpdateProgress(total == 0 ? 1.0f : static_cast<float>(done) / static_cast<float>(total));
            return !this->GetAbortGenerateData();
        };
        radiomics::failure why;
        const auto settings = m_Context.settings_from_yaml(m_Settings, why);
        if (!why) m_Table = m_Context.extract(job, settings, why);
        if (why.status == RADIOMICS_STATUS_CANCELLED) throw ProcessAborted(__FILE__, __LINE__);
        if (why) itkExceptionMacro(<< why.text);
    }

  private:
    radiomics::context m_Context;
    radiomics::table m_Table;
    std::string m_Settings = "{profile: ibsi, bin_width: 25}";
    bool m_RecordFailures = false;
};

} // namespace itk

#endif
