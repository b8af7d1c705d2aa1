#!/bin/sh
# Copyright (C) 2026 octune authors
# SPDX-License-Identifier: Apache-2.0
# The smallest metric of one's own for octune: the size of the weights. Less is better.
#
#   octune quantize model.onnx -o out --data images/ --metric cmd:examples/own_metric/size.sh
set -e
case $1 in
*.xml) weights=${1%.xml}.bin ;;
*) weights=$1 ;;
esac
bytes=$(wc -c <"$weights")
# The last line of standard output is what octune reads.
echo "{\"name\": \"weights_kb\", \"value\": $((bytes / 1000)), \"higher_is_better\": false}"
