#ifndef DUET_CIMAGEDECODING_H
#define DUET_CIMAGEDECODING_H

// PNG and JPEG files in memory to pixels. libpng and libjpeg report errors by longjmp, which Swift cannot do:
// here they become a result of `false` and a message.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// What a picture's header says: enough to judge it before room is made for its pixels.
typedef struct {
    uint32_t width;
    uint32_t height;
    /// 1: grey, 2: grey and alpha, 3: RGB, 4: RGB and alpha.
    uint32_t channels;
    /// 1, or 2 in this machine's byte order.
    uint32_t bytes_per_sample;
} image_header;

enum { IMAGE_MESSAGE_SIZE = 256 };

/// Why a picture cannot be decoded, as a C string.
typedef struct {
    char text[IMAGE_MESSAGE_SIZE];
} image_message;

/// Reads the header of the PNG file of `count` bytes at `file`. Palettes count as RGB, a transparent colour as alpha.
bool image_png_header(const void *file, size_t count, image_header *header, image_message *message);

/// Decodes the PNG file to `width × height × channels` samples of `bytes_per_sample`, row by row, into `size` bytes at
/// `pixels`, which must be all that its header asks for. On `false` they hold nothing of use.
bool image_png_pixels(const void *file, size_t count, void *pixels, size_t size, image_message *message);

/// Reads the header of the JPEG file of `count` bytes at `file`. CMYK counts as RGB, which it is decoded to.
bool image_jpeg_header(const void *file, size_t count, image_header *header, image_message *message);

/// Decodes the JPEG file, without regard to its orientation, as `image_png_pixels` does a PNG. A file that libjpeg would
/// patch up with a warning, such as one cut short, is an error.
bool image_jpeg_pixels(const void *file, size_t count, void *pixels, size_t size, image_message *message);

#endif
