#pragma once
// Parallel loops. Each thread that calls has a team of its own, so loops may be called from several threads at once; the number
// of threads is given with each loop.
//
// A loop is a number of tasks that threads take as they come. The caller takes tasks too, and goes on as soon as all are done:
// it waits for no thread that has not begun one. Beside a busy process, a barrier such as OpenMP's would cost a time slice in
// each loop, until the system has let every thread run.

#include <algorithm>
#include <cstddef>
#include <utility>

namespace parallel {

/// Calls `task(context, thread, index)` for each index below `count`, on at most `threads` threads: the caller, which is thread
/// 0, and others. Returns when all are done.
void run(size_t threads, size_t count, void (*task)(const void *context, size_t thread, size_t index),
         const void *context);

/// Calls `body(thread, index)` for each index below `count`. Threads take the next index when they are done with one, so a
/// thread that the system holds up does not hold up the others.
template <typename Body>
void tasks(size_t threads, size_t count, const Body &body) {
    if (threads <= 1 || count <= 1) {
        for (size_t index = 0; index < count; ++index) body(size_t(0), index);
        return;
    }
    run(
        threads, count,
        [](const void *context, size_t thread, size_t index) { (*static_cast<const Body *>(context))(thread, index); },
        &body);
}

/// Part `part` of 0..<count cut into `parts`, at multiples of `alignment`.
inline std::pair<size_t, size_t> share(size_t count, size_t alignment, size_t part, size_t parts) {
    const size_t even = (count + parts - 1) / parts;
    const size_t size = (even + alignment - 1) / alignment * alignment;
    const size_t begin = std::min(part * size, count);
    return {begin, std::min(begin + size, count)};
}

/// Calls `body(part, threads)` for as many parts as there are threads. What a part computes depends on its number alone,
/// whoever computes it.
template <typename Body>
void team(size_t threads, const Body &body) {
    const size_t parts = std::max<size_t>(threads, 1);
    tasks(parts, parts, [&](size_t, size_t part) { body(part, parts); });
}

/// Calls `body(begin, end)` for as many parts of 0..<count as there are threads, cut at multiples of `alignment`. Below
/// `grain` a second thread is not worth waking.
template <typename Body>
void ranges(size_t threads, size_t count, const Body &body, size_t grain = 16384, size_t alignment = 64) {
    if (threads <= 1 || count < grain) {
        if (count > 0) body(size_t(0), count);
        return;
    }
    team(threads, [&](size_t part, size_t parts) {
        const std::pair<size_t, size_t> own = share(count, alignment, part, parts);
        if (own.first < own.second) body(own.first, own.second);
    });
}

/// Calls `body(thread, begin, end)` for chunks of 0..<count. For bodies whose results do not depend on who computes them;
/// `thread` is below `threads`, and no other body with it runs at the same time.
template <typename Body>
void chunks(size_t threads, size_t count, size_t chunk, const Body &body) {
    tasks(threads, (count + chunk - 1) / chunk, [&](size_t thread, size_t index) {
        body(thread, index * chunk, std::min(index * chunk + chunk, count));
    });
}

}  // namespace parallel
