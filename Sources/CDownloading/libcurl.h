#ifndef DUET_LIBCURL_H
#define DUET_LIBCURL_H

// What Duet uses of libcurl 4's binary interface, which has not changed since 2006: old programs run with new libraries.
// libcurl's own headers would have to come from one of three packages, which exclude each other.

#include <late_library.h>

#pragma clang assume_nonnull begin

typedef void CURL;
typedef void CURLM;
typedef int CURLcode;
typedef int CURLMcode;

struct curl_slist;

typedef struct {
    int msg;
    CURL *easy_handle;
    union {
        void *whatever;
        CURLcode result;
    } data;
} CURLMsg;

enum { CURL_GLOBAL_ALL = 3, CURLE_OK = 0, CURLMSG_DONE = 1, CURL_ERROR_SIZE = 256, CURLPROTO_HTTP_AND_HTTPS = 3 };
enum { CURLINFO_RESPONSE_CODE = 0x200002 };

/// A number says the type of the value: below 10,000 a long, then a pointer to data, from 20,000 on to a function.
typedef enum {
    CURLOPT_FOLLOWLOCATION = 52,
    CURLOPT_MAXREDIRS = 68,
    CURLOPT_PROTOCOLS = 181,
    CURLOPT_REDIR_PROTOCOLS = 182,
    CURLOPT_WRITEDATA = 10001,
    CURLOPT_URL = 10002,
    CURLOPT_RANGE = 10007,
    CURLOPT_ERRORBUFFER = 10010,
    CURLOPT_USERAGENT = 10018,
    CURLOPT_HTTPHEADER = 10023,
    CURLOPT_HEADERDATA = 10029,
    CURLOPT_WRITEFUNCTION = 20011,
    CURLOPT_HEADERFUNCTION = 20079,
} CURLoption;

CURLcode curl_global_init(long flags);
CURL *_Nullable curl_easy_init(void);
CURLcode curl_easy_setopt(CURL *easy, CURLoption option, ...);
CURLcode curl_easy_getinfo(CURL *easy, int info, ...);
const char *curl_easy_strerror(CURLcode code);
void curl_easy_cleanup(CURL *easy);
struct curl_slist *_Nullable curl_slist_append(struct curl_slist *_Nullable list, const char *text);
void curl_slist_free_all(struct curl_slist *_Nullable list);
CURLM *_Nullable curl_multi_init(void);
CURLMcode curl_multi_add_handle(CURLM *multi, CURL *easy);
CURLMcode curl_multi_remove_handle(CURLM *multi, CURL *easy);
CURLMcode curl_multi_perform(CURLM *multi, int *running);
/// The NULL and 0 that Duet gives stand for further descriptors to wait for.
CURLMcode curl_multi_poll(CURLM *multi, void *_Nullable extra, unsigned extra_count, int milliseconds, int *_Nullable count);
CURLMsg *_Nullable curl_multi_info_read(CURLM *multi, int *left);
const char *curl_multi_strerror(CURLMcode code);
CURLMcode curl_multi_cleanup(CURLM *multi);

#define LIBCURL_FUNCTIONS(F) \
    F(curl_global_init) F(curl_easy_init) F(curl_easy_setopt) F(curl_easy_getinfo) F(curl_easy_strerror) \
    F(curl_easy_cleanup) F(curl_slist_append) F(curl_slist_free_all) F(curl_multi_init) F(curl_multi_add_handle) \
    F(curl_multi_remove_handle) F(curl_multi_perform) F(curl_multi_poll) F(curl_multi_info_read) F(curl_multi_strerror) \
    F(curl_multi_cleanup)

typedef struct {
    LIBCURL_FUNCTIONS(LATE_LIBRARY_MEMBER)
} libcurl_functions;

/// libcurl's functions; NULL and `problem` where it cannot be loaded.
const libcurl_functions *_Nullable libcurl(const char *_Nullable *_Nonnull problem);

#pragma clang assume_nonnull end

#endif
