#include "node/cli/operator_action.hpp"

#include "node/operators.hpp"

#include <array>
#include <cstdlib>
#include <iostream>
#include <stdexcept>

#include <pwd.h>
#include <unistd.h>

namespace neurocards::verbs {

namespace {

bool has_terminal() {
  return isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1;
}

/// One line from the terminal; empty at its end.
std::string asked(const std::string& question) {
  std::cerr << question << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  return answer;
}

std::string login_name() {
  if (const char* behind_sudo = std::getenv("SUDO_USER"); behind_sudo && *behind_sudo != '\0')
    return behind_sudo;
  passwd entry{};
  passwd* found = nullptr;
  std::array<char, 4096> space{};
  if (getpwuid_r(getuid(), &entry, space.data(), space.size(), &found) == 0 && found != nullptr)
    return entry.pw_name;
  return "uid " + std::to_string(getuid());
}

} // namespace

std::string reason_of(const invocation& in) {
  const auto given = in.values.find("--reason");
  auto reason = given != in.values.end() ? given->second
                : has_terminal()         ? asked("Reason (kept in operator_actions): ")
                                         : "";
  if (operators::is_blank(reason))
    throw wrong_usage{"--reason: missing; say why you do this, as --reason=TEXT"};
  return reason;
}

std::string operator_name() {
  std::array<char, 256> host{};
  gethostname(host.data(), host.size() - 1);
  return login_name() + "@" + host.data();
}

void confirm(const invocation& in, const std::string& question) {
  if (in.flags.contains("--yes"))
    return;
  if (!has_terminal())
    throw wrong_usage{question + " Without a terminal, --yes says so"};
  if (const auto answer = asked(question + " [y/N] "); answer != "y" && answer != "yes")
    throw std::runtime_error{"nothing was done"};
}

} // namespace neurocards::verbs
