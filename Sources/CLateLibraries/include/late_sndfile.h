#ifndef DUET_LATE_SNDFILE_H
#define DUET_LATE_SNDFILE_H

#include "late_library.h"

#include <sndfile.h>

#define LATE_SNDFILE_FUNCTIONS(F) \
    F(sf_open) F(sf_open_virtual) F(sf_close) F(sf_readf_float) F(sf_error) F(sf_strerror)

/// What Duet uses of libsndfile.
typedef struct {
    LATE_SNDFILE_FUNCTIONS(LATE_LIBRARY_MEMBER)
} late_sndfile_functions;

/// libsndfile's functions; NULL and `problem` where it cannot be loaded.
const late_sndfile_functions *_Nullable late_sndfile(const char *_Nullable *_Nonnull problem);

#endif
