// radiomics-rs: where radiomics.hpp writes responses and maps to, and who is told of progress.
#ifndef RADIOMICS_OUTPUT_HPP
#define RADIOMICS_OUTPUT_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "radiomics_view.hpp"

#if RADIOMICS_EXCEPTIONS
#include <exception>
#include <new>
#include <stdexcept>
#endif

namespace radiomics {

/// Is told (done, total) and returns whether to go on. It is called on the thread that has called the
/// function, at least every 0.1 s; what it throws cancels the job and is thrown again by the function. It must not call
/// the context of the job, but for cancel(): that is refused.
using progress_function = std::function<bool(std::size_t, std::size_t)>;

/// Memory of the caller that responses or maps are written to, x fastest. It is written when all of them
/// are computed, and a call that fails leaves it as it was, unless `as_they_come` is set.
struct output {
    /// One for each response or map, in their order; nullptr for one that is not wanted.
    std::vector<double *> buffers;
    /// The same for values that are rounded to 32 bits; only one of the two has members.
    std::vector<float *> float_buffers;
    /// Number of values that each of them has room for.
    std::size_t length = 0;
    /// Whether values are written as they are computed, which spares memory. What a call that fails leaves is then
    /// anything.
    bool as_they_come = false;
    /// The value of a map where the region is not.
    double outside = std::numeric_limits<double>::quiet_NaN();
    /// A step is a response, or a voxel of the maps.
    progress_function progress;
    /// Megabytes that computing may take beside this memory; 0 for what the machine has free.
    double memory_mb = 0;

    /// Memory for the next response or map.
    output &add(double *first, std::size_t doubles) { return put(buffers, float_buffers, first, doubles); }
    output &add(float *first, std::size_t floats) { return put(float_buffers, buffers, first, floats); }
    /// The next response or map is not wanted.
    output &skip() {
        if (float_buffers.empty()) buffers.push_back(nullptr);
        else float_buffers.push_back(nullptr);
        return *this;
    }

    /// For C, without progress; it borrows from this object.
    [[nodiscard]] ::radiomics_output c() const noexcept {
        ::radiomics_output c_output = RADIOMICS_OUTPUT_INIT;
        // Members of both are refused there.
        c_output.buffers = buffers.empty() ? nullptr : buffers.data();
        c_output.float_buffers = float_buffers.empty() ? nullptr : float_buffers.data();
        c_output.buffer_count = float_buffers.empty() ? buffers.size() : float_buffers.size();
        c_output.as_they_come = as_they_come;
        c_output.buffer_length = length;
        c_output.outside = outside;
        c_output.memory_mb = memory_mb;
        return c_output;
    }

  private:
    template <class T> static bool skips_all(const std::vector<T *> &list) noexcept {
        return std::all_of(list.begin(), list.end(), [](T *first) { return !first; });
    }

    template <class T, class Other>
    output &put(std::vector<T *> &own, std::vector<Other *> &others, T *first, std::size_t values) {
        if (!first) return skip();
        if (skips_all(others)) {
            // What was skipped was so whatever its type.
            own.insert(own.end(), others.size(), nullptr);
            others.clear();
        }
        length = skips_all(own) ? values : (std::min)(length, values);
        own.push_back(first);
        return *this;
    }
};

/// A filter's name and its response, contiguous, x fastest.
struct response {
    std::string name;
    std::vector<double> values;
};

namespace detail {
/// Whether a function that takes memory for this many doubles gets it; the failure says so if not. Without
/// exceptions the program ends, as it does wherever a container finds no memory.
template <class F> bool takes_memory(failure &why, std::size_t doubles, F &&function) {
#if RADIOMICS_EXCEPTIONS
    try {
        function();
        return true;
    } catch (const std::bad_alloc &) {
    } catch (const std::length_error &) {
    }
    why.status = ::RADIOMICS_STATUS_OUT_OF_MEMORY;
    why.text = "there is no memory for " + std::to_string(doubles) + " values in 64 bits: ask for fewer at a time";
    return false;
#else
    (void)why, (void)doubles;
    function();
    return true;
#endif
}

/// Between the callback of C, which nothing may be thrown through, and the caller's function.
class watcher {
  public:
    /// Has the function, if there is one, called by whoever is given the struct. Both must outlive this.
    template <class Struct> watcher(const progress_function &progress, Struct &c) : progress_(progress) {
        if (!progress) return;
        c.progress = call;
        c.user_data = this;
    }
    watcher(const watcher &) = delete;
    watcher &operator=(const watcher &) = delete;

    /// Throws what the function has thrown.
    void rethrow() const {
#if RADIOMICS_EXCEPTIONS
        if (thrown_) std::rethrow_exception(thrown_);
#endif
    }

  private:
    static std::int32_t call(std::size_t done, std::size_t total, void *self) noexcept {
        auto &watching = *static_cast<watcher *>(self);
#if RADIOMICS_EXCEPTIONS
        try {
            return watching.progress_(done, total) ? 0 : 1;
        } catch (...) {
            watching.thrown_ = std::current_exception();
            return 1;
        }
#else
        return watching.progress_(done, total) ? 0 : 1;
#endif
    }

    const progress_function &progress_;
#if RADIOMICS_EXCEPTIONS
    std::exception_ptr thrown_;
#endif
};
} // namespace detail

} // namespace radiomics

#endif // RADIOMICS_OUTPUT_HPP
