"""Makes the PNG fixtures beside this script, with nothing but zlib, so that libpng is checked against another hand."""
import os
import struct
import zlib

here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "png")
os.makedirs(here, exist_ok=True)
GRAY, RGB, GRAY_ALPHA = 0, 2, 4


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, rows, depth=8, colour=GRAY):
    """`rows` are the filtered scan lines, each with its filter byte."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    body = zlib.compress(b"".join(rows), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def save(name, data):
    with open(os.path.join(here, name), "wb") as file:
        file.write(data)


def paeth(a, b, c):
    p = a + b - c
    distances = abs(p - a), abs(p - b), abs(p - c)
    return (a, b, c)[distances.index(min(distances))]


# Row y, column x has the value (37 y + 11 x + x y) mod 256; each row uses another of PNG's five filters.
width, height = 6, 5
value = [[(37 * y + 11 * x + x * y) % 256 for x in range(width)] for y in range(height)]
rows = []
for y in range(height):
    line = [y]
    for x in range(width):
        left = value[y][x - 1] if x else 0
        up = value[y - 1][x] if y else 0
        corner = value[y - 1][x - 1] if x and y else 0
        guess = (0, left, up, (left + up) // 2, paeth(left, up, corner))[y]
        line.append((value[y][x] - guess) % 256)
    rows.append(bytes(line))
good = png(width, height, rows)
save("gray.png", good)
save("one_bit.png", png(8, 2, [b"\0\xa5", b"\0\x0f"], depth=1))
save("colour.png", png(1, 1, [b"\0\1\2\3"], colour=RGB))
save("transparent.png", png(1, 1, [b"\0\1\2"], colour=GRAY_ALPHA))
save("deep.png", png(1, 1, [b"\0\1\2"], depth=16))
save("cut_short.png", good[:-30])
save("too_few_rows.png", png(width, height, rows[:3]))
save("bad_checksum.png", good[:45] + bytes([good[45] ^ 1]) + good[46:])
save("enormous.png", png(900_000, 900_000, [b"\0"]))
