#!/usr/bin/env python3
# Copyright (C) 2026 octune authors
# SPDX-License-Identifier: Apache-2.0
"""Writes src/data/fixtures/tensor_protos.txt: tensors as the onnx package writes them, for the tests of
src/data/tensor_proto.cpp.

    python tests/oracles/tensor_protos.py > src/data/fixtures/tensor_protos.txt

Needs numpy and onnx. A line is: what the tensor is, its name, NumPy type, shape (lengths joined by 'x', '-' for a single
value), its values as little-endian bytes and the file, both in hexadecimal."""
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def line(what, array, proto):
    shape = "x".join(map(str, array.shape)) or "-"
    print(what, proto.name or "-", array.dtype.str, shape, array.tobytes().hex(), proto.SerializeToString().hex())


def main():
    print(f"# onnx {onnx.__version__}; made by tests/oracles/tensor_protos.py")
    rng = np.random.default_rng(3)
    for name in ("float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"):
        info = np.dtype(name)
        if info.kind == "f":
            array = rng.normal(size=(2, 3)).astype(info)
        else:
            limits = np.iinfo(info)
            array = np.array([[limits.min, 0, 1], [limits.max, 2, 77]], dtype=info)
        line("raw", array, numpy_helper.from_array(array, "x"))
        kind = helper.np_dtype_to_tensor_dtype(info)
        values = array.view(np.uint16).ravel().tolist() if name == "float16" else array.ravel().tolist()
        if name == "float16":
            proto = TensorProto(dims=array.shape, data_type=kind, name="x", int32_data=values)
        else:
            proto = helper.make_tensor("x", kind, array.shape, values)
        line("listed", array, proto)
    boolean = np.array([True, False, True])
    line("raw", boolean, numpy_helper.from_array(boolean, "mask"))
    line("listed", boolean, helper.make_tensor("mask", TensorProto.BOOL, (3,), boolean.tolist()))
    line("raw", np.float32(2.5), numpy_helper.from_array(np.array(2.5, np.float32), ""))
    line("raw", np.zeros((0, 4), np.float32), numpy_helper.from_array(np.zeros((0, 4), np.float32), "empty"))


if __name__ == "__main__":
    main()
