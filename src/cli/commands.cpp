// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.hpp"

#include <CLI/CLI.hpp>
#include <array>

#include "cli/criteria_flags.hpp"
#include "cli/plan_flags.hpp"

namespace octune::cli {
namespace {

void add_threads(CLI::App& command, Flags& flags) {
  command.add_option("--threads", flags.threads, "0: all cores")->type_name("N");
}

void quantize_flags(CLI::App& command, Flags& flags) {
  add_model_flags(command, flags);
  add_data_flags(command, flags);
  add_sequence_flags(command, flags);
  add_output_flags(command, flags);
  add_subset_flags(command, flags, "--subset-size,--stat-subset-size", "samples used for statistics (300); 0: all");
  add_threads(command, flags);
  add_collection_flags(
      command, flags, "--statistics",
      "made by an earlier run or 'octune calibrate'; needs no --data then; default: DIR/statistics.octs, "
      "kept by itself");
  add_validation_flags(command, flags);
  add_metric_flags(command, flags);
  add_criteria_flags(command, flags);
  add_preprocess_flags(command, flags);
  add_plan_flags(command, flags);
  add_choice_flags(command, flags);
  add_layerwise_flags(command, flags.layerwise);
  add_screen_flags(command, flags);
}

void calibrate_flags(CLI::App& command, Flags& flags) {
  add_model_flags(command, flags);
  command.add_flag("--merge", flags.merge,
                   "the arguments are files of statistics of parts of the data: put them together");
  add_data_flags(command, flags);
  add_sequence_flags(command, flags);
  add_subset_flags(command, flags, "--subset-size,--stat-subset-size", "samples used for statistics (300); 0: all");
  add_threads(command, flags);
  add_collection_flags(command, flags, "-o,--statistics", "to write; what it holds already is not collected again");
  add_preprocess_flags(command, flags);
  add_plan_flags(command, flags);
  add_screen_flags(command, flags);
}

void evaluate_flags(CLI::App& command, Flags& flags) {
  add_model_flags(command, flags);
  add_data_flags(command, flags);
  add_sequence_flags(command, flags);
  add_validation_flags(command, flags);
  add_metric_flags(command, flags);
  add_criteria_flags(command, flags);
  command.add_option("--reference", flags.reference, "the float model, to compare with")->type_name("MODEL");
  command
      .add_option(
          "--float-results", flags.float_results,
          "of the float model: read if they are of this model and these samples, otherwise measured and written")
      ->type_name("FILE");
  command.add_option("--precision", flags.precision, "auto (as the runtime computes by default) or f32")
      ->type_name("NAME")
      ->default_str("auto");
  add_threads(command, flags);
  add_preprocess_flags(command, flags);
  add_screen_flags(command, flags);
}

void benchmark_flags(CLI::App& command, Flags& flags) {
  command
      .add_option("models", flags.models,
                  "files, or folders that 'octune quantize' wrote: their float and int8 models; the first is the one "
                  "the others are compared with")
      ->type_name("MODEL ...");
  command
      .add_option("--precision", flags.precision,
                  "a list of f32, bf16 and auto (as the runtime computes by default): each model in each; default: "
                  "auto, in folders f32 and bf16 for the float model")
      ->type_name("LIST");
  command.add_option("--mode", flags.mode, "latency or throughput (as many requests at once as suit the runtime)")
      ->type_name("NAME")
      ->capture_default_str();
  command
      .add_option("--seconds", flags.seconds, "of measuring a candidate, at most; default: 3, no limit with --rounds")
      ->type_name("N");
  command.add_option("--rounds", flags.rounds, "each runs every candidate once; at most")->type_name("N");
  command.add_flag("--layers", flags.layers, "time of each layer, and which layers lose by quantization and why");
  command.add_option("--shape", flags.shape, "input shapes: 1,3,224,224 or x[1,3,48,320],y[1,10]")->type_name("SHAPE");
  add_data_flags(command, flags);
  add_threads(command, flags);
  add_preprocess_flags(command, flags);
  add_screen_flags(command, flags);
}

void plan_flags(CLI::App& command, Flags& flags) {
  add_model_flags(command, flags);
  add_plan_flags(command, flags);
  add_screen_flags(command, flags);
}

void data_flags(CLI::App& command, Flags& flags) {
  command.add_option("action", flags.topic, "preview")->type_name("ACTION");
  add_model_flags(command, flags);
  add_data_flags(command, flags);
  add_validation_flags(command, flags);
  command.add_option("-o,--output", flags.sheet, "a contact sheet of what the model sees")->type_name("FILE.png");
  add_subset_flags(command, flags, "--samples,--subset-size", "how many to look at (100); 0: all");
  add_preprocess_flags(command, flags);
  add_screen_flags(command, flags);
}

void list_flags(CLI::App& command, Flags& flags) {
  command.add_option("topic", flags.topic, "what to list; without it: the topics")->type_name("TOPIC");
  add_screen_flags(command, flags);
}

void schema_flags(CLI::App& command, Flags& flags) {
  command.add_option("format", flags.topic, "config (the default), run, calibration or benchmark")->type_name("FORMAT");
  add_screen_flags(command, flags);
}

constexpr std::array<Command, 9> kCommands{{
    {"quantize", "Make an int8 model; no labels needed",
     "  octune quantize model.onnx -o out --data images/ --mean 123.7,116.3,103.5 --scale 58.4,57.1,57.4\n"
     "  octune quantize model.xml -o out --data calib.npz --val-data test.npz --labels test.npz:y --metric "
     "accuracy@top1\n"
     "  octune -c pot_config.json -o out\n",
     quantize_flags, run_quantize},
    {"calibrate", "Collect the statistics that quantize needs, once for many runs, or merge them",
     "  octune calibrate model.onnx --data images/ -o model.octs\n"
     "  octune quantize model.onnx --statistics model.octs -o out\n"
     "  octune calibrate --merge part1.octs part2.octs -o whole.octs\n",
     calibrate_flags, run_calibrate},
    {"evaluate", "Measure a model's metrics on labelled samples",
     "  octune evaluate model.onnx --val-data test.npz --labels test.npz:y --metric accuracy@top1\n"
     "  octune evaluate out/model.xml --reference model.onnx --val-data images/ --metric cosine --metric sqnr\n",
     evaluate_flags, run_evaluate},
    {"benchmark", "Compare the speed of models, measured in turn",
     "  octune benchmark model.onnx out/model.xml\n"
     "  octune benchmark out --layers\n"
     "  octune benchmark model.onnx --precision f32,bf16 --shape 1,3,224,224 --mode throughput\n",
     benchmark_flags, run_benchmark},
    {"plan", "Show what would be quantized and why not; needs no data",
     "  octune plan model.onnx\n"
     "  octune plan model.onnx --preset mixed --ignored-patterns '.*/head/.*' --json\n",
     plan_flags, run_plan},
    {"data", "Show what a model is fed: shapes, values, labels, and a sheet of images",
     "  octune data preview model.onnx --data images/ --mean 123.7,116.3,103.5 --scale 58.4,57.1,57.4 -o sheet.png\n"
     "  octune data preview model.onnx --data test.npz --labels test.npz:y --json\n",
     data_flags, run_data},
    {"list", "List the known targets, metrics, presets, ...",
     "  octune list\n"
     "  octune list metrics\n",
     list_flags, run_list},
    {"schema", "Print the JSON Schema of a configuration file or of what --json prints",
     "  octune schema > config.schema.json\n"
     "  octune schema run\n",
     schema_flags, run_schema},
    {"doctor", "Show versions, the CPU's features and whether int8 is native", "  octune doctor\n", add_screen_flags,
     run_doctor},
}};

}  // namespace

std::span<const Command> commands() { return kCommands; }

}  // namespace octune::cli
