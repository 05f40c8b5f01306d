"""Makes the pictures beside this script and `expected.json`, which says what Pillow makes of them.

Needs Pillow and NumPy. The PNG files are written with nothing but zlib: Pillow writes neither interlaced ones nor
every bit depth. The JPEG files are Pillow's.
"""
import base64
import io
import json
import os
import struct
import zlib

import numpy as np
from PIL import Image, ImageDraw, ImageOps

here = os.path.dirname(os.path.abspath(__file__))
GRAY, RGB, PALETTE, GRAY_ALPHA, RGB_ALPHA = 0, 2, 3, 4, 6
CHANNELS = {GRAY: 1, RGB: 3, PALETTE: 1, GRAY_ALPHA: 2, RGB_ALPHA: 4}
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
expected = {}


def save(name, data):
    with open(os.path.join(here, name), "wb") as file:
        file.write(data)


def expect(name, picture):
    """Keeps the pixels of an "L" or "RGB" picture."""
    expected[name] = {
        "width": picture.width, "height": picture.height, "channels": len(picture.getbands()),
        "pixels": base64.b64encode(picture.tobytes()).decode(),
    }


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(samples, depth, colour, interlaced=False, before=b"", size=None):
    """`samples` is height × width × channels; `size` is what the header claims, where it lies."""
    height, width = samples.shape[:2]
    scan_lines = b""
    for x, y, across, down in ADAM7 if interlaced else [(0, 0, 1, 1)]:
        part = samples[y::down, x::across]
        for row in part if part.size else []:
            bits = "".join(format(int(value), f"0{depth}b") for value in row.ravel())
            bits += "0" * (-len(bits) % 8)
            scan_lines += b"\0" + int(bits, 2).to_bytes(len(bits) // 8, "big")
    header = struct.pack(">IIBBBBB", *(size or (width, height)), depth, colour, 0, 0, int(interlaced))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + before + chunk(b"IDAT", zlib.compress(scan_lines, 9))
            + chunk(b"IEND", b""))


def pattern(depth, channels, width=13, height=9):
    """Slopes in another direction per channel, over the whole range."""
    y, x = np.mgrid[0:height, 0:width]
    slopes = [x * 5 + y * 11, x * 13 + y * 3, (width - x) * 7 + y * 9, x * 9 + (height - y) * 12]
    return np.stack([(s * 2**depth // 170 + s) % 2**depth for s in slopes[:channels]], axis=-1)


def over_white(picture):
    """Pillow's 8-bit view of a picture: 16-bit samples by their upper byte, alpha over white."""
    if picture.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8))
    if picture.mode in ("RGBA", "LA") or "transparency" in picture.info:
        gray = picture.mode in ("L", "LA")
        rgba = picture.convert("RGBA")
        flat = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), rgba).convert("RGB")
        return flat.getchannel(0) if gray else flat
    return picture.convert("L" if picture.mode in ("1", "L") else "RGB")


def save_png(name, samples, depth, colour, **options):
    data = png(samples, depth, colour, **options)
    save(name + ".png", data)
    if depth == 16 and colour in (GRAY_ALPHA, RGB_ALPHA):
        # Pillow halves colour and alpha each before it lays one over the other, which is more than a step beside.
        share = samples / 65535
        flat = np.round(255 * (share[..., :-1] * share[..., -1:] + 1 - share[..., -1:])).astype(np.uint8)
        expect(name + ".png", Image.fromarray(flat.squeeze()))
        return
    expect(name + ".png", over_white(Image.open(io.BytesIO(data))))


for depth in 1, 2, 4, 8, 16:
    save_png(f"gray{depth}", pattern(depth, 1), depth, GRAY)
for depth in 1, 2, 4, 8:
    colours = chunk(b"PLTE", bytes((40 * i + 90 * c + i * c) % 256 for i in range(min(2**depth, 64)) for c in range(3)))
    save_png(f"palette{depth}", pattern(depth, 1) % 64, depth, PALETTE, before=colours)
some_clear = chunk(b"tRNS", bytes([0, 100, 200]))
save_png("palette_transparent", pattern(2, 1), 2, PALETTE, before=chunk(
    b"PLTE", bytes([10, 20, 30, 250, 0, 0, 0, 250, 0, 0, 0, 250])) + some_clear)
for depth in 8, 16:
    save_png(f"rgb{depth}", pattern(depth, 3), depth, RGB)
    save_png(f"gray_alpha{depth}", pattern(depth, 2), depth, GRAY_ALPHA)
    save_png(f"rgb_alpha{depth}", pattern(depth, 4), depth, RGB_ALPHA)
gray = pattern(8, 1)
save_png("gray_transparent", gray, 8, GRAY, before=chunk(b"tRNS", struct.pack(">H", gray[3, 4, 0])))
colour = pattern(8, 3)
save_png("rgb_transparent", colour, 8, RGB, before=chunk(b"tRNS", struct.pack(">HHH", *colour[3, 4])))
save_png("interlaced_gray1", pattern(1, 1), 1, GRAY, interlaced=True)
save_png("interlaced_rgb8", colour, 8, RGB, interlaced=True)
save_png("interlaced_rgb_alpha16", pattern(16, 4), 16, RGB_ALPHA, interlaced=True)
save_png("single", np.array([[[1, 2, 3]]]), 8, RGB)
# A gamma that would change the numbers if anyone applied it.
save_png("gamma", gray, 8, GRAY, before=chunk(b"gAMA", struct.pack(">I", 100_000)))

