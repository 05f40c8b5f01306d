#ifndef DUET_LATE_SOXR_H
#define DUET_LATE_SOXR_H

#include "late_library.h"

#include <soxr.h>

#define LATE_SOXR_FUNCTIONS(F) F(soxr_oneshot) F(soxr_quality_spec)

/// What Duet uses of libsoxr.
typedef struct {
    LATE_SOXR_FUNCTIONS(LATE_LIBRARY_MEMBER)
} late_soxr_functions;

/// libsoxr's functions; NULL and `problem` where it cannot be loaded.
const late_soxr_functions *_Nullable late_soxr(const char *_Nullable *_Nonnull problem);

#endif
