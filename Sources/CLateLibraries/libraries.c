#include "CLateLibraries.h"

LATE_LIBRARY_DEFINE(late_sndfile, LATE_SNDFILE_FUNCTIONS, "libsndfile1", "libsndfile.so.1")
LATE_LIBRARY_DEFINE(late_soxr, LATE_SOXR_FUNCTIONS, "libsoxr0", "libsoxr.so.0")
// Debian 13's 1.11 counts as version 5, with the same functions and structs as before.
LATE_LIBRARY_DEFINE(late_zip, LATE_ZIP_FUNCTIONS, "libzip4", "libzip.so.4", "libzip.so.5")
