// In C, because a signal handler may touch only lock-free atomics, and Swift initializes its globals lazily, under a lock.

#include "CInterruption.h"

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>

static const int exit_code_interrupted = 130, exit_code_bad_data = 65;
static atomic_int requested = 0;

// oneDNN's generated code uses the stack pointer as it likes, so a handler on the computing thread's own stack would
// write into the heap. AVX-512 and AMX registers are saved there as well, hence the size.
static char alternate_stack[1 << 16];

static void handle(int signal) {
    if (atomic_exchange(&requested, signal)) {
        _exit(exit_code_interrupted);
    }
}

static void install(int signal) {
    struct sigaction previous;
    if (sigaction(signal, NULL, &previous) == 0 && previous.sa_handler == SIG_IGN) {
        return;
    }
    // SA_RESTART: the work notices the flag between two steps; a read or write under way must not fail with EINTR.
    struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART | SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    sigaction(signal, &action, NULL);
}

// A file that is mapped was cut short by another process. There is nothing to go on with.
static void handle_lost_file(int signal) {
    (void)signal;
    static const char message[] = "duet: a file became shorter while it was read; start again with a whole one\n";
    ssize_t written = write(STDERR_FILENO, message, sizeof message - 1);
    (void)written;
    _exit(exit_code_bad_data);
}

// To be called on the main thread: an alternate stack is a thread's own, and a process's signals go to the main thread.
void interruption_install(void) {
    stack_t stack = {.ss_sp = alternate_stack, .ss_size = sizeof alternate_stack};
    sigaltstack(&stack, NULL);
    install(SIGINT);
    install(SIGTERM);
    struct sigaction lost_file = {.sa_handler = handle_lost_file, .sa_flags = SA_ONSTACK};
    sigemptyset(&lost_file.sa_mask);
    sigaction(SIGBUS, &lost_file, NULL);
}

int interruption_requested(void) {
    return atomic_load(&requested);
}
