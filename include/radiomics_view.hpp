// radiomics-rs: what the parts of radiomics.hpp share: failures and errors, and views of voxels.
#ifndef RADIOMICS_VIEW_HPP
#define RADIOMICS_VIEW_HPP

#if defined(_MSVC_LANG) ? _MSVC_LANG < 201703L : __cplusplus < 201703L
#error "radiomics.hpp needs C++17: -std=c++17 or /std:c++17"
#endif

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

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

/// What a call with a context, or with none, has to say for itself.
inline void report(const ::radiomics_context *context, ::radiomics_status status, failure &why) {
    why.status = status;
    why.text.clear();
    if (status == ::RADIOMICS_STATUS_OK) return;
    why.text = ::radiomics_last_error(context);
    if (why.text.empty()) why.text = ::radiomics_status_text(status);
}

/// Whether C, for which a text ends at its first NUL, is told all of it.
inline bool is_text(const std::string &text, failure &why) {
    const auto end = text.find('\0');
    if (end == std::string::npos) return true;
    why = {::RADIOMICS_STATUS_INVALID_ARGUMENT, "the text has a NUL after " + std::to_string(end) + " bytes: take it out"};
    return false;
}

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

    /// Distance (z, y, x) in mm between voxel centres.
    image_view &spacing(const triple &mm) noexcept {
        for (std::size_t axis = 0; axis < 3; ++axis) c_.spacing_mm[axis] = mm[axis];
        return *this;
    }

    /// What has been set: spacing and origin (z, y, x) in mm, directions, which are along the patient's axes unless
    /// they were set, and steps, which are those of contiguous voxels unless they were.
    [[nodiscard]] triple spacing() const noexcept { return {c_.spacing_mm[0], c_.spacing_mm[1], c_.spacing_mm[2]}; }
    [[nodiscard]] triple origin() const noexcept { return {c_.origin_mm[0], c_.origin_mm[1], c_.origin_mm[2]}; }
    [[nodiscard]] std::array<triple, 3> direction() const noexcept {
        std::array<triple, 3> cosines{};
        bool is_set = false;
        for (std::size_t row = 0; row < 3; ++row)
            for (std::size_t column = 0; column < 3; ++column) {
                cosines[row][column] = c_.direction[row][column];
                is_set = is_set || c_.direction[row][column] != 0;
            }
        if (!is_set) cosines = {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
        return cosines;
    }
    [[nodiscard]] steps strides() const noexcept {
        if (c_.strides[0] != 0 || c_.strides[1] != 0 || c_.strides[2] != 0)
            return {c_.strides[0], c_.strides[1], c_.strides[2]};
        const auto rows = static_cast<std::ptrdiff_t>(c_.shape[2]);
        return {rows * static_cast<std::ptrdiff_t>(c_.shape[1]), rows, 1};
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

namespace detail {
/// The view of voxels that its holder owns: empty in one that was moved from.
class own_view {
  public:
    own_view() noexcept = default;
    own_view(own_view &&other) noexcept : view_(std::exchange(other.view_, image_view())) {}
    own_view &operator=(own_view &&other) noexcept {
        view_ = std::exchange(other.view_, image_view());
        return *this;
    }
    own_view &operator=(const image_view &view) noexcept {
        view_ = view;
        return *this;
    }
    [[nodiscard]] const image_view &get() const noexcept { return view_; }

  private:
    image_view view_;
};
} // namespace detail

/// A mask that owns its voxels: labels from 0, the background, on the grid of an image. Pages of it that nothing was
/// written to take no memory. It is taken wherever a view of a mask is.
class owned_mask {
  public:
    owned_mask() noexcept = default;

    /// Background everywhere, on the grid of `like`, with room for labels up to `largest`. Without memory it is
    /// empty, which every function refuses.
    static owned_mask like(const image_view &like, std::uint64_t largest) {
        owned_mask made;
        made.bytes_ = largest <= 0xff ? 1 : largest <= 0xffff ? 2 : largest <= 0xffffffff ? 4 : 8;
        const auto size = like.size();
        if (made.bytes_ <= static_cast<std::size_t>(-1) / (size + 1))
            made.voxels_.reset(std::calloc(size + 1, made.bytes_));
        const auto type = made.bytes_ == 1   ? ::RADIOMICS_DTYPE_U8
                          : made.bytes_ == 2 ? ::RADIOMICS_DTYPE_U16
                          : made.bytes_ == 4 ? ::RADIOMICS_DTYPE_U32
                                             : ::RADIOMICS_DTYPE_U64;
        made.view_ = image_view::untyped(made.voxels_.get(), type, like.shape(), like.spacing())
                         .origin(like.origin())
                         .direction(like.direction());
        return made;
    }

    /// Gives `length` voxels from (z, y, x) on, along x, a label. What lies beside the grid is left out.
    void fill(const steps &first, std::ptrdiff_t length, std::uint64_t label) noexcept {
        const auto shape = view().shape();
        const auto inside = [&](std::ptrdiff_t at, std::size_t n) { return at >= 0 && at < static_cast<std::ptrdiff_t>(n); };
        if (!voxels_ || !inside(first[0], shape[0]) || !inside(first[1], shape[1])) return;
        const auto nx = static_cast<std::ptrdiff_t>(shape[2]);
        if (first[2] >= nx || length <= 0) return;
        const auto begin = (std::max)(first[2], std::ptrdiff_t{0});
        // Neither sum nor difference goes beyond what the type holds.
        const auto end = first[2] > 0 && length > nx - first[2] ? nx : (std::min)(first[2] + length, nx);
        const auto row = (first[0] * static_cast<std::ptrdiff_t>(shape[1]) + first[1]) * nx;
        for (auto at = row + begin; at < row + end; ++at) {
            switch (bytes_) {
            case 1: static_cast<std::uint8_t *>(voxels_.get())[at] = static_cast<std::uint8_t>(label); break;
            case 2: static_cast<std::uint16_t *>(voxels_.get())[at] = static_cast<std::uint16_t>(label); break;
            case 4: static_cast<std::uint32_t *>(voxels_.get())[at] = static_cast<std::uint32_t>(label); break;
            default: static_cast<std::uint64_t *>(voxels_.get())[at] = label; break;
            }
        }
    }

    [[nodiscard]] const image_view &view() const noexcept { return view_.get(); }
    operator const image_view &() const noexcept { return view_.get(); }

  private:
    struct release {
        void operator()(void *memory) const noexcept { std::free(memory); }
    };
    std::unique_ptr<void, release> voxels_;
    std::size_t bytes_ = 1;
    detail::own_view view_;
};

} // namespace radiomics

#endif // RADIOMICS_VIEW_HPP
