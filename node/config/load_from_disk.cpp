#include "node/config/certificates.hpp"
#include "node/config/load.hpp"
#include "node/config/secrets.hpp"
#include "node/config/tidy_text.hpp"
#include "node/config/value.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

extern char** environ; // NOLINT: POSIX's name

/// The only place that touches files and the environment for settings.
namespace neurocards::config {

namespace {

struct file_text {
  std::optional<std::string> text;
  std::string error; // empty, or why there is no text
};

constexpr size_t longest_file = 16U << 20;
constexpr int pipe_limit_ms = 5000;
constexpr auto silent_pipe = "is a pipe into which nobody writes";

/// Reads to the end. Returns what kept it from that; empty: nothing.
std::string read_all(int file, std::string& text) {
  std::array<char, 16'384> piece{};
  while (const ssize_t size = ::read(file, piece.data(), piece.size())) {
    pollfd more{file, POLLIN, 0};
    if (size > 0)
      text.append(piece.data(), static_cast<size_t>(size));
    else if (errno == EAGAIN && ::poll(&more, 1, pipe_limit_ms) == 0)
      return silent_pipe;
    else if (errno != EAGAIN && errno != EINTR)
      return std::strerror(errno);
    if (text.size() > longest_file)
      return "is larger than 16 MB";
  }
  struct stat status {};
  const bool pipe = ::fstat(file, &status) == 0 && S_ISFIFO(status.st_mode);
  return pipe && text.empty() ? silent_pipe : "";
}

/// Whoever opens a pipe waits for somebody to write, and the thread that reads settings is the one
/// that hears signals: nothing is waited for without a limit.
file_text read_text(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0)
    return {std::nullopt, std::strerror(errno)};
  std::string text;
  auto fault = read_all(file, text);
  ::close(file);
  if (!fault.empty())
    return {std::nullopt, std::move(fault)};
  return {std::move(text), ""};
}

variables environment() {
  variables result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text{*entry};
    if (const auto equals = text.find('='); equals != std::string_view::npos)
      result.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return result;
}

/// Value of the last `--config-file=`; empty: none.
std::string config_file(const std::vector<std::string>& options) {
  constexpr std::string_view flag = "--config-file=";
  std::string result;
  for (const auto& x : options)
    if (x.rfind(flag, 0) == 0)
      result = x.substr(flag.size());
  return result;
}

/// Secrets that stand in files, as containers and systemd hand them over: NAME_FILE names the file.
/// A variable of the name itself wins.
void read_secret_files(sources& from, std::vector<std::string>& faults) {
  const auto named = merged(from.environment, parse_dot_env(from.dot_env).values);
  for (const auto& x : secret_variables()) {
    const auto file = named.find(x.variable + "_FILE");
    if (file == named.end() || named.contains(x.variable))
      continue;
    const auto path = tidy_value(file->first, file->second);
    errno = 0;
    const auto content = read_text(path);
    if (!content.text) {
      faults.push_back(file->first + ": " + quote(path) + " cannot be read: " + content.error);
      continue;
    }
    auto tidy = tidy_text(*content.text);
    if (tidy.fault.empty() && tidy_value(x.variable, tidy.text).empty())
      tidy.fault = "is empty";
    if (!tidy.fault.empty())
      faults.push_back(file->first + ": " + quote(path) + " " + tidy.fault);
    from.environment[x.variable] = std::move(tidy.text);
  }
}

void read_variables(sources& from, std::vector<std::string>& faults) {
  if (::access(".env", F_OK) == 0) {
    errno = 0;
    auto dot_env = read_text(".env");
    if (!dot_env.text)
      faults.push_back(".env: cannot be read: " + dot_env.error);
    from.dot_env = dot_env.text.value_or("");
  }
  from.environment = environment();
  read_secret_files(from, faults);
}

} // namespace

variables variables_from_disk() {
  sources from;
  std::vector<std::string> faults; // told by load_from_disk already
  read_variables(from, faults);
  auto result = merged(from.environment, parse_dot_env(from.dot_env).values);
  for (auto& [name, value] : result)
    value = tidy_value(name, value);
  return result;
}

loaded load_from_disk(std::vector<std::string> options, need purpose) {
  sources from;
  std::vector<std::string> faults;
  const auto named = config_file(options);
  if (!named.empty())
    from.file = named;
  errno = 0;
  auto file = read_text(from.file);
  from.text = std::move(file.text);
  if (!from.text && (!named.empty() || ::access(from.file.c_str(), F_OK) == 0))
    faults.push_back((named.empty() ? "" : "--config-file: ") + quote(from.file)
                     + " cannot be read: " + file.error);
  read_variables(from, faults);
  from.options = std::move(options);
  auto result = load(from, purpose);
  if (purpose == need::services) {
    const auto& tls = result.settings.cluster.tls;
    for (auto& x : faults_of_certificates(tls))
      faults.push_back(std::move(x));
    for (auto& x : certificate_warnings(tls))
      result.warnings.push_back(std::move(x));
  }
  result.faults.insert(result.faults.begin(), faults.begin(), faults.end());
  return result;
}

} // namespace neurocards::config
