#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Asks one node for digits with Triton's stock clients, as TritonClientIT runs it.

Usage: triton_client.py GRPC_HOST:PORT HTTP_HOST:PORT digits-test.json
The node allows model control (api.allowModelControl) and does not hold the model; others do.
Needs tritonclient[grpc,http]. Exit status 0 and a last line `triton client: all as expected`, or
the first expectation that does not hold.
"""
import json
import sys
import time

import numpy as np
import tritonclient.grpc
import tritonclient.http
from tritonclient.utils import InferenceServerException

TOLERANCE = 1e-5
BATCH = 24
LIMIT_S = 20
EXTENSIONS = {"binary_tensor_data", "model_configuration", "model_repository", "statistics"}


def expect(holds, what):
    if not holds:
        sys.exit(f"triton client: expected {what}")
    print(f"  {what}")


def expect_soon(holds, what):
    end = time.monotonic() + LIMIT_S
    held = holds()
    while not held and time.monotonic() < end:
        time.sleep(0.05)
        held = holds()
    expect(held, what)


class Grpc:
    """What differs between the two clients: here messages, there dictionaries."""

    name = "gRPC"
    module = tritonclient.grpc
    forms = [True]
    json_args = {"as_json": True}

    def __init__(self, address):
        self.client = self.module.InferenceServerClient(address)

    def infer(self, pixels, binary):
        given = self.module.InferInput("pixels", list(pixels.shape), "FP32")
        given.set_data_from_numpy(pixels)
        wanted = self.module.InferRequestedOutput("logits")
        return self.client.infer(
            "digits", [given], outputs=[wanted], request_id="py-1", client_timeout=10
        )

    def parameter(self, result, name):
        return result.get_response().parameters[name].string_param

    def id(self, result):
        return result.get_response().id


class Http(Grpc):
    name = "HTTP"
    module = tritonclient.http
    forms = [True, False]
    json_args = {}

    def infer(self, pixels, binary, **options):
        given = self.module.InferInput("pixels", list(pixels.shape), "FP32")
        given.set_data_from_numpy(pixels, binary_data=binary)
        wanted = self.module.InferRequestedOutput("logits", binary_data=binary)
        return self.client.infer("digits", [given], outputs=[wanted], request_id="py-1", **options)

    def parameter(self, result, name):
        return result.get_response()["parameters"][name]

    def id(self, result):
        return result.get_response()["id"]


def check_server(door):
    client = door.client
    expect(client.is_server_live(), "the server is live")
    expect(client.is_server_ready(), "the server is ready")
    metadata = client.get_server_metadata(**door.json_args)
    expect(metadata["name"] == "rhizome", f"the server has a name and a version: {metadata['version']}")
    expect(set(metadata["extensions"]) == EXTENSIONS, f"it has the extensions {sorted(EXTENSIONS)}")


def check_model(door):
    client = door.client
    expect(client.is_model_ready("digits"), "the model is ready")
    expect(client.is_model_ready("digits", "1"), "version 1 of it is ready")
    expect(not client.is_model_ready("nope"), "an unknown model is not")
    model = client.get_model_metadata("digits", **door.json_args)
    given = [(t["name"], t["datatype"], [int(d) for d in t["shape"]]) for t in model["inputs"]]
    made = [(t["name"], t["datatype"], [int(d) for d in t["shape"]]) for t in model["outputs"]]
    expect(given == [("pixels", "FP32", [-1, 1, 8, 8])], "the model takes pixels FP32[-1,1,8,8]")
    expect(made == [("logits", "FP32", [-1, 10])], "the model gives logits FP32[-1,10]")
    config = client.get_model_config("digits", **door.json_args)
    config = config.get("config", config)
    expect(
        (config["name"], config["input"][0]["data_type"]) == ("digits", "TYPE_FP32"),
        "the model's configuration says the same",
    )


def check_inference(door, test, binary):
    pixels = np.array(test["images"], np.float32).reshape(-1, 1, 8, 8) / np.float32(test["scale"])
    logits = np.array(test["logits"], np.float32)
    one = door.infer(pixels[:1], binary)
    expect(door.id(one) == "py-1", "the request's id comes back")
    expect(
        np.abs(one.as_numpy("logits") - logits[:1]).max() <= TOLERANCE,
        "one image gives PyTorch's logits",
    )
    path = door.parameter(one, "rhizome_path")
    expect("," in path, f"it came by way of {path}")
    starts = range(0, len(pixels), BATCH)
    got = np.concatenate(
        [door.infer(pixels[i : i + BATCH], binary).as_numpy("logits") for i in starts]
    )
    expect(got.shape == logits.shape, f"{len(got)} images in batches of {BATCH} are answered")
    expect(
        np.abs(got - logits).max() <= TOLERANCE,
        f"all logits are within {TOLERANCE} of PyTorch's",
    )
    right = int((got.argmax(1) == np.array(test["labels"])).sum())
    expect(right == test["accuracy"], f"{right} are right, as many as PyTorch gets")


def check_errors(door):
    try:
        door.infer(np.zeros((1, 1, 4, 4), np.float32), True)
    except InferenceServerException as error:
        expect(
            "INVALID_ARGUMENT" in str(error.status()) or error.status() == "400",
            f"a wrong shape is refused: {error}",
        )
    else:
        expect(False, "a wrong shape to be refused")


def runs(door):
    stats = door.client.get_inference_statistics("digits", **door.json_args)["model_stats"]
    return sum(int(model["inference_stats"]["success"].get("count", 0)) for model in stats)


def check_repository(door, test):
    client = door.client

    def index():
        found = client.get_model_repository_index(**door.json_args)
        return {(m["name"], m["version"], m["state"]) for m in getattr(found, "get", lambda k, d: d)("models", found)}

    expect(("digits", "1", "READY") in index(), "the repository's index has the model")
    try:
        client.load_model("nope")
    except InferenceServerException as error:
        expect("nope" in str(error), f"an unknown model is not loaded: {error}")
    else:
        expect(False, "an unknown model not to be loaded")
    before = runs(door)
    client.load_model("digits")
    pixels = np.array(test["images"][:1], np.float32).reshape(-1, 1, 8, 8)

    def served_here():
        path = door.parameter(door.infer(pixels, True), "rhizome_path")
        return "," not in path

    expect_soon(served_here, "a model loaded by the client is served right here")
    expect_soon(lambda: runs(door) > before, "and the statistics count its runs")
    client.unload_model("digits")
    expect_soon(lambda: not served_here(), "once unloaded by the client it is served elsewhere")


def check_packing(door, test):
    pixels = np.array(test["images"], np.float32).reshape(-1, 1, 8, 8) / np.float32(test["scale"])
    plain = door.infer(pixels, True).as_numpy("logits")
    for packing in ["gzip", "deflate"]:
        packed = door.infer(
            pixels,
            True,
            request_compression_algorithm=packing,
            response_compression_algorithm=packing,
        )
        expect(
            np.array_equal(packed.as_numpy("logits"), plain),
            f"bodies packed with {packing} both ways give the same answer",
        )


def main():
    grpc_address, http_address, test_file = sys.argv[1:]
    with open(test_file, encoding="utf-8") as file:
        test = json.load(file)
    for door in [Grpc(grpc_address), Http(http_address)]:
        print(f"{door.name}:")
        check_server(door)
        check_model(door)
        for binary in door.forms:
            if not binary:
                print("  now with JSON tensors:")
            check_inference(door, test, binary)
        check_errors(door)
        check_repository(door, test)
        if isinstance(door, Http):
            check_packing(door, test)
        door.client.close()
    print("triton client: all as expected")


if __name__ == "__main__":
    main()
