#include "late_library.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

/// Keeps the first reason only: of a library with two names, that of the name which Debian gives it.
static void fail(late_library *library, const char *file, const char *reason) {
    if (library->problem[0]) {
        return;
    }
    snprintf(
        library->problem, sizeof library->problem, "%s cannot be loaded (%s); install it: apt-get install %s", file,
        reason ? reason : "unknown reason", library->package);
}

static bool find_functions(late_library *library, const char *file, void *handle) {
    char *place = library->functions;
    for (size_t index = 0; library->names[index]; index++) {
        void *function = dlsym(handle, library->names[index]);
        if (!function) {
            fail(library, file, dlerror());
            return false;
        }
        memcpy(place + index * sizeof function, &function, sizeof function);
    }
    return true;
}

/// A library that is loaded stays: its functions are in use until the process ends.
static late_library_state load(late_library *library) {
    for (size_t index = 0; library->files[index]; index++) {
        const char *file = library->files[index];
        void *handle = dlopen(file, RTLD_LAZY | RTLD_LOCAL);
        if (!handle) {
            fail(library, file, dlerror());
        } else if (find_functions(library, file, handle)) {
            return LATE_LIBRARY_LOADED;
        }
    }
    return LATE_LIBRARY_MISSING;
}

const char *late_library_load(late_library *library) {
    pthread_mutex_lock(&library->lock);
    if (library->state == LATE_LIBRARY_UNTRIED) {
        library->state = load(library);
    }
    const bool is_missing = library->state == LATE_LIBRARY_MISSING;
    pthread_mutex_unlock(&library->lock);
    return is_missing ? library->problem : NULL;
}
