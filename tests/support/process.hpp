#pragma once

#include <chrono>
#include <csignal>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <sys/types.h>

namespace neurocards::test {

/// How long tests wait for what is to happen soon: only a fault uses it up, on a machine as busy as
/// it may be. A shorter wait says what would bring the awaited about all the same.
inline constexpr std::chrono::seconds patience{60};

/// A program under test. Its output goes to a file; it is killed with the object.
class process {
public:
  /// `environment` is added to ours; PATH and the like are inherited. Throws std::runtime_error
  /// when the program cannot be started.
  process(const std::string& program, const std::vector<std::string>& arguments,
          const std::map<std::string, std::string>& environment, std::string log_file,
          const std::string& working_directory = {});
  ~process();

  process(const process&) = delete;
  process& operator=(const process&) = delete;

  pid_t pid() const { return pid_; }
  void signal(int number) const;

  /// SIGKILL and wait.
  void kill();

  /// Exit code once it has ended by itself, 128 + signal when killed; throws on timeout.
  int wait(std::chrono::milliseconds limit = patience);

  bool running();

  /// Everything written so far to standard output and error.
  std::string output() const;

private:
  pid_t pid_ = -1;
  int status_ = -1; // exit code once known
  std::string log_file_;
};

/// Runs a program to its end; throws std::runtime_error with its output if it fails.
void run_tool(const std::vector<std::string>& words);

/// Polls until `condition` holds; throws std::runtime_error naming `subject` after `limit`, and
/// writes to standard error how the output of each program under test ends.
void wait_until(const std::string& subject, const std::function<bool()>& condition,
                std::chrono::milliseconds limit = patience);

/// Polls until `holds()`, for `patience` at most; false if it never did.
bool eventually(const std::function<bool()>& holds);

/// A directory that is removed with the object.
class temporary_directory {
public:
  explicit temporary_directory(const std::string& prefix = "neurocards");
  ~temporary_directory();
  temporary_directory(const temporary_directory&) = delete;
  temporary_directory& operator=(const temporary_directory&) = delete;

  const std::string& path() const { return path_; }
  std::string file(const std::string& name) const { return path_ + "/" + name; }

private:
  std::string path_;
};

/// A TCP port of loopback that was free a moment ago.
uint16_t free_port();

} // namespace neurocards::test
