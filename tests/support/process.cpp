#include "tests/support/process.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <mutex>
#include <set>
#include <sstream>
#include <stdexcept>
#include <thread>

extern char** environ;

namespace neurocards::test {

namespace {

std::vector<std::string> merged_environment(const std::map<std::string, std::string>& added) {
  std::vector<std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string line = *entry;
    if (!added.contains(line.substr(0, line.find('='))))
      result.push_back(line);
  }
  for (const auto& [name, value] : added)
    result.push_back(name + "=" + value);
  return result;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  for (auto& x : strings)
    result.push_back(x.data());
  result.push_back(nullptr);
  return result;
}

constexpr size_t tail_bytes = 20'000; // of a program's output, where a wait is given up

struct {
  std::mutex mutex;
  std::set<const process*> all;
} programs;

/// A wait that is given up says nothing of why, and the logs are removed with their folder.
void show_logs() {
  const std::lock_guard guard{programs.mutex};
  for (const auto* program : programs.all) {
    const auto all = program->output();
    const auto from = all.size() > tail_bytes ? all.find('\n', all.size() - tail_bytes) : 0;
    std::cerr << "process " << program->pid() << " ends with:\n"
              << all.substr(std::min(from, all.size())) << "\n";
  }
}

} // namespace

process::process(const std::string& program, const std::vector<std::string>& arguments,
                 const std::map<std::string, std::string>& environment, std::string log_file,
                 const std::string& working_directory)
  : log_file_(std::move(log_file)) {
  std::vector<std::string> args{program};
  args.insert(args.end(), arguments.begin(), arguments.end());
  auto env = merged_environment(environment);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, log_file_.c_str(), O_WRONLY | O_CREAT | O_APPEND,
                                   0644);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  if (!working_directory.empty())
    posix_spawn_file_actions_addchdir_np(&actions, working_directory.c_str());
  const int err = posix_spawn(&pid_, program.c_str(), &actions, nullptr, pointers(args).data(),
                              pointers(env).data());
  posix_spawn_file_actions_destroy(&actions);
  if (err != 0)
    throw std::runtime_error("cannot start " + program + ": " + std::strerror(err));
  const std::lock_guard guard{programs.mutex};
  programs.all.insert(this);
}

process::~process() {
  {
    const std::lock_guard guard{programs.mutex};
    programs.all.erase(this);
  }
  if (running())
    kill();
}

void process::signal(int number) const {
  ::kill(pid_, number);
}

void process::kill() {
  if (!running())
    return;
  ::kill(pid_, SIGCONT);
  ::kill(pid_, SIGKILL);
  int raw = 0;
  ::waitpid(pid_, &raw, 0);
  status_ = 128 + SIGKILL;
}

bool process::running() {
  if (status_ >= 0)
    return false;
  int raw = 0;
  if (::waitpid(pid_, &raw, WNOHANG) != pid_)
    return true;
  status_ = WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
  return false;
}

int process::wait(std::chrono::milliseconds limit) {
  wait_until(
    "the end of process " + std::to_string(pid_), [this] { return !running(); }, limit);
  return status_;
}

std::string process::output() const {
  std::ifstream in{log_file_, std::ios::binary};
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

void run_tool(const std::vector<std::string>& words) {
  const test::temporary_directory folder;
  test::process tool{words.front(), {words.begin() + 1, words.end()}, {}, folder.file("log")};
  if (tool.wait() == 0)
    return;
  std::string command;
  for (const auto& x : words)
    command += x + ' ';
  throw std::runtime_error{command + "failed: " + tool.output()};
}

/// Between two looks, not instead of one: most tests wait most of their time, and looks by HTTP or
/// SQL would take a processor from whom they wait for. What takes long is looked at less often, so
/// that at most an eighth is added to a wait.
void wait_until(const std::string& subject, const std::function<bool()>& condition,
                std::chrono::milliseconds limit) {
  using namespace std::chrono_literals;
  using clock = std::chrono::steady_clock;
  const auto start = clock::now();
  for (;;) {
    const auto begin = clock::now();
    if (condition())
      return;
    const auto end = clock::now();
    if (end > start + limit) {
      show_logs();
      throw std::runtime_error("gave up waiting for " + subject);
    }
    const auto rest = std::max(8 * (end - begin), (end - start) / 8);
    std::this_thread::sleep_for(std::clamp<clock::duration>(rest, 10ms, 100ms));
  }
}

bool eventually(const std::function<bool()>& holds) {
  using namespace std::chrono_literals;
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline)
      return false;
    std::this_thread::sleep_for(2ms);
  }
  return true;
}

temporary_directory::temporary_directory(const std::string& prefix) {
  std::string pattern = std::filesystem::temp_directory_path() / (prefix + "-XXXXXX");
  if (mkdtemp(pattern.data()) == nullptr)
    throw std::runtime_error("cannot make a temporary directory");
  path_ = pattern;
}

temporary_directory::~temporary_directory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

uint16_t free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address);
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length);
  ::close(fd);
  return ntohs(address.sin_port);
}

} // namespace neurocards::test
