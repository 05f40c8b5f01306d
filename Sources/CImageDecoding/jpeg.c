#include "CImageDecoding.h"

#include <setjmp.h>
#include <stdio.h>

#include <jerror.h>
#include <jpeglib.h>

/// A progressive file has about ten scans. Each is a pass over the whole picture, however few bytes it has.
enum { MOST_SCANS = 100 };

typedef struct {
    struct jpeg_error_mgr manager;
    jmp_buf jump;
    image_message *message;
} error_handler;

static void fail(j_common_ptr info) {
    error_handler *handler = (error_handler *)info->err;
    char text[JMSG_LENGTH_MAX];
    info->err->format_message(info, text);
    snprintf(handler->message->text, sizeof handler->message->text, "%s", text);
    longjmp(handler->jump, 1);
}

/// libjpeg warns of broken data and goes on with grey; that is an error here. Unknown versions of JFIF and Adobe's
/// marker, and filling bytes between markers before the first scan, do no harm.
static void judge_message(j_common_ptr info, int level) {
    if (level >= 0) {
        return;
    }
    const int code = info->err->msg_code;
    const bool in_header = info->is_decompressor && ((j_decompress_ptr)info)->input_scan_number == 0;
    if (code == JWRN_JFIF_MAJOR || code == JWRN_ADOBE_XFORM || (code == JWRN_EXTRANEOUS_DATA && in_header)) {
        return;
    }
    fail(info);
}

static void print_nothing(j_common_ptr info) {
    (void)info;
}

static void refuse_with(j_decompress_ptr info, const char *text) {
    error_handler *handler = (error_handler *)info->err;
    snprintf(handler->message->text, sizeof handler->message->text, "%s", text);
    longjmp(handler->jump, 1);
}

static void limit_scans(j_common_ptr info) {
    if (info->is_decompressor && ((j_decompress_ptr)info)->input_scan_number > MOST_SCANS) {
        refuse_with((j_decompress_ptr)info, "it has more than 100 scans");
    }
}

/// Reads up to the pixels and asks for grey, RGB or CMYK.
static void start(j_decompress_ptr info, const void *file, size_t count, image_header *header) {
    jpeg_mem_src(info, file, count);
    jpeg_read_header(info, TRUE);
    switch (info->jpeg_color_space) {
        case JCS_GRAYSCALE:
            info->out_color_space = JCS_GRAYSCALE;
            break;
        case JCS_RGB:
        case JCS_YCbCr:
            info->out_color_space = JCS_RGB;
            break;
        case JCS_CMYK:
        case JCS_YCCK:
            info->out_color_space = JCS_CMYK;
            break;
        default:
            refuse_with(info, "its colours are neither grey, RGB, YCbCr, CMYK nor YCCK");
    }
    header->width = info->image_width;
    header->height = info->image_height;
    header->channels = info->out_color_space == JCS_GRAYSCALE ? 1 : 3;
    header->bytes_per_sample = 1;
}

/// Adobe writes how much of each ink is *not* there, so that light is the product of colour and black.
static void cmyk_to_rgb(const JSAMPLE *cmyk, JSAMPLE *rgb, size_t width) {
    for (size_t x = 0; x < width; x++, cmyk += 4, rgb += 3) {
        for (int channel = 0; channel < 3; channel++) {
            rgb[channel] = (JSAMPLE)((cmyk[channel] * cmyk[3] + 127) / 255);
        }
    }
}

static void read_pixels(j_decompress_ptr info, const image_header *header, JSAMPLE *pixels, size_t size) {
    const size_t stride = (size_t)header->width * header->channels;
    if (size / stride != header->height || size % stride != 0) {
        refuse_with(info, "the room for the pixels does not fit them");
    }
    jpeg_start_decompress(info);
    JSAMPARRAY cmyk = NULL;
    if (info->out_color_space == JCS_CMYK) {
        cmyk = info->mem->alloc_sarray((j_common_ptr)info, JPOOL_IMAGE, info->output_width * 4, 1);
    }
    while (info->output_scanline < info->output_height) {
        JSAMPROW row = pixels + info->output_scanline * stride;
        if (cmyk) {
            jpeg_read_scanlines(info, cmyk, 1);
            cmyk_to_rgb(cmyk[0], row, header->width);
        } else {
            jpeg_read_scanlines(info, &row, 1);
        }
    }
    // A component that no scan has brought stays grey without a warning; libjpeg fetches its table with the first scan.
    for (int component = 0; component < info->num_components; component++) {
        if (!info->comp_info[component].quant_table) {
            refuse_with(info, "a colour component is missing");
        }
    }
    jpeg_finish_decompress(info);
}

/// Reads the header, and the pixels too unless they are NULL.
static bool read_jpeg(
    const void *file, size_t count, image_header *header, void *pixels, size_t size, image_message *message) {
    message->text[0] = 0;
    struct jpeg_decompress_struct info;
    struct jpeg_progress_mgr progress = {.progress_monitor = limit_scans};
    error_handler handler = {.message = message};
    info.err = jpeg_std_error(&handler.manager);
    handler.manager.error_exit = fail;
    handler.manager.emit_message = judge_message;
    handler.manager.output_message = print_nothing;
    if (setjmp(handler.jump)) {
        jpeg_destroy_decompress(&info);
        return false;
    }
    jpeg_create_decompress(&info);
    info.progress = &progress;
    start(&info, file, count, header);
    if (pixels) {
        read_pixels(&info, header, pixels, size);
    }
    jpeg_destroy_decompress(&info);
    return true;
}

bool image_jpeg_header(const void *file, size_t count, image_header *header, image_message *message) {
    return read_jpeg(file, count, header, NULL, 0, message);
}

bool image_jpeg_pixels(const void *file, size_t count, void *pixels, size_t size, image_message *message) {
    image_header header;
    return read_jpeg(file, count, &header, pixels, size, message);
}
