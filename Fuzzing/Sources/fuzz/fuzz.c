// What libFuzzer looks for. One program for all decoders: FUZZ_TARGET names the one to try.

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/// Sets which decoder the inputs are for; 0 where there is none of this name. In `FuzzTarget.swift`.
int fuzz_choose_target(const char *name);
/// Decodes one input. In `FuzzTarget.swift`.
void fuzz_try_input(const uint8_t *data, size_t count);

int LLVMFuzzerInitialize(int *argument_count, char ***arguments) {
    (void)argument_count;
    (void)arguments;
    const char *name = getenv("FUZZ_TARGET");
    if (!fuzz_choose_target(name ? name : "")) {
        fprintf(stderr, "FUZZ_TARGET is '%s'; expected png, jpeg, wav or flac\n", name ? name : "");
        exit(64);
    }
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t count) {
    fuzz_try_input(data, count);
    return 0;
}
