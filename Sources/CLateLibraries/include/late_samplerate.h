#ifndef DUET_LATE_SAMPLERATE_H
#define DUET_LATE_SAMPLERATE_H

#include "late_library.h"

#include <samplerate.h>

#define LATE_SAMPLERATE_FUNCTIONS(F) F(src_is_valid_ratio) F(src_simple) F(src_strerror)

/// What Duet uses of libsamplerate.
typedef struct {
    LATE_SAMPLERATE_FUNCTIONS(LATE_LIBRARY_MEMBER)
} late_samplerate_functions;

/// libsamplerate's functions; NULL and `problem` where it cannot be loaded.
const late_samplerate_functions *_Nullable late_samplerate(const char *_Nullable *_Nonnull problem);

#endif
