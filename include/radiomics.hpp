// radiomics-rs: radiomic features as standardised by IBSI. C++17 interface, header-only,
// over the C interface of radiomics.h.
#ifndef RADIOMICS_HPP
#define RADIOMICS_HPP

#include <string_view>

#include "radiomics.h"

namespace radiomics {

/// Version of the library, such as "0.1.0".
[[nodiscard]] inline std::string_view version() noexcept {
    return ::radiomics_version();
}

} // namespace radiomics

#endif // RADIOMICS_HPP
