#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Train a small CNN on scikit-learn's bundled handwritten digits and export it.

Writes beside itself: digits.pt (TorchScript), digits-test.json (the held-out images with their
labels and PyTorch's own logits) and seven.json (one request for `rhizome infer`).

Run from this directory: /usr/bin/python3 export_digits.py
Needs torch and scikit-learn; Debian 12's python3-torch 1.13 and python3-sklearn 1.2 made the
committed files. One thread and fixed seeds: the same versions on the same kind of processor give
the same weights.
"""
import io
import json
from pathlib import Path

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

SEED = 7
EPOCHS = 60
BATCH = 64
PIXEL_MAX = 16  # scikit-learn's pixels are whole numbers from 0 to 16
HERE = Path(__file__).parent


class Digits(nn.Module):
    """pixels FP32[-1,1,8,8] in 0..1 -> logits FP32[-1,10]."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 3, padding=1)
        self.conv2 = nn.Conv2d(16, 32, 3, padding=1)
        self.hidden = nn.Linear(32 * 2 * 2, 64)
        self.drop = nn.Dropout(0.3)
        self.out = nn.Linear(64, 10)

    def forward(self, pixels):
        x = F.max_pool2d(F.relu(self.conv1(pixels)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = F.relu(self.hidden(self.drop(x.flatten(1))))
        return self.out(x)


def train(images, labels):
    """Trains on images [n,1,8,8] in 0..1; the held-out ones play no part in it."""
    net = Digits()
    optimizer = torch.optim.Adam(net.parameters(), 2e-3)
    loss = nn.CrossEntropyLoss(label_smoothing=0.1)  # keeps logits small, their rounding too
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, EPOCHS)
    net.train()
    for _ in range(EPOCHS):
        for batch in torch.randperm(len(images)).split(BATCH):
            optimizer.zero_grad()
            loss(net(images[batch]), labels[batch]).backward()
            optimizer.step()
        schedule.step()
    return net.eval()


def save(net, example, path):
    """Traces net and saves it without its debug records, which hold paths of the exporting machine."""
    buffer = io.BytesIO()
    torch.jit.save(torch.jit.trace(net, example), buffer)
    buffer.seek(0)
    reader = torch._C.PyTorchFileReader(buffer)
    writer = torch._C.PyTorchFileWriter(str(path))
    for name in sorted(reader.get_all_records()):
        if name != "version" and not name.endswith(".debug_pkl"):
            record = reader.get_record(name)
            writer.write_record(name, record, len(record))
    writer.write_end_of_file()


def main():
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    torch.use_deterministic_algorithms(True)

    raw, labels = load_digits(return_X_y=True)
    train_raw, test_raw, train_labels, test_labels = train_test_split(
        raw, labels, test_size=0.2, random_state=SEED, stratify=labels
    )

    def pixels(rows):
        return torch.from_numpy((rows / PIXEL_MAX).astype(np.float32).reshape(-1, 1, 8, 8))

    net = train(pixels(train_raw), torch.from_numpy(train_labels))
    test = pixels(test_raw)
    save(net, test[:2], HERE / "digits.pt")

    with torch.no_grad():
        logits = torch.jit.load(str(HERE / "digits.pt"))(test)
    guesses = logits.argmax(1).numpy()
    correct = int((guesses == test_labels).sum())
    (HERE / "digits-test.json").write_text(
        json.dumps(
            {
                "source": "scikit-learn load_digits, held-out fifth",
                "shape": [len(test_raw), 1, 8, 8],
                "scale": PIXEL_MAX,
                "accuracy": correct,
                "labels": test_labels.tolist(),
                "images": test_raw.astype(int).tolist(),
                "logits": logits.tolist(),
            },
            separators=(",", ":"),
        )
        + "\n"
    )

    seven = next(i for i, y in enumerate(test_labels) if y == 7 and guesses[i] == 7)
    request = {
        "inputs": [
            {
                "name": "pixels",
                "datatype": "FP32",
                "shape": [1, 1, 8, 8],
                "data": test[seven].flatten().tolist(),
            }
        ]
    }
    (HERE / "seven.json").write_text(json.dumps(request) + "\n")
    print(f"{correct} of {len(test_labels)} held-out images right ({correct / len(test_labels):.2%})")


if __name__ == "__main__":
    main()
