#include "node/cli/command_line.hpp"
#include "node/cli/verbs.hpp"
#include "node/process.hpp"

#include "base/log.hpp"
#include "protocol/fwd.hpp"

#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>

namespace {

using namespace neurocards;

constexpr int wrong_usage_code = 2;

int complain(const std::string& text) {
  std::cerr << text << "\nneurocards --help shows how the program is called.\n";
  return wrong_usage_code;
}

/// Only a running node writes to the log file; the other verbs speak to a person at a terminal.
void start_log(const command_line::verb& verb, const config::logging& settings) {
  if (verb.logs)
    log::start({settings.level, settings.format == "json", settings.file});
  else
    log::start({log::level::warn, false, ""});
}

int perform(const command_line::call& call) {
  verbs::invocation in{config::load_from_disk(call.options, call.verb->need), call.words,
                       call.flags, call.values, call.options};
  if (!in.config.faults.empty()) {
    for (const auto& fault : in.config.faults)
      std::cerr << fault << '\n';
    return wrong_usage_code;
  }
  try {
    start_log(*call.verb, in.config.settings.log);
  } catch (const std::exception& err) {
    std::cerr << "log.file: cannot be written: " << err.what() << '\n';
    return wrong_usage_code;
  }
  if (call.verb->logs)
    for (const auto& text : in.config.warnings)
      log::warn("config.warned", "text", text);
  return call.verb->perform(in);
}

int start(const std::vector<std::string>& arguments) {
  const auto call = command_line::parse(arguments);
  if (!call.wrong.empty())
    return complain(call.wrong);
  if (!call.answer.empty()) {
    std::cout << call.answer;
    return 0;
  }
  if (call.verb->logs)
    hold_back_reloads(); // from the first moment: until they are waited for, they end us
  try {
    return perform(call);
  } catch (const verbs::wrong_usage& err) {
    return complain(err.text);
  }
}

} // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN); // NOLINT: a reader that left is no reason to die
  std::signal(SIGXFSZ, SIG_IGN); // NOLINT: nor is a file that may not grow
  neurocards::keep_standard_streams();
  neurocards::write_in_background();
  neurocards::keep_own_access();
  neurocards::guard_memory();
  neurocards::raise_file_limit();
  try {
    neurocards::init_protocol();
    const int code = start({argv + 1, argv + argc});
    neurocards::log::flush();
    return neurocards::finish_output(code);
  } catch (const std::exception& err) {
    std::cerr << "neurocards: " << err.what() << '\n';
  } catch (...) {
    std::cerr << "neurocards: failed for a reason that cannot be told\n";
  }
  neurocards::log::flush();
  return 1;
}
