#include "CImageDecoding.h"

#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    const png_byte *next;
    size_t left;
} byte_source;

static void take_bytes(png_structp png, png_bytep into, size_t count) {
    byte_source *source = png_get_io_ptr(png);
    if (count > source->left) {
        png_error(png, "the file is cut short");
    }
    memcpy(into, source->next, count);
    source->next += count;
    source->left -= count;
}

static void keep_error(png_structp png, png_const_charp text) {
    image_message *message = png_get_error_ptr(png);
    // A warning that came first has the details: of "Invalid IHDR data" it says what is invalid.
    const image_message warning = *message;
    snprintf(message->text, sizeof message->text, "%s%s%.100s", text, warning.text[0] ? ": " : "", warning.text);
    png_longjmp(png, 1);
}

static void keep_warning(png_structp png, png_const_charp text) {
    image_message *message = png_get_error_ptr(png);
    snprintf(message->text, sizeof message->text, "%s", text);
}

/// Reads up to the pixels. libpng makes no room for rows yet: the header may claim gigabytes.
static void read_header(png_structp png, png_infop info, byte_source *source, image_header *header) {
    png_set_read_fn(png, source, take_bytes);
    // The caller sets the limits, and says them in the error message.
    png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
    // Only what the pixels need: texts and profiles can be large and wrong, and the numbers in the file are wanted as they are.
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_read_info(png, info);

    const png_byte kind = png_get_color_type(png, info);
    const bool alpha = (kind & PNG_COLOR_MASK_ALPHA) || png_get_valid(png, info, PNG_INFO_tRNS);
    header->width = png_get_image_width(png, info);
    header->height = png_get_image_height(png, info);
    header->channels = (kind & PNG_COLOR_MASK_COLOR ? 3 : 1) + (alpha ? 1 : 0);
    header->bytes_per_sample = png_get_bit_depth(png, info) == 16 ? 2 : 1;
}

/// Reads the rest of the file. Samples become whole bytes, palettes colours, transparent colours alpha.
static void read_pixels(png_structp png, png_infop info, png_bytep pixels, size_t size) {
    png_set_expand(png);
    const uint16_t one = 1;
    if (*(const uint8_t *)&one == 1) {
        png_set_swap(png);
    }
    const int passes = png_set_interlace_handling(png);
    png_read_update_info(png, info);
    const size_t stride = png_get_rowbytes(png, info);
    const size_t height = png_get_image_height(png, info);
    if (size / stride != height || size % stride != 0) {
        png_error(png, "the room for the pixels does not fit them");
    }
    for (int pass = 0; pass < passes; pass++) {
        for (size_t row = 0; row < height; row++) {
            png_read_row(png, pixels + row * stride, NULL);
        }
    }
    // To the file's very end: a cut or a bad checksum behind the pixels shows here.
    png_read_end(png, NULL);
}

/// Reads the header, and the pixels too unless they are NULL.
static bool read_png(
    const void *file, size_t count, image_header *header, void *pixels, size_t size, image_message *message) {
    message->text[0] = 0;
    byte_source source = {file, count};
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, message, keep_error, keep_warning);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    if (!info || setjmp(png_jmpbuf(png))) {
        png_destroy_read_struct(&png, &info, NULL);
        return false;
    }
    read_header(png, info, &source, header);
    if (pixels) {
        read_pixels(png, info, pixels, size);
    }
    png_destroy_read_struct(&png, &info, NULL);
    return true;
}

bool image_png_header(const void *file, size_t count, image_header *header, image_message *message) {
    return read_png(file, count, header, NULL, 0, message);
}

bool image_png_pixels(const void *file, size_t count, void *pixels, size_t size, image_message *message) {
    image_header header;
    return read_png(file, count, &header, pixels, size, message);
}
