#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the images beside it and golden.txt, Pillow's own reading of them.

Each line of golden.txt: file, gray or rgb, height, width, then the samples (0 to 255), row by row,
channels innermost. Where height and width are not the file's, Pillow has resized (BILINEAR).

Run from this directory with Pillow and numpy: python3 make_images.py
Pillow 13.0.0 and numpy 2.4.6 made the committed files.
"""
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

HERE = Path(__file__).parent
HEIGHT, WIDTH = 10, 12
ADAM7 = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]


def picture(height, width):
    """RGB: two gradients and a disc."""
    y, x = np.mgrid[0:height, 0:width]
    disc = (y - height * 0.4) ** 2 + (x - width * 0.6) ** 2 < (height * 0.3) ** 2
    channels = [255 * x / (width - 1), 255 * y / (height - 1), np.where(disc, 230, 40)]
    return np.stack(channels, axis=-1).round().astype(np.uint8)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def write_png(name, samples, colour, depth, interlaced=False):
    """For what Pillow does not write: 16 bits a colour, interlaced, four gray levels."""
    height, width = samples.shape[:2]

    def rows(part):
        lines = b""
        for row in part:
            if depth == 16:
                data = row.astype(">u2").tobytes()
            elif depth == 8:
                data = row.astype(np.uint8).tobytes()
            else:
                bits = "".join(format(v, f"0{depth}b") for v in row)
                bits += "0" * (-len(bits) % 8)
                data = bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8))
            lines += b"\0" + data
        return lines

    if interlaced:
        parts = [samples[y::dy, x::dx] for y, x, dy, dx in ADAM7]
        data = b"".join(rows(part) for part in parts if part.size)
    else:
        data = rows(samples)
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, int(interlaced))
    packed = zlib.compress(data)
    half = len(packed) // 2
    (HERE / name).write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", packed[:half])
        + chunk(b"IDAT", packed[half:])
        + chunk(b"IEND", b"")
    )


def main():
    rgb = picture(HEIGHT, WIDTH)
    image = Image.fromarray(rgb)
    gray = image.convert("L")
    alpha = Image.fromarray(rgb[:, :, 0])
    quantised = image.quantize(40)
    opaque = image.convert("RGBA")
    opaque.putalpha(alpha)
    pair = gray.convert("LA")
    pair.putalpha(alpha)

    image.save(HERE / "rgb.png")
    gray.save(HERE / "gray.png")
    gray.convert("1").save(HERE / "gray1.png")
    write_png("gray2.png", np.asarray(gray) >> 6, 0, 2)
    write_png("gray16.png", np.asarray(gray).astype(np.uint16) * 257 + 100, 0, 16)
    write_png("rgb16.png", np.minimum(rgb.astype(np.uint16) * 256 + 200, 65535), 2, 16)
    write_png("interlaced.png", rgb, 2, 8, interlaced=True)
    write_png("interlaced-gray1.png", np.asarray(gray) >> 7, 0, 1, interlaced=True)
    quantised.save(HERE / "palette.png")
    image.quantize(11).save(HERE / "palette4.png", bits=4)
    quantised.save(HERE / "palette-transparent.png", transparency=3)
    opaque.save(HERE / "rgba.png")
    pair.save(HERE / "gray-alpha.png")

    photo = Image.fromarray(picture(16, 24))
    photo.save(HERE / "rgb.jpg", quality=90)
    photo.save(HERE / "progressive.jpg", quality=85, progressive=True, subsampling=0)
    photo.convert("L").save(HERE / "gray.jpg", quality=90)
    turned = Image.Exif()
    turned[0x0112] = 6
    photo.save(HERE / "turned.jpg", quality=80, exif=turned, icc_profile=b"no profile", comment="hi")
    photo.convert("CMYK").save(HERE / "cmyk.jpg")
    Image.fromarray(picture(36, 48)).save(HERE / "large.png")

    lines = []

    def golden(name, mode, size=None):
        opened = Image.open(HERE / name)
        if opened.mode == "I;16":  # Pillow would clip instead of scaling
            opened = Image.fromarray((np.asarray(opened) >> 8).astype(np.uint8))
        wanted = opened.convert("L" if mode == "gray" else "RGB")
        if size:
            wanted = wanted.resize((size[1], size[0]), Image.Resampling.BILINEAR)
        values = " ".join(map(str, np.asarray(wanted).flatten()))
        lines.append(f"{name} {mode} {wanted.height} {wanted.width} {values}")

    for file in sorted(HERE.glob("*.png")) + sorted(HERE.glob("*.jpg")):
        if file.name not in ("cmyk.jpg", "large.png"):
            golden(file.name, "rgb")
            golden(file.name, "gray")
    golden("large.png", "rgb", (5, 7))
    golden("large.png", "rgb", (11, 20))
    golden("large.png", "gray", (36, 13))
    golden("rgb.png", "rgb", (17, 25))
    golden("rgb.png", "gray", (3, 30))
    (HERE / "golden.txt").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
