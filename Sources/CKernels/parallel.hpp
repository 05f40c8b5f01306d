#pragma once
// Parallel loops on the OpenMP runtime's own threads, through the entry points that compilers emit for
// `#pragma omp parallel`: Swift's clang brings no OpenMP headers, but the runtime is there because oneDNN needs it.

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <utility>

extern "C" {
void GOMP_parallel(void (*body)(void *), void *context, unsigned threads, unsigned flags);
int omp_get_thread_num(void);
int omp_get_num_threads(void);
int omp_get_max_threads(void);
}

// Compiles a loop for several instruction sets and picks the best at load time.
#if defined(__x86_64__)
#define MULTIVERSIONED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define MULTIVERSIONED
#endif

// For a loop that such functions share: compiled as part of each. A function of its own would be compiled once, for the
// oldest processor.
#define ALWAYS_INLINE inline __attribute__((always_inline))

namespace kernels {

/// Thread `thread`'s share of 0..<count, split at multiples of `alignment`.
inline std::pair<size_t, size_t> share(size_t count, size_t alignment, size_t thread, size_t threads) {
    size_t even = (count + threads - 1) / threads;
    size_t size = (even + alignment - 1) / alignment * alignment;
    size_t begin = std::min(thread * size, count);
    return {begin, std::min(begin + size, count)};
}

/// Calls `body(thread, threads)` once on each thread.
template <typename Body>
void parallel_team(const Body &body) {
    if (omp_get_max_threads() == 1) return body(size_t(0), size_t(1));
    GOMP_parallel(
        [](void *data) {
            (*static_cast<const Body *>(data))(size_t(omp_get_thread_num()), size_t(omp_get_num_threads()));
        },
        const_cast<Body *>(&body), 0, 0);
}

/// Calls `body(begin, end)` on each thread for its share of 0..<count, split at multiples of `alignment`. Below `grain`
/// a thread is not worth waking.
template <typename Body>
void parallel_ranges(size_t count, const Body &body, size_t grain = 16384, size_t alignment = 64) {
    if (count < grain || omp_get_max_threads() == 1) return body(size_t(0), count);
    parallel_team([&](size_t thread, size_t threads) {
        const auto [begin, end] = share(count, alignment, thread, threads);
        if (begin < end) body(begin, end);
    });
}

/// Calls `body(thread, begin, end)` for chunks of 0..<count, each thread taking the next chunk when it is done with one: a
/// thread that the system holds up does not hold up the others. For bodies whose results do not depend on who computes
/// them.
template <typename Body>
void parallel_chunks(size_t count, size_t chunk, const Body &body) {
    std::atomic<size_t> next{0};
    parallel_team([&](size_t thread, size_t) {
        for (size_t begin; (begin = next.fetch_add(chunk, std::memory_order_relaxed)) < count;)
            body(thread, begin, std::min(begin + chunk, count));
    });
}

}  // namespace kernels
