#ifndef DIGITS_MODEL_H
#define DIGITS_MODEL_H

#include <stddef.h>

/// The bytes of the model file that Duet ships, `digits.safetensors` in this folder, and how many they are. They lie in the program's
/// read-only data, so nothing is read or copied until they are used.
const unsigned char *duet_digits_model(size_t *size);

#endif
