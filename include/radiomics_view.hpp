// radiomics-rs: what the parts of radiomics.hpp share: failures and errors, and views of voxels.
#ifndef RADIOMICS_VIEW_HPP
#define RADIOMICS_VIEW_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

#include "radiomics.h"

#if defined(__cpp_exceptions)
#include <stdexcept>
#define RADIOMICS_EXCEPTIONS 1
#endif

namespace radiomics {

/// Version of the library, such as "0.1.0".
[[nodiscard]] inline std::string_view version() noexcept { return ::radiomics_version(); }

/// A triple in (z, y, x) order.
using sizes = std::array<std::size_t, 3>;
using steps = std::array<std::ptrdiff_t, 3>;
using triple = std::array<double, 3>;

/// Why a call failed: a code for programs and a text for people.
struct failure {
    ::radiomics_status status = ::RADIOMICS_STATUS_OK;
    std::string text;

    /// Whether something failed.
    explicit operator bool() const noexcept { return status != ::RADIOMICS_STATUS_OK; }
};

#if RADIOMICS_EXCEPTIONS
/// What the functions without a radiomics::failure throw.
class error : public std::runtime_error {
  public:
    explicit error(const failure &what)
        : std::runtime_error(what.text.empty() ? ::radiomics_status_text(what.status) : what.text),
          status_(what.status) {}

    [[nodiscard]] ::radiomics_status status() const noexcept { return status_; }

  private:
    ::radiomics_status status_;
};

namespace detail {
/// Calls `function` with a failure as last argument, and throws what it reports.
template <class F> auto or_throw(F &&function) {
    failure why;
    if constexpr (std::is_void_v<decltype(function(why))>) {
        function(why);
        if (why) throw error(why);
    } else {
        auto result = function(why);
        if (why) throw error(why);
        return result;
    }
}
} // namespace detail
#endif

namespace detail {
template <class T, void (*Free)(T *)> struct deleter {
    void operator()(T *handle) const noexcept { Free(handle); }
};
template <class T, void (*Free)(T *)> using handle = std::unique_ptr<T, deleter<T, Free>>;

inline std::string_view text(const char *c) noexcept { return c ? std::string_view(c) : std::string_view(); }

template <class T> constexpr std::int32_t dtype() {
    using V = std::remove_cv_t<T>;
    static_assert(std::is_arithmetic_v<V>, "voxels are integers or floats");
    if constexpr (std::is_floating_point_v<V>) {
        static_assert(sizeof(V) == 4 || sizeof(V) == 8, "floats have 32 or 64 bits");
        return sizeof(V) == 4 ? ::RADIOMICS_DTYPE_F32 : ::RADIOMICS_DTYPE_F64;
    } else {
        static_assert(sizeof(V) <= 8, "integers have at most 64 bits");
        constexpr std::int32_t of_unsigned = sizeof(V) == 1   ? ::RADIOMICS_DTYPE_U8
                                             : sizeof(V) == 2 ? ::RADIOMICS_DTYPE_U16
                                             : sizeof(V) == 4 ? ::RADIOMICS_DTYPE_U32
                                                              : ::RADIOMICS_DTYPE_U64;
        return of_unsigned + (std::is_signed_v<V> ? 1 : 0);
    }
}
} // namespace detail

/// An image or a mask that somebody else owns: voxels and where they lie. Nothing is copied, so the
/// voxels must outlive every call that the view is given to.
class image_view {
  public:
    image_view() noexcept = default;
    explicit image_view(const ::radiomics_image &c) noexcept : c_(c) {}

    /// Contiguous voxels, x fastest.
    template <class T> image_view(const T *voxels, const sizes &shape, const triple &spacing_mm) : image_view() {
        c_.data = voxels;
        c_.dtype = detail::dtype<T>();
        for (std::size_t axis = 0; axis < 3; ++axis) {
            c_.shape[axis] = shape[axis];
            c_.spacing_mm[axis] = spacing_mm[axis];
        }
    }

    /// Steps in voxels between neighbours along (z, y, x), where voxels are not contiguous.
    image_view &strides(const steps &voxels) noexcept {
        for (std::size_t axis = 0; axis < 3; ++axis) c_.strides[axis] = voxels[axis];
        return *this;
    }

    /// Position (z, y, x) of the centre of the first voxel.
    image_view &origin(const triple &mm) noexcept {
        for (std::size_t axis = 0; axis < 3; ++axis) c_.origin_mm[axis] = mm[axis];
        return *this;
    }

    /// Direction cosines: column c is the direction (z, y, x) of array axis c.
    image_view &direction(const std::array<triple, 3> &cosines) noexcept {
        for (std::size_t row = 0; row < 3; ++row)
            for (std::size_t column = 0; column < 3; ++column) c_.direction[row][column] = cosines[row][column];
        return *this;
    }

    /// The same with the number type at run time, for adapters.
    static image_view untyped(const void *voxels, std::int32_t dtype, const sizes &shape, const triple &spacing_mm) {
        image_view view(static_cast<const unsigned char *>(voxels), shape, spacing_mm);
        view.c_.dtype = dtype;
        return view;
    }

    /// Number of voxels along (z, y, x), and of all.
    [[nodiscard]] sizes shape() const noexcept { return {c_.shape[0], c_.shape[1], c_.shape[2]}; }
    [[nodiscard]] std::size_t size() const noexcept { return c_.shape[0] * c_.shape[1] * c_.shape[2]; }

    [[nodiscard]] const ::radiomics_image *c() const noexcept { return &c_; }

  private:
    ::radiomics_image c_ = RADIOMICS_IMAGE_INIT;
};

/// Contiguous voxels, x fastest, as an image or a mask.
template <class T> [[nodiscard]] image_view view(const T *voxels, const sizes &shape, const triple &spacing_mm) {
    return image_view(voxels, shape, spacing_mm);
}

} // namespace radiomics

#endif // RADIOMICS_VIEW_HPP
