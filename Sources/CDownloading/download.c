#include "CDownloading.h"

#include "libcurl.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

LATE_LIBRARY_DEFINE(libcurl, LIBCURL_FUNCTIONS, "libcurl4", "libcurl.so.4", "libcurl-gnutls.so.4")

struct download {
    const libcurl_functions *curl;
    CURL *easy;
    CURLM *multi;
    struct curl_slist *headers;
    download_receiver receiver;
    /// Whether the receiver knows the status.
    bool has_responded;
    char content_range[128];
    char problem[CURL_ERROR_SIZE];
};

static pthread_once_t global_once = PTHREAD_ONCE_INIT;

static void initialize(void) {
    const char *problem;
    const libcurl_functions *curl = libcurl(&problem);
    curl->curl_global_init(CURL_GLOBAL_ALL);
}

/// Called with each line of each answer on the way.
static size_t take_header(const char *line, size_t size, size_t count, void *context) {
    download *download = context;
    static const char status[] = "HTTP/", range[] = "Content-Range:";
    const size_t length = size * count;
    if (length >= sizeof status - 1 && strncasecmp(line, status, sizeof status - 1) == 0) {
        // The next answer: the one before it was a redirect.
        download->content_range[0] = 0;
    } else if (length >= sizeof range - 1 && strncasecmp(line, range, sizeof range - 1) == 0) {
        size_t start = sizeof range - 1, end = length;
        while (start < end && isspace((unsigned char)line[start])) start++;
        while (end > start && isspace((unsigned char)line[end - 1])) end--;
        const int kept = end - start < sizeof download->content_range ? (int)(end - start) : 0;
        snprintf(download->content_range, sizeof download->content_range, "%.*s", kept, line + start);
    }
    return length;
}

static bool respond(download *download) {
    if (download->has_responded) {
        return true;
    }
    long status = 0;
    download->curl->curl_easy_getinfo(download->easy, CURLINFO_RESPONSE_CODE, &status);
    download->has_responded = true;
    return download->receiver.response(download->receiver.context, status, download->content_range);
}

/// libcurl throws the body of a redirect away itself.
static size_t take_body(const char *bytes, size_t size, size_t count, void *context) {
    download *download = context;
    const bool goes_on =
        respond(download) && download->receiver.body(download->receiver.context, bytes, size * count);
    // Any other number than that of the bytes ends the transfer, and zero bytes are none to take.
    return goes_on ? size * count : (size * count == 0);
}

static void set(download *download, const char *url, uint64_t offset) {
    __typeof__(curl_easy_setopt) *set = download->curl->curl_easy_setopt;
    CURL *easy = download->easy;
    set(easy, CURLOPT_URL, url);
    // Also for where redirects lead.
    set(easy, CURLOPT_PROTOCOLS, (long)CURLPROTO_HTTP_AND_HTTPS);
    set(easy, CURLOPT_REDIR_PROTOCOLS, (long)CURLPROTO_HTTP_AND_HTTPS);
    set(easy, CURLOPT_FOLLOWLOCATION, 1L);
    set(easy, CURLOPT_MAXREDIRS, 16L);
    set(easy, CURLOPT_USERAGENT, "duet");
    // A compressed body has other offsets than the file.
    download->headers = download->curl->curl_slist_append(NULL, "Accept-Encoding: identity");
    set(easy, CURLOPT_HTTPHEADER, download->headers);
    if (offset > 0) {
        char range[32];
        snprintf(range, sizeof range, "%llu-", (unsigned long long)offset);
        set(easy, CURLOPT_RANGE, range);
    }
    set(easy, CURLOPT_HEADERFUNCTION, take_header);
    set(easy, CURLOPT_HEADERDATA, download);
    set(easy, CURLOPT_WRITEFUNCTION, take_body);
    set(easy, CURLOPT_WRITEDATA, download);
    set(easy, CURLOPT_ERRORBUFFER, download->problem);
}

download *download_begin(const char *url, uint64_t offset, download_receiver receiver, const char **problem) {
    const libcurl_functions *curl = libcurl(problem);
    if (!curl) {
        return NULL;
    }
    pthread_once(&global_once, initialize);
    download *download = calloc(1, sizeof *download);
    if (download) {
        download->curl = curl;
        download->receiver = receiver;
        download->easy = curl->curl_easy_init();
        download->multi = curl->curl_multi_init();
        if (download->easy && download->multi) {
            set(download, url, offset);
            if (curl->curl_multi_add_handle(download->multi, download->easy) == CURLE_OK) {
                return download;
            }
        }
        download_end(download);
    }
    *problem = "libcurl cannot begin a transfer";
    return NULL;
}

static download_state broken(download *download, const char *reason) {
    // libcurl's own words for this transfer are more exact, where it has any.
    if (!download->problem[0]) {
        snprintf(download->problem, sizeof download->problem, "%s", reason);
    }
    return DOWNLOAD_BROKEN;
}

download_state download_step(download *download, int milliseconds) {
    const libcurl_functions *curl = download->curl;
    int running = 0;
    CURLMcode code = curl->curl_multi_perform(download->multi, &running);
    if (code == CURLE_OK && running > 0) {
        code = curl->curl_multi_poll(download->multi, NULL, 0, milliseconds, NULL);
    }
    if (code != CURLE_OK) {
        return broken(download, curl->curl_multi_strerror(code));
    }
    if (running > 0) {
        return DOWNLOAD_GOES_ON;
    }
    int left = 0;
    const CURLMsg *message = curl->curl_multi_info_read(download->multi, &left);
    if (!message || message->msg != CURLMSG_DONE) {
        return broken(download, "the transfer ended without a result");
    }
    if (message->data.result != CURLE_OK) {
        return broken(download, curl->curl_easy_strerror(message->data.result));
    }
    // An answer without a body has not been told of yet.
    return respond(download) ? DOWNLOAD_COMPLETE : broken(download, "stopped");
}

const char *download_problem(const download *download) {
    return download->problem;
}

void download_end(download *download) {
    const libcurl_functions *curl = download->curl;
    if (download->easy && download->multi) {
        curl->curl_multi_remove_handle(download->multi, download->easy);
    }
    if (download->easy) {
        curl->curl_easy_cleanup(download->easy);
    }
    if (download->multi) {
        curl->curl_multi_cleanup(download->multi);
    }
    if (download->headers) {
        curl->curl_slist_free_all(download->headers);
    }
    free(download);
}
