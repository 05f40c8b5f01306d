// In C, because a signal handler may touch only lock-free atomics, and Swift initializes its globals lazily, under a lock.

#include "CInterruption.h"

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>

static const int exit_code_interrupted = 130;
static atomic_bool requested = false;

static void handle(int signal) {
    (void)signal;
    if (atomic_exchange(&requested, true)) {
        _exit(exit_code_interrupted);
    }
}

static void install(int signal) {
    struct sigaction previous;
    if (sigaction(signal, NULL, &previous) == 0 && previous.sa_handler == SIG_IGN) {
        return;
    }
    // SA_RESTART: the work notices the flag between two steps; a read or write under way must not fail with EINTR.
    struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(signal, &action, NULL);
}

void interruption_install(void) {
    install(SIGINT);
    install(SIGTERM);
}

bool interruption_requested(void) {
    return atomic_load(&requested);
}
