#pragma once
// Parallel loops on the OpenMP runtime's threads, through the entry point that compilers emit for `#pragma omp parallel`:
// Swift's clang brings no OpenMP headers, but the runtime comes with every compiler. Each thread that calls has a team of
// its own, so loops may be called from several threads at once.
//
// The number of threads is given with each loop and never taken from the calling thread's settings.

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <utility>

extern "C" {
void GOMP_parallel(void (*body)(void *), void *context, unsigned threads, unsigned flags);
int omp_get_thread_num(void);
int omp_get_num_threads(void);
}

namespace parallel {

/// Thread `thread`'s share of 0..<count, split at multiples of `alignment`.
inline std::pair<size_t, size_t> share(size_t count, size_t alignment, size_t thread, size_t threads) {
    const size_t even = (count + threads - 1) / threads;
    const size_t size = (even + alignment - 1) / alignment * alignment;
    const size_t begin = std::min(thread * size, count);
    return {begin, std::min(begin + size, count)};
}

/// Calls `body(thread, threads)` once on each of `threads` threads, or of fewer where the system has no more.
template <typename Body>
void team(size_t threads, const Body &body) {
    if (threads <= 1) return body(size_t(0), size_t(1));
    GOMP_parallel(
        [](void *data) {
            (*static_cast<const Body *>(data))(size_t(omp_get_thread_num()), size_t(omp_get_num_threads()));
        },
        const_cast<Body *>(&body), unsigned(threads), 0);
}

/// Calls `body(begin, end)` on each thread for its share of 0..<count, split at multiples of `alignment`. Below `grain`
/// a second thread is not worth waking.
template <typename Body>
void ranges(size_t threads, size_t count, const Body &body, size_t grain = 16384, size_t alignment = 64) {
    if (threads <= 1 || count < grain) {
        if (count > 0) body(size_t(0), count);
        return;
    }
    team(threads, [&](size_t thread, size_t present) {
        const auto [begin, end] = share(count, alignment, thread, present);
        if (begin < end) body(begin, end);
    });
}

/// Calls `body(thread, begin, end)` for chunks of 0..<count, each thread taking the next chunk when it is done with one: a
/// thread that the system holds up does not hold up the others. For bodies whose results do not depend on who computes
/// them.
template <typename Body>
void chunks(size_t threads, size_t count, size_t chunk, const Body &body) {
    if (threads <= 1 || count <= chunk) {
        for (size_t begin = 0; begin < count; begin += chunk) body(size_t(0), begin, std::min(begin + chunk, count));
        return;
    }
    std::atomic<size_t> next{0};
    team(threads, [&](size_t thread, size_t) {
        for (size_t begin; (begin = next.fetch_add(chunk, std::memory_order_relaxed)) < count;)
            body(thread, begin, std::min(begin + chunk, count));
    });
}

}  // namespace parallel
