#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the TorchScript models of the executor's tests. Run here: /usr/bin/python3 make_models.py

pair.pt   a, b -> (a + b, transposed a * b, not contiguous); adds 1 to a in place first; raises when
          a[0,0] is negative, and fails of itself when the sizes do not fit
same.pt   x -> x, of any datatype
one.pt    x [1,n] -> x + 1; fails for more than one row
huge.pt   x -> asks for 64 TB
keys.pt   x -> a dictionary {a: x + 1, b: x + 2, c: x + 3}
"""
import io
from typing import Dict, Tuple

import torch


class Pair(torch.nn.Module):
    def forward(self, a: torch.Tensor, b: torch.Tensor) -> Tuple[torch.Tensor, torch.Tensor]:
        if a[0, 0].item() < 0:
            raise RuntimeError("the first element is negative")
        a.add_(1)
        return a + b, (a * b).t()


class Same(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x


class Keys(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> Dict[str, torch.Tensor]:
        return {"a": x + 1, "b": x + 2, "c": x + 3}


class One(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.view(1, 2) + 1


class Huge(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + torch.zeros([1 << 44])[0]


def save(net, path):
    buffer = io.BytesIO()
    torch.jit.save(torch.jit.script(net), buffer)
    buffer.seek(0)
    reader = torch._C.PyTorchFileReader(buffer)
    writer = torch._C.PyTorchFileWriter(path)
    for name in sorted(reader.get_all_records()):
        if name != "version" and not name.endswith(".debug_pkl"):
            record = reader.get_record(name)
            writer.write_record(name, record, len(record))
    writer.write_end_of_file()


save(Pair(), "pair.pt")
save(Same(), "same.pt")
save(Keys(), "keys.pt")
save(One(), "one.pt")
save(Huge(), "huge.pt")
