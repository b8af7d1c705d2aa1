#!/usr/bin/env python3
# Copyright (C) 2026 octune authors
# SPDX-License-Identifier: Apache-2.0
"""Prints the constants of src/evaluate/test_detection_oracles.hpp.

    pip install numpy pycocotools
    tests/oracles/detection.py

The same random boxes are drawn in C++ (detection_images() in that file). Values by pycocotools; Pascal VOC's by the
formulas of its development kit, below.
"""
import contextlib
import io

import numpy as np
import pycocotools
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

IMAGES = 30
CLASSES = 6


class Random:
    """A linear congruential generator (Knuth's constants), the same in C++."""

    def __init__(self):
        self.state = 2026

    def __call__(self, limit):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % limit


def draw_box(draw):
    x, y = draw(400), draw(300)
    side = (24, 80, 300)[draw(3)]
    return [x, y, 4 + draw(side), 4 + draw(side)]


def images():
    """(objects, detections) of every image: dictionaries with box [x, y, w, h] and class."""
    draw = Random()
    for image in range(IMAGES):
        objects, detections = [], []
        for _ in range(25 if image == 5 else draw(8)):
            box = draw_box(draw)
            label = draw(CLASSES) if image != 5 else 0
            crowd = int(draw(10) == 0)
            area = box[2] * box[3] * 6 // 10 if draw(2) else box[2] * box[3]
            objects.append({"box": box, "class": label, "crowd": crowd, "area": area, "difficult": int(draw(8) == 0)})
        count = draw(20)
        if image % 7 == 3:
            count = 0
        if image == 5:
            count = 130
        for _ in range(count):
            if objects and draw(8):
                near = objects[draw(len(objects))]
                box = [near["box"][0] + draw(5) - 2, near["box"][1] + draw(5) - 2,
                       max(1, near["box"][2] + draw(5) - 2), max(1, near["box"][3] + draw(5) - 2)]
                label = near["class"] if draw(8) else draw(CLASSES)
            else:
                box = draw_box(draw)
                label = draw(CLASSES)
            if image == 5:
                label = 0
            detections.append({"box": box, "class": label, "score": (1 + draw(60)) / 64})
        yield objects, detections


def coco_stats(data):
    truth, results = [], []
    for image, (objects, detections) in enumerate(data, 1):
        for thing in objects:
            truth.append({"id": len(truth) + 1, "image_id": image, "category_id": thing["class"] + 1,
                          "bbox": thing["box"], "area": thing["area"], "iscrowd": thing["crowd"]})
        for found in detections:
            results.append({"image_id": image, "category_id": found["class"] + 1, "bbox": found["box"],
                            "score": found["score"]})
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = {"info": {}, "images": [{"id": i + 1} for i in range(len(data))], "annotations": truth,
                        "categories": [{"id": c + 1} for c in range(CLASSES)]}
        coco.createIndex()
        evaluation = COCOeval(coco, coco.loadRes(results), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return evaluation.stats


def overlap(a, b):
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    return width * height / (a[2] * a[3] + b[2] * b[3] - width * height)


def voc_average_precisions(data):
    """(area, eleven points), each the mean over classes."""
    area, eleven = [], []
    for label in range(CLASSES):
        objects = [[o for o in of_image if o["class"] == label] for of_image, _ in data]
        hard = [[bool(o["difficult"] or o["crowd"]) for o in of_image] for of_image in objects]
        positives = sum(not h for of_image in hard for h in of_image)
        if positives == 0:
            continue
        taken = [[False] * len(of_image) for of_image in objects]
        ranked = [(d, i) for i, (_, detections) in enumerate(data) for d in
                  sorted(detections, key=lambda d: -d["score"]) if d["class"] == label]
        ranked.sort(key=lambda pair: -pair[0]["score"])
        right, wrong = [], []
        for found, image in ranked:
            overlaps = [overlap(found["box"], o["box"]) for o in objects[image]]
            best = int(np.argmax(overlaps)) if overlaps else -1
            is_right = is_wrong = 0
            if overlaps and overlaps[best] >= 0.5:
                if not hard[image][best]:
                    is_right, is_wrong = int(not taken[image][best]), int(taken[image][best])
                    taken[image][best] = True
            else:
                is_wrong = 1
            right.append(is_right)
            wrong.append(is_wrong)
        right, wrong = np.cumsum(right), np.cumsum(wrong)
        recall = right / positives
        precision = right / np.maximum(right + wrong, 1)
        eleven.append(np.mean([max(precision[recall >= t - 1e-9], default=0) for t in np.linspace(0, 1, 11)]))
        recall = np.concatenate([[0], recall, [1]])
        precision = np.maximum.accumulate(np.concatenate([[0], precision, [0]])[::-1])[::-1]
        steps = np.flatnonzero(recall[1:] != recall[:-1])
        area.append(np.sum((recall[steps + 1] - recall[steps]) * precision[steps + 1]))
    return np.mean(area), np.mean(eleven)


def main():
    data = list(images())
    stats = coco_stats(data)
    print(f"// pycocotools {getattr(pycocotools, '__version__', '2.0')}: AP, AP50, AP75, AP small, medium, large, AR1, AR10, AR100")
    names = ["Map", "MapAt50", "MapAt75", "MapSmall", "MapMedium", "MapLarge", "ArAt1", "ArAt10", "ArAt100"]
    for name, value in zip(names, stats):
        print(f"constexpr double kCoco{name} = {float(value)!r};")
    area, eleven = voc_average_precisions(data)
    print(f"constexpr double kVocMap = {float(area)!r};")
    print(f"constexpr double kVocMapAt07 = {float(eleven)!r};")
    print(f"constexpr std::size_t kObjects = {sum(len(o) for o, _ in data)};")
    print(f"constexpr std::size_t kDetections = {sum(len(d) for _, d in data)};")


if __name__ == "__main__":
    main()
