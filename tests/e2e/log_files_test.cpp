#include "tests/support/world.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

// The owner's two files, at his path: bot.log and worker-1.log, as the shipped units can be told.

using namespace neurocards::test;
using namespace std::chrono_literals;

namespace {

constexpr const char* owners_folder = "/var/neurocards/neurocards-bot";

std::string content(const std::string& path) {
  std::ifstream in{path};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// One node for the bot and one for a worker, each of which sees a /var of the test's own.
struct two_units : world {
  const std::string var = folder().file("var");
  const std::string logs = var + std::string{owners_folder}.substr(4); // as seen from outside
  std::vector<std::unique_ptr<process>> nodes;

  two_units() {
    std::filesystem::create_directories(logs);
    std::ofstream{folder().file("hosts.conf")}
      << "cluster { nodes = [\n"
         "  { name = \"bot\", host = \"127.0.0.1\", port = 0, roles = [\"gateway\", \"notifier\", "
         "\"coordinator\"] },\n"
         "  { name = \"worker-1\", host = \"127.0.0.1\", port = 0, roles = [\"worker\"] },\n"
         "] }\n";
    process trial{"/usr/bin/unshare", inside({"true"}), {}, folder().file("unshare")};
    if (trial.wait() == 0)
      return;
    std::cerr << "skipped: no mount namespaces here: " << trial.output();
    std::exit(77); // SKIP_RETURN_CODE of tests/CMakeLists.txt
  }

  /// The arguments of unshare for a command that has our folder as its /var.
  std::vector<std::string> inside(const std::vector<std::string>& command) const {
    std::vector<std::string> result{"--mount"};
    if (::geteuid() != 0)
      result.emplace_back("--map-root-user");
    for (const auto* word : {"--", "/bin/sh", "-c", "mount --bind \"$0\" /var && exec \"$@\""})
      result.emplace_back(word);
    result.push_back(var);
    result.insert(result.end(), command.begin(), command.end());
    return result;
  }

  /// Starts a unit with the options that its file shows; returns once it works.
  process& start(const std::string& name, const std::string& file) {
    std::vector<std::string> command{built("neurocards"),
                                     "run",
                                     "--migrate",
                                     "--node=" + name,
                                     "--config-file=" + folder().file("hosts.conf"),
                                     std::string{"--log.file="} + owners_folder + "/" + file};
    command.insert(command.end(), options.begin(), options.end());
    nodes.push_back(std::make_unique<process>("/usr/bin/unshare", inside(command), environment(),
                                              folder().file(name + ".out"), folder().path()));
    wait_until(name, [&] {
      if (!nodes.back()->running())
        throw std::runtime_error(name + " ended: " + nodes.back()->output() + log(file));
      return says(file, "run.started");
    });
    return *nodes.back();
  }

  std::string log(const std::string& file) const { return content(logs + "/" + file); }
  bool says(const std::string& file, const std::string& text) const {
    return log(file).find(text) != std::string::npos;
  }

  std::string job_of(int64_t user) {
    return db.value("SELECT id FROM jobs WHERE tg_user_id = " + std::to_string(user));
  }

  /// Whether a file tells that the job of this user was completed.
  bool tells_of(const std::string& file, int64_t user) {
    std::istringstream lines{log(file)};
    for (std::string line; std::getline(lines, line);)
      if (line.find("job.completed") != std::string::npos
          && line.find(job_of(user)) != std::string::npos)
        return true;
    return false;
  }
};

} // namespace

TEST_SUITE_BEGIN("e2e/log_files");

TEST_CASE_FIXTURE(two_units, "e2e: bot and worker log to the owner's files, also after rotation") {
  auto& bot = start("bot", "bot.log");
  auto& worker = start("worker-1", "worker-1.log");
  order(7);
  expect(7, "✅ Видео готово!");
  wait_until("the worker's line", [&] { return tells_of("worker-1.log", 7); });

  // As deploy/logrotate/neurocards does it.
  for (const auto* file : {"bot.log", "worker-1.log"})
    std::filesystem::rename(logs + "/" + file, logs + "/" + file + ".1");
  bot.signal(SIGHUP);
  worker.signal(SIGHUP);
  for (const auto* file : {"bot.log", "worker-1.log"})
    wait_until("the new file", [&] { return says(file, "run.reopened_log"); });
  order(8);
  expect(8, "✅ Видео готово!");
  wait_until("the worker's line", [&] { return tells_of("worker-1.log", 8); });
  for (auto* node : {&worker, &bot}) {
    node->signal(SIGTERM);
    CHECK(node->wait() == 0);
  }

  // What was before stands in the old files, what came after in the new ones, each in its own.
  for (const auto* file : {"bot.log", "worker-1.log"}) {
    CAPTURE(file);
    const auto old = std::string{file} + ".1";
    CHECK(says(old, "run.started"));
    CHECK_FALSE(says(old, "run.ended"));
    CHECK_FALSE(says(file, "run.started"));
    CHECK(says(file, "run.ended"));
  }
  CHECK(tells_of("worker-1.log.1", 7));
  CHECK_FALSE(tells_of("worker-1.log.1", 8));
  CHECK_FALSE(tells_of("worker-1.log", 7));
  for (const auto* file : {"bot.log", "bot.log.1"}) {
    CHECK_FALSE(says(file, "job.completed"));
    CHECK_FALSE(says(file, "worker-1.log"));
  }
  CHECK(says("bot.log.1", "node=bot"));
  CHECK(says("worker-1.log.1", "node=worker-1"));
  // Nothing went beside them.
  CHECK(content(folder().file("bot.out")).empty());
  CHECK(content(folder().file("worker-1.out")).empty());
}

TEST_SUITE_END();
