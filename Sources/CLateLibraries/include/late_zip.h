#ifndef DUET_LATE_ZIP_H
#define DUET_LATE_ZIP_H

#include "late_library.h"

#include <zip.h>

#define LATE_ZIP_FUNCTIONS(F) \
    F(zip_open) F(zip_open_from_source) F(zip_discard) F(zip_name_locate) F(zip_stat_init) F(zip_stat_index) \
    F(zip_fopen_index) F(zip_fread) F(zip_fclose) F(zip_strerror) F(zip_file_get_error) F(zip_file_strerror) \
    F(zip_source_buffer_create) F(zip_source_free) F(zip_error_init) F(zip_error_init_with_code) F(zip_error_fini) \
    F(zip_error_code_zip) F(zip_error_strerror)

/// What Duet uses of libzip.
typedef struct {
    LATE_ZIP_FUNCTIONS(LATE_LIBRARY_MEMBER)
} late_zip_functions;

/// libzip's functions; NULL and `problem` where it cannot be loaded.
const late_zip_functions *_Nullable late_zip(const char *_Nullable *_Nonnull problem);

#endif
