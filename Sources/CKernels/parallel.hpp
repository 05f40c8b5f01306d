#pragma once
// Parallel loops on the OpenMP runtime's own threads, through the entry points that compilers emit for
// `#pragma omp parallel`: Swift's clang brings no OpenMP headers, but the runtime is there because oneDNN needs it.

#include <algorithm>
#include <cstddef>

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

namespace kernels {

/// Calls `body(begin, end)` on each thread for its share of 0..<count, split at multiples of `alignment`. Below `grain`
/// a thread is not worth waking.
template <typename Body>
void parallel_ranges(size_t count, const Body &body, size_t grain = 16384, size_t alignment = 64) {
    if (count < grain || omp_get_max_threads() == 1) return body(size_t(0), count);
    struct Context {
        size_t count, alignment;
        const Body &body;
    } context{count, alignment, body};
    GOMP_parallel(
        [](void *data) {
            const auto &context = *static_cast<Context *>(data);
            size_t threads = omp_get_num_threads(), thread = omp_get_thread_num();
            size_t even = (context.count + threads - 1) / threads;
            size_t share = (even + context.alignment - 1) / context.alignment * context.alignment;
            size_t begin = std::min(thread * share, context.count), end = std::min(begin + share, context.count);
            if (begin < end) context.body(begin, end);
        },
        &context, 0, 0);
}

/// Calls `body(thread, threads)` on every thread, for loops that keep memory of their own for each thread.
template <typename Body>
void parallel_threads(const Body &body) {
    if (omp_get_max_threads() == 1) return body(size_t(0), size_t(1));
    GOMP_parallel(
        [](void *data) {
            (*static_cast<const Body *>(data))(size_t(omp_get_thread_num()), size_t(omp_get_num_threads()));
        },
        const_cast<Body *>(&body), 0, 0);
}

}  // namespace kernels
