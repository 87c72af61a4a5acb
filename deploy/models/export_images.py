#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Write the held-out digits as PNG files: export_images.py [DIRECTORY]

Without a directory: seven.png beside this file, the picture in seven.json. With one: all 360 images
of digits-test.json as DIRECTORY/NNN-is-L.png, L being the label.

The images are 8 by 8, gray. A pixel of 0 to 16 becomes 15 times that, 0 to 240, so that decoding
and scale(1/240) give the tensors of digits-test.json to the bit. Needs Pillow.
"""
import json
import sys
from pathlib import Path

from PIL import Image

HERE = Path(__file__).parent
SIDE = 8
LEVELS = 15  # gray levels to one of scikit-learn's


def write(pixels, path):
    Image.frombytes("L", (SIDE, SIDE), bytes(LEVELS * p for p in pixels)).save(path, optimize=True)


def main():
    if len(sys.argv) == 1:
        request = json.loads((HERE / "seven.json").read_text())
        pixels = request["inputs"][0]["data"]  # 0 to 1 in sixteenths
        write([round(16 * p) for p in pixels], HERE / "seven.png")
        return
    digits = json.loads((HERE / "digits-test.json").read_text())
    directory = Path(sys.argv[1])
    directory.mkdir(parents=True, exist_ok=True)
    for i, (pixels, label) in enumerate(zip(digits["images"], digits["labels"])):
        write(pixels, directory / f"{i:03}-is-{label}.png")


if __name__ == "__main__":
    main()