# Headers that lie.
dot = np.zeros((1, 1, 1), int)
save("claims_20000x20000.png", png(dot, 8, GRAY, size=(20_000, 20_000)))
save("claims_20001x1.png", png(dot, 8, GRAY, size=(20_001, 1)))
save("claims_2147483648x1.png", png(dot, 8, GRAY, size=(2**31, 1)))
save("claims_2147483647x2147483647.png", png(dot, 16, RGB_ALPHA, size=(2**31 - 1, 2**31 - 1)))
save("claims_0x1.png", png(dot, 8, GRAY, size=(0, 1)))


def save_jpeg(name, picture, **options):
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", **options)
    data = buffer.getvalue()
    save(name + ".jpg", data)
    with Image.open(io.BytesIO(data)) as decoded:
        decoded = ImageOps.exif_transpose(decoded)
        expect(name + ".jpg", decoded if decoded.mode == "L" else decoded.convert("RGB"))
    return data


y, x = np.mgrid[0:17, 0:21]
smooth = np.stack([x * 12, y * 15, 128 + 100 * np.sin(x / 3 + y / 5)], axis=-1).astype(np.uint8)
photo = Image.fromarray(smooth)
save_jpeg("gray", photo.convert("L"), quality=90)
save_jpeg("ycbcr444", photo, quality=90, subsampling=0)
save_jpeg("ycbcr420", photo, quality=75, subsampling=2)
save_jpeg("rgb", photo, quality=90, keep_rgb=True)
save_jpeg("progressive", photo, quality=80, progressive=True)
cmyk = save_jpeg("cmyk", Image.merge("CMYK", [*photo.split(), photo.convert("L").point(lambda v: v // 2)]), quality=90)
# The last byte of Adobe's segment says how the inks are stored: 0 as CMYK, 2 as YCCK. Other colours, but valid ones.
adobe = cmyk.index(b"Adobe")
ycck = cmyk[:adobe + 11] + b"\2" + cmyk[adobe + 12:]
assert cmyk[adobe + 11] == 0
save("ycck.jpg", ycck)
expect("ycck.jpg", Image.open(io.BytesIO(ycck)).convert("RGB"))

# One picture in all eight orientations; the test writes the other seven numbers into the file.
exif = Image.Exif()
exif[0x0112] = 6
oriented = save_jpeg("oriented", photo.crop((0, 0, 11, 9)), quality=75, exif=exif)
place = oriented.index(struct.pack(">HHIH", 0x0112, 3, 1, 6)) + 9
expected["oriented.jpg"]["orientationByte"] = place
for number in range(1, 9):
    data = oriented[:place] + bytes([number]) + oriented[place + 1:]
    expect(f"oriented{number}", ImageOps.exif_transpose(Image.open(io.BytesIO(data))))

# What Pillow makes of rgb8.png and gray8.png in other modes and sizes.
rgb8 = Image.open(os.path.join(here, "rgb8.png"))
expect("rgb8 as L", rgb8.convert("L"))
wide = Image.fromarray(pattern(8, 3, width=24, height=18).astype(np.uint8))
expect("wide", wide)
expect("wide to 8x6", wide.resize((8, 6), Image.BOX))
expect("wide to 8x6 reduced", wide.reduce(3))
# Pillow's box takes whole pixels only. Blown up to a common multiple first, it weighs by the part that is covered.
expect("wide to 7x5", wide.resize((24 * 7, 18 * 5), Image.NEAREST).resize((7, 5), Image.BOX))
expect("wide to 23x17", wide.resize((24 * 23, 18 * 17), Image.NEAREST).resize((23, 17), Image.BOX))
expect("wide to 31x23", wide.resize((31, 23), Image.BILINEAR))
expect("wide to 8x25", wide.resize((8, 18), Image.BOX).resize((8, 25), Image.BILINEAR))

# A seven, dark blue on yellowish paper, 45 × 60 pixels at (30, 17); and as MNIST would have it.
drawing = Image.new("RGB", (110, 90), (250, 250, 230))
ImageDraw.Draw(drawing).polygon(
    [(30, 17), (74, 17), (74, 27), (52, 76), (41, 76), (61, 27), (30, 27)], fill=(10, 10, 60))
drawing.save(os.path.join(here, "seven.png"), optimize=True)
luma = np.asarray(drawing.convert("L")).astype(float)
ink = (luma.max() - luma) / (luma.max() - luma.min())
small = ink[17:77, 30:75].reshape(20, 3, 15, 3).mean(axis=(1, 3))
small /= small.max()
middle = [np.average(np.arange(n), weights=small.sum(axis=1 - axis)) for axis, n in enumerate(small.shape)]
# In MNIST the centre of mass, counted from the first pixel's centre, is at 13.5 up to 14.5.
top, left = (int(np.ceil(13.5 - centre)) for centre in middle)
digit = np.zeros((28, 28))
digit[top:top + 20, left:left + 15] = small
expect("seven as a digit", Image.fromarray(np.round(digit * 255).astype(np.uint8)))

with open(os.path.join(here, "expected.json"), "w") as file:
    json.dump(expected, file, indent=0)
    file.write("\n")
