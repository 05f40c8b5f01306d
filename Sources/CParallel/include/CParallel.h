#pragma once
// The parallel loops of parallel.hpp for Swift.

#include <stddef.h>

// GCC, which compiles the kernels' tests for arm64, does not know the word.
#ifndef __clang__
#define _Nonnull
#endif

#ifdef __cplusplus
extern "C" {
#endif

/// Calls `task(context, thread, index)` for each index below `count`, on at most `threads` threads: the caller, which is thread 0,
/// and those that help it with every loop. `thread` is below `threads`, and no other task with it runs at the same time. Returns
/// when all are done.
void parallel_tasks(size_t threads, size_t count, void (*_Nonnull task)(void *_Nonnull context, size_t thread, size_t index),
                    void *_Nonnull context);

#ifdef __cplusplus
}
#endif
