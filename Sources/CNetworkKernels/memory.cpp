// Memory for large arrays.

#include "CNetworkKernels.h"

#include <cstdlib>
#include <cstring>
#include <sys/mman.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace {

constexpr size_t huge_page = size_t(2) << 20, cache_line = 64;

size_t rounded_up(size_t bytes, size_t multiple) { return (bytes + multiple - 1) / multiple * multiple; }

}  // namespace

void *kernel_allocate(size_t bytes) {
    if (bytes < huge_page) {
        bytes = rounded_up(bytes, cache_line);
        void *memory = std::aligned_alloc(cache_line, bytes);
        return memory ? std::memset(memory, 0, bytes) : nullptr;
    }
    // Fresh pages of the system's are zero already. In huge ones, a first touch fetches 2 MB instead of 4 kB, and no time
    // goes into finding out where a page lies.
    bytes = rounded_up(bytes, huge_page);
    void *memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return nullptr;
#ifdef MADV_HUGEPAGE
    madvise(memory, bytes, MADV_HUGEPAGE);
#endif
    return memory;
}

void kernel_free(void *memory, size_t bytes) {
    if (bytes < huge_page) return std::free(memory);
    munmap(memory, rounded_up(bytes, huge_page));
}

void kernel_reuse_freed_memory() {
#ifdef __GLIBC__
    // It finds such limits by itself, once arrays of that size were freed.
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, 64 << 20);
#endif
}
