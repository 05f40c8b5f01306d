#include "parallel.hpp"

#include "CParallel.h"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace parallel {
namespace {

/// Tells the processor that this is a loop that waits.
inline void relax() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/// Turns of waiting before a thread goes to sleep: some dozen microseconds, as long as it takes to wake it.
constexpr int patience = 2000;

using Task = void (*)(const void *, size_t, size_t);

/// The threads that help one calling thread.
class Team {
    /// The loop's number in the upper half, its next task in the lower. Who moves the lower half on owns that task, and while
    /// somebody owns a task the loop is not over, so what describes it stays as it is.
    std::atomic<uint64_t> ticket{0};
    /// No task: the loop is being described.
    static constexpr uint32_t closed = UINT32_MAX;
    std::atomic<Task> task{nullptr};
    std::atomic<const void *> context{nullptr};
    std::atomic<size_t> count{0}, threads{0}, done{0};

    std::mutex mutex;
    std::condition_variable work, end;
    std::atomic<int> sleepers{0};
    std::atomic<bool> caller_sleeps{false}, is_over{false};
    std::vector<std::thread> helpers;

    /// Takes tasks of the loop `number` until none is left.
    void take_tasks(uint64_t number, size_t thread) {
        for (uint64_t seen = ticket.load(std::memory_order_acquire);;) {
            const size_t total = count.load(std::memory_order_relaxed), index = uint32_t(seen);
            if (seen >> 32 != number || index >= total) return;
            if (!ticket.compare_exchange_weak(seen, seen + 1, std::memory_order_acq_rel)) continue;
            task.load(std::memory_order_relaxed)(context.load(std::memory_order_relaxed), thread, index);
            if (done.fetch_add(1, std::memory_order_acq_rel) + 1 == total && caller_sleeps.load()) {
                std::lock_guard<std::mutex> lock(mutex);
                end.notify_one();
            }
            seen = ticket.load(std::memory_order_acquire);
        }
    }

    /// Whether there is a loop behind the loop `last`, and all of what describes it.
    bool has_begun(uint64_t last) const {
        const uint64_t seen = ticket.load();
        return seen >> 32 != last && uint32_t(seen) != closed;
    }

    void help(size_t thread) {
        for (uint64_t last = 0;;) {
            for (int turn = 0; turn < patience && !has_begun(last); ++turn) relax();
            if (!has_begun(last)) {
                std::unique_lock<std::mutex> lock(mutex);
                ++sleepers;
                work.wait(lock, [&] { return has_begun(last) || is_over.load(); });
                --sleepers;
            }
            if (is_over.load()) return;
            last = ticket.load(std::memory_order_acquire) >> 32;
            if (thread < threads.load(std::memory_order_relaxed)) take_tasks(last, thread);
        }
    }

public:
    ~Team() {
        is_over = true;
        { std::lock_guard<std::mutex> lock(mutex); }
        work.notify_all();
        for (std::thread &helper : helpers) helper.join();
    }

    void run(size_t wanted, size_t total, Task body, const void *argument) {
        while (helpers.size() + 1 < wanted) helpers.emplace_back(&Team::help, this, helpers.size() + 1);
        // From here on nobody takes a task of the last loop, and of this one nobody does yet.
        const uint64_t number = (ticket.load(std::memory_order_relaxed) >> 32) + 1;
        ticket.store(number << 32 | closed);
        task.store(body, std::memory_order_relaxed);
        context.store(argument, std::memory_order_relaxed);
        threads.store(wanted, std::memory_order_relaxed);
        done.store(0, std::memory_order_relaxed);
        count.store(total, std::memory_order_relaxed);
        ticket.store(number << 32);
        if (sleepers.load() > 0) {
            // A helper between its last look and its sleep holds the lock.
            { std::lock_guard<std::mutex> lock(mutex); }
            work.notify_all();
        }
        take_tasks(number, 0);
        for (int turn = 0; turn < patience; ++turn) {
            if (done.load(std::memory_order_acquire) == total) return;
            relax();
        }
        std::unique_lock<std::mutex> lock(mutex);
        caller_sleeps = true;
        end.wait(lock, [&] { return done.load() == total; });
        caller_sleeps = false;
    }
};

}  // namespace

void run(size_t threads, size_t count, void (*task)(const void *, size_t, size_t), const void *context) {
    thread_local std::unique_ptr<Team> team;
    if (!team) team.reset(new Team());
    team->run(threads, count, task, context);
}

}  // namespace parallel

void parallel_tasks(size_t threads, size_t count, void (*task)(void *context, size_t thread, size_t index), void *context) {
    parallel::tasks(threads, count, [=](size_t thread, size_t index) { task(context, thread, index); });
}
