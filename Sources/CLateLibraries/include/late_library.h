#ifndef DUET_LATE_LIBRARY_H
#define DUET_LATE_LIBRARY_H

// A library of the system's that is loaded when its first function is needed, not when the process starts: with all that
// they bring along, libcurl takes 6 ms and libzip 1.4 ms, and most commands need neither.
//
// What of a library is used stands in a list, `#define ABC_FUNCTIONS(F) F(abc_open) F(abc_close)`. Its header gives the
// types, so a table of functions is called as the functions themselves would be, and is checked as they would be.

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

/// In a table's struct: a pointer to the function.
#define LATE_LIBRARY_MEMBER(function) __typeof__(function) *_Nonnull function;
/// In an array of strings: the function's name.
#define LATE_LIBRARY_NAME(function) #function,

enum { LATE_LIBRARY_PROBLEM_SIZE = 400 };

typedef enum { LATE_LIBRARY_UNTRIED, LATE_LIBRARY_LOADED, LATE_LIBRARY_MISSING } late_library_state;

/// A library, and where its functions go.
typedef struct {
    /// The names to look for, up to a NULL. The first that is found is taken.
    const char *_Nullable const *_Nonnull files;
    /// The package that brings it, on Debian and Ubuntu.
    const char *_Nonnull package;
    /// The functions' names, up to a NULL.
    const char *_Nullable const *_Nonnull names;
    /// A struct of as many pointers.
    void *_Nonnull functions;
    pthread_mutex_t lock;
    late_library_state state;
    char problem[LATE_LIBRARY_PROBLEM_SIZE];
} late_library;

/// Loads the library, unless an earlier call has. From any thread.
///
/// Returns NULL, or why it cannot be loaded and what to install: a sentence's end, such as "libabc.so.1 cannot be loaded
/// (No such file or directory); install it: apt-get install libabc1". What failed once is not tried again.
const char *_Nullable late_library_load(late_library *_Nonnull library);

/// Defines `const NAME_functions *NAME(const char **problem)`, which gives the table of a library's functions. The file names
/// follow the package's.
#define LATE_LIBRARY_DEFINE(name, list, package_name, ...) \
    static name##_functions name##_table; \
    static const char *const name##_files[] = {__VA_ARGS__, NULL}; \
    static const char *const name##_names[] = {list(LATE_LIBRARY_NAME) NULL}; \
    static late_library name##_library = { \
        .files = name##_files, \
        .package = package_name, \
        .names = name##_names, \
        .functions = &name##_table, \
        .lock = PTHREAD_MUTEX_INITIALIZER, \
    }; \
    const name##_functions *name(const char **problem) { \
        *problem = late_library_load(&name##_library); \
        return *problem ? NULL : &name##_table; \
    }

#endif
