#include "digits_model.h"

// The assembler puts the file's bytes in as they are: no list of numbers that would have to be compiled, and no file to find when
// the program runs. `Package.swift` tells it to look in this folder.
__asm__(
    ".pushsection .rodata\n"
    ".balign 64\n"
    "duet_digits_model_start:\n"
    ".incbin \"digits.safetensors\"\n"
    "duet_digits_model_end:\n"
    ".popsection\n");

extern const unsigned char duet_digits_model_start[], duet_digits_model_end[];

const unsigned char *duet_digits_model(size_t *size) {
    *size = (size_t)(duet_digits_model_end - duet_digits_model_start);
    return duet_digits_model_start;
}
