#!/usr/bin/env python3
# Copyright (C) 2026 octune authors
# SPDX-License-Identifier: Apache-2.0
"""Float ONNX models with fixed shapes: make_models.py NAME...

Six come out of their packages; only the shapes of the inputs are fixed. MiniLM comes as weights of an encoder: its
graph is written here, with a linear head trained here on texts that make_data.py has prepared.
"""
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import cases

LENGTH = 64
WIDTH = 384
HEADS = 12
LAYERS = 6


def fix_shapes(case):
    model = onnx.load(cases.SOURCES / case.source)
    weights = {tensor.name for tensor in model.graph.initializer}
    inputs = [value for value in model.graph.input if value.name not in weights]
    del model.graph.input[:]
    model.graph.input.extend(inputs)
    for value in inputs:
        for dimension, size in zip(value.type.tensor_type.shape.dim, case.shapes[value.name], strict=True):
            dimension.dim_value = size
    del model.graph.value_info[:]  # holds shapes that may no longer be true
    for value in model.graph.output:
        value.type.tensor_type.ClearField("shape")
    return model


class Graph:
    """A growing list of ONNX nodes; every method returns the name of its result."""

    def __init__(self, weights):
        self.weights = weights
        self.nodes, self.constants = [], {}

    def constant(self, name, value):
        self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def number(self, value, dtype=np.float32):
        return self.constant(f"number_{np.dtype(dtype).name}_{value}".replace(" ", ""), np.array(value, dtype))

    def add(self, kind, inputs, name, **attributes):
        self.nodes.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
        return name

    def dense(self, x, key, name):
        weight = self.constant(key + ".weight", self.weights[key + ".weight"].T)
        product = self.add("MatMul", [x, weight], name + "/MatMul")
        return self.add("Add", [product, self.constant(key + ".bias", self.weights[key + ".bias"])], name)

    def norm(self, x, key, name):
        parameters = [self.constant(f"{key}.{part}", self.weights[f"{key}.{part}"]) for part in ("weight", "bias")]
        return self.add("LayerNormalization", [x, *parameters], name, axis=-1, epsilon=1e-12)

    def gelu(self, x, name):
        error = self.add("Erf", [self.add("Div", [x, self.number(2**0.5)], name + "/Div")], name + "/Erf")
        gate = self.add("Add", [error, self.number(1.0)], name + "/Add")
        return self.add("Mul", [self.add("Mul", [x, gate], name + "/Mul"), self.number(0.5)], name)

    def heads(self, x, order, name):
        split = self.add("Reshape", [x, self.number([0, 0, HEADS, WIDTH // HEADS], np.int64)], name + "/Reshape")
        return self.add("Transpose", [split], name, perm=order)

    def attention(self, x, mask, key, name):
        query = self.heads(self.dense(x, key + ".self.query", name + "/query"), [0, 2, 1, 3], name + "/query/heads")
        keys = self.heads(self.dense(x, key + ".self.key", name + "/key"), [0, 2, 3, 1], name + "/key/heads")
        value = self.heads(self.dense(x, key + ".self.value", name + "/value"), [0, 2, 1, 3], name + "/value/heads")
        scores = self.add("MatMul", [query, keys], name + "/scores")
        scores = self.add("Div", [scores, self.number((WIDTH / HEADS) ** 0.5)], name + "/scaled")
        scores = self.add("Softmax", [self.add("Add", [scores, mask], name + "/masked")], name + "/softmax", axis=-1)
        context = self.add("Transpose", [self.add("MatMul", [scores, value], name + "/context")], name + "/back",
                           perm=[0, 2, 1, 3])
        context = self.add("Reshape", [context, self.number([0, 0, WIDTH], np.int64)], name + "/joined")
        return self.dense(context, key + ".output.dense", name + "/output")


def encoder(weights, head=None):
    """BERT with the mean of the tokens as its output, or a linear head (weight WIDTH x classes, bias) on that."""
    graph = Graph(weights)
    words = graph.constant("word_embeddings", weights["embeddings.word_embeddings.weight"])
    places = weights["embeddings.position_embeddings.weight"][:LENGTH] + weights["embeddings.token_type_embeddings.weight"][0]
    x = graph.add("Gather", [words, "input_ids"], "embeddings/words")
    x = graph.add("Add", [x, graph.constant("position_embeddings", places[None])], "embeddings/Add")
    x = graph.norm(x, "embeddings.LayerNorm", "embeddings/LayerNorm")
    keep = graph.add("Cast", ["attention_mask"], "mask/Cast", to=TensorProto.FLOAT)
    mask = graph.add("Unsqueeze", [keep, graph.number([1, 2], np.int64)], "mask/Unsqueeze")
    mask = graph.add("Sub", [graph.number(1.0), mask], "mask/Sub")
    mask = graph.add("Mul", [mask, graph.number(-10000.0)], "mask")
    for layer in range(LAYERS):
        key, name = f"encoder.layer.{layer}", f"layer.{layer}"
        attended = graph.attention(x, mask, key + ".attention", name + "/attention")
        x = graph.add("Add", [attended, x], name + "/attention/Add")
        x = graph.norm(x, key + ".attention.output.LayerNorm", name + "/attention/LayerNorm")
        wide = graph.gelu(graph.dense(x, key + ".intermediate.dense", name + "/intermediate"), name + "/gelu")
        x = graph.add("Add", [graph.dense(wide, key + ".output.dense", name + "/output"), x], name + "/Add")
        x = graph.norm(x, key + ".output.LayerNorm", name + "/LayerNorm")
    axis = graph.number([1], np.int64)
    tokens = graph.add("Unsqueeze", [keep, graph.number([2], np.int64)], "pool/Unsqueeze")
    total = graph.add("ReduceSum", [graph.add("Mul", [x, tokens], "pool/Mul"), axis], "pool/sum", keepdims=0)
    count = graph.add("ReduceSum", [tokens, axis], "pool/count", keepdims=0)
    result, size = graph.add("Div", [total, count], "embedding"), WIDTH
    if head is not None:
        weight, bias = (np.asarray(part, np.float32) for part in head)
        product = graph.add("MatMul", [result, graph.constant("head.weight", weight)], "head/MatMul")
        result, size = graph.add("Add", [product, graph.constant("head.bias", bias)], "logits"), weight.shape[1]
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, [1, LENGTH]) for name in ("input_ids", "attention_mask")]
    output = helper.make_tensor_value_info(result, TensorProto.FLOAT, [1, size])
    body = helper.make_graph(graph.nodes, "minilm", inputs, [output], list(graph.constants.values()))
    model = helper.make_model(body, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.checker.check_model(model)
    return model


def train_classifier(case):
    """The encoder with a logistic regression on the embeddings of the training texts."""
    import openvino as ov
    from safetensors.numpy import load_file
    from sklearn.linear_model import LogisticRegression
    weights = load_file(cases.SOURCES / case.source)
    bare = ov.Core().read_model(encoder(weights).SerializeToString())
    compiled = ov.compile_model(bare, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    train = np.load(case.data("training"))
    embeddings = np.concatenate([compiled([ids, keep])[0]
                                 for ids, keep in zip(train["input_ids"], train["attention_mask"])])
    fitted = LogisticRegression(C=20, max_iter=1000).fit(embeddings, train["label"])
    return encoder(weights, (fitted.coef_.T, fitted.intercept_))


def main():
    for case in map(cases.find, sys.argv[1:]):
        if case.model.exists():
            continue
        case.model.parent.mkdir(parents=True, exist_ok=True)
        model = train_classifier(case) if case.name == "minilm" else fix_shapes(case)
        partial = case.model.with_suffix(".part")
        onnx.save(model, partial)
        partial.replace(case.model)
        print(f"model {case.name}: {case.model.stat().st_size / 1e6:.1f} MB", flush=True)


if __name__ == "__main__":
    main()
