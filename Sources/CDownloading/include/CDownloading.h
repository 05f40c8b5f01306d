#ifndef DUET_CDOWNLOADING_H
#define DUET_CDOWNLOADING_H

// One HTTP GET by libcurl, which is loaded when the first one begins. In C, because libcurl's settings are variadic
// functions, which Swift cannot call.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// A transfer under way. It belongs to one thread.
typedef struct download download;

/// What is told of a transfer, within `download_step`. Where it answers false, the transfer ends.
typedef struct {
    void *_Nonnull context;
    /// The last answer's status, redirects followed, and its Content-Range (or ""), before any of its body.
    bool (*_Nonnull response)(void *_Nonnull context, long status, const char *_Nonnull content_range);
    /// The next bytes of the body.
    bool (*_Nonnull body)(void *_Nonnull context, const void *_Nonnull bytes, size_t count);
} download_receiver;

typedef enum { DOWNLOAD_GOES_ON, DOWNLOAD_COMPLETE, DOWNLOAD_BROKEN } download_state;

/// Prepares a GET of `url`, http or https, from byte `offset` on.
///
/// Returns NULL where there is no libcurl, with what to say of it in `problem`.
download *_Nullable download_begin(
    const char *_Nonnull url, uint64_t offset, download_receiver receiver, const char *_Nullable *_Nonnull problem);

/// Goes on with the transfer, and waits at most so long for something to arrive.
download_state download_step(download *_Nonnull download, int milliseconds);

/// Why it is broken.
const char *_Nonnull download_problem(const download *_Nonnull download);

/// Ends the transfer, wherever it is.
void download_end(download *_Nonnull download);

#endif
