#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Asks one node for digits with a stock Triton client, as TritonClientIT runs it.

Usage: triton_client.py HOST:PORT digits-test.json
Needs tritonclient[grpc]. Exit status 0 and a last line `triton client: all as expected`, or the
first expectation that does not hold.
"""
import json
import sys

import numpy as np
import tritonclient.grpc as triton
from tritonclient.utils import InferenceServerException

TOLERANCE = 1e-5
BATCH = 24


def expect(holds, what):
    if not holds:
        sys.exit(f"triton client: expected {what}")
    print(f"  {what}")


def check_server(client):
    expect(client.is_server_live(), "the server is live")
    expect(client.is_server_ready(), "the server is ready")
    metadata = client.get_server_metadata()
    expect(metadata.name != "", f"the server has a name: {metadata.name} {metadata.version}")


def check_model(client):
    expect(client.is_model_ready("digits"), "the model is ready")
    expect(not client.is_model_ready("nope"), "an unknown model is not")
    model = client.get_model_metadata("digits")
    inputs = [(t.name, t.datatype, list(t.shape)) for t in model.inputs]
    outputs = [(t.name, t.datatype, list(t.shape)) for t in model.outputs]
    expect(inputs == [("pixels", "FP32", [-1, 1, 8, 8])], "the model takes pixels FP32[-1,1,8,8]")
    expect(outputs == [("logits", "FP32", [-1, 10])], "the model gives logits FP32[-1,10]")


def infer(client, pixels):
    given = triton.InferInput("pixels", list(pixels.shape), "FP32")
    given.set_data_from_numpy(pixels)
    result = client.infer(
        "digits",
        [given],
        outputs=[triton.InferRequestedOutput("logits")],
        request_id="py-1",
        client_timeout=10,
    )
    return result


def check_inference(client, test):
    pixels = np.array(test["images"], np.float32).reshape(-1, 1, 8, 8) / np.float32(test["scale"])
    logits = np.array(test["logits"], np.float32)
    one = infer(client, pixels[:1])
    response = one.get_response()
    expect(response.id == "py-1", "the request's id comes back")
    expect(
        np.abs(one.as_numpy("logits") - logits[:1]).max() <= TOLERANCE,
        "one image gives PyTorch's logits",
    )
    path = response.parameters["rhizome_path"].string_param
    expect("," in path, f"it came by way of {path}")

    starts = range(0, len(pixels), BATCH)
    got = np.concatenate(
        [infer(client, pixels[i : i + BATCH]).as_numpy("logits") for i in starts]
    )
    expect(got.shape == logits.shape, f"{len(got)} images in batches of {BATCH} are answered")
    expect(
        np.abs(got - logits).max() <= TOLERANCE,
        f"all logits are within {TOLERANCE} of PyTorch's",
    )
    right = int((got.argmax(1) == np.array(test["labels"])).sum())
    expect(right == test["accuracy"], f"{right} are right, as many as PyTorch gets")


def check_errors(client):
    try:
        infer(client, np.zeros((1, 1, 4, 4), np.float32))
    except InferenceServerException as error:
        expect("INVALID_ARGUMENT" in str(error.status()), f"a wrong shape is refused: {error}")
    else:
        expect(False, "a wrong shape to be refused")


def main():
    address, test_file = sys.argv[1:]
    with open(test_file, encoding="utf-8") as file:
        test = json.load(file)
    with triton.InferenceServerClient(address) as client:
        check_server(client)
        check_model(client)
        check_inference(client, test)
        check_errors(client)
    print("triton client: all as expected")


if __name__ == "__main__":
    main()
