// Copyright (C) 2026 octune authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/arguments.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "base/suggest.hpp"
#include "octune/error.hpp"

namespace octune::cli {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  octune quantize model.onnx -o out --data images/\n"
    "  octune -c pot_config.json -o out\n"
    "  octune benchmark model.onnx out/model.xml\n\n"
    "Exit codes: 0 done, 1 internal or runtime error, 2 bad input or configuration, 3 model or device unsupported,\n"
    "nothing quantized or float is faster, 4 the accuracy asked for is not kept, 130 interrupted.\n";

bool is_option(const std::string& argument) { return argument.size() > 1 && argument.front() == '-'; }

/// "octune -c FILE ..." is "octune quantize -c FILE ...".
void insert_default_command(std::vector<std::string>& arguments) {
  if (arguments.empty() || !is_option(arguments.front())) return;
  const bool config = std::any_of(arguments.begin(), arguments.end(), [](const std::string& argument) {
    return argument == "-c" || argument == "--config" || argument.starts_with("--config=");
  });
  if (config) arguments.insert(arguments.begin(), "quantize");
}

/// Writes "--shuffle,--no-shuffle" where CLI11 would add the value of each negative name: "--no-shuffle{false}".
class PlainSwitches : public CLI::Formatter {
 public:
  std::string make_option_name(const CLI::Option* option, bool is_positional) const override {
    std::string name = CLI::Formatter::make_option_name(option, is_positional);
    constexpr std::string_view kValue = "{false}";
    for (auto at = name.find(kValue); at != std::string::npos; at = name.find(kValue)) name.erase(at, kValue.size());
    return name;
  }
};

std::vector<std::string> option_names(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

[[noreturn]] void refuse_extras(const CLI::App& command, const std::vector<std::string>& extras) {
  const auto option = std::find_if(extras.begin(), extras.end(), is_option);
  if (option == extras.end()) {
    throw Error(ErrorKind::input, fmt::format("octune {}: unexpected argument '{}'; see 'octune {} --help'",
                                              command.get_name(), extras.front(), command.get_name()));
  }
  const std::string name = option->substr(0, option->find('='));
  const std::vector<std::string> near = base::closest(name, option_names(command), 1);
  throw Error(ErrorKind::input,
              fmt::format("octune {}: unknown option '{}'; {}see 'octune {} --help'", command.get_name(), name,
                          near.empty() ? "" : fmt::format("did you mean '{}'? ", near.front()), command.get_name()));
}

void check_command(const std::vector<std::string>& arguments) {
  std::vector<std::string> names;
  for (const Command& command : commands()) names.emplace_back(command.name);
  if (arguments.empty()) {
    throw Error(ErrorKind::input,
                fmt::format("octune: no command given; {}, see 'octune --help'", base::did_you_mean("", names)));
  }
  const std::string& first = arguments.front();
  if (is_option(first)) {
    if (first == "-h" || first == "--help" || first == "--version") return;
    throw Error(ErrorKind::input, fmt::format("octune: option '{}' comes before the command; {}, see 'octune --help'",
                                              first, base::did_you_mean("", names)));
  }
  if (std::find(names.begin(), names.end(), first) == names.end()) {
    throw Error(ErrorKind::input,
                fmt::format("octune: unknown command '{}'; {}", first, base::did_you_mean(first, names)));
  }
}

}  // namespace

Arguments parse_arguments(std::vector<std::string> arguments) {
  Arguments result;
  insert_default_command(arguments);
  check_command(arguments);

  const auto formatter = std::make_shared<PlainSwitches>();
  CLI::App app("Makes neural networks smaller and faster in int8 and shows what it costs in accuracy.", "octune");
  app.set_version_flag("--version", OCTUNE_VERSION);
  app.footer(kExamples);
  app.require_subcommand(0, 1);  // behind a command its name is an argument: octune schema benchmark
  for (const Command& command : commands()) {
    CLI::App* sub = app.add_subcommand(std::string(command.name), std::string(command.summary));
    sub->formatter(formatter);
    sub->footer("Examples:\n" + std::string(command.examples));
    sub->allow_extras();
    command.add_flags(*sub, result.flags);
  }
  try {
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    app.parse(std::move(reversed));
  } catch (const CLI::CallForHelp&) {
    result.text = app.help();  // of the command that was named
    return result;
  } catch (const CLI::CallForVersion&) {
    result.text = "octune " OCTUNE_VERSION "\n";
    return result;
  } catch (const CLI::ParseError& error) {
    throw Error(ErrorKind::input, fmt::format("octune {}: {}; see 'octune {} --help'", arguments.front(), error.what(),
                                              arguments.front()));
  }
  const CLI::App* chosen = app.get_subcommands().front();
  if (const std::vector<std::string> extras = chosen->remaining(); !extras.empty()) refuse_extras(*chosen, extras);
  for (const Command& command : commands()) {
    if (command.name == chosen->get_name()) result.command = &command;
  }
  return result;
}

}  // namespace octune::cli
