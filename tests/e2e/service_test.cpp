#include "tests/support/notify_socket.hpp"
#include "tests/support/world.hpp"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

using namespace neurocards::test;
using namespace std::chrono_literals;

/// The node as a service: what the service manager hears, and its log file.

namespace {

/// Whether a file has come to contain the text.
bool holds(const std::string& path, const std::string& text) {
  std::ifstream in{path};
  const std::string all{std::istreambuf_iterator<char>{in}, {}};
  return all.find(text) != std::string::npos;
}

/// Lets what is started here write cores, where it does not forbid that itself. Without the right
/// to raise a limit of 0, nobody here can write any.
void allow_cores() {
  const rlimit all{RLIM_INFINITY, RLIM_INFINITY};
  rlimit own{};
  if (::setrlimit(RLIMIT_CORE, &all) == 0 || ::getrlimit(RLIMIT_CORE, &own) != 0)
    return;
  own.rlim_cur = own.rlim_max;
  ::setrlimit(RLIMIT_CORE, &own);
}

} // namespace

TEST_SUITE_BEGIN("e2e/service");

TEST_CASE("e2e: systemd hears that a node is ready, that it lives, reloads and stops") {
  world w;
  const neurocards::test::notify_socket systemd{w.folder().file("notify")};
  w.variables = {{"NOTIFY_SOCKET", w.folder().file("notify")}, {"WATCHDOG_USEC", "600000"}};
  auto& node = w.start_node();
  CHECK(systemd.hears("READY=1"));
  CHECK(systemd.hears("WATCHDOG=1"));
  CHECK(systemd.hears("WATCHDOG=1"));
  node.signal(SIGHUP);
  CHECK(systemd.hears("RELOADING=1\nMONOTONIC_USEC="));
  CHECK(systemd.hears("READY=1"));
  CHECK(systemd.hears("WATCHDOG=1"));
  node.signal(SIGTERM);
  CHECK(systemd.hears("STOPPING=1"));
  CHECK(node.wait() == 0);
}

TEST_CASE("e2e: a node goes on with a new log file when the old one was moved away") {
  world w;
  const auto file = w.folder().file("bot.log");
  auto& node = w.launch_node({"--log.file=" + file});
  wait_until("the start", [&] { return holds(file, "run.started"); });
  std::filesystem::rename(file, file + ".1");
  node.signal(SIGHUP);
  wait_until("the new file", [&] { return holds(file, "run.reopened_log"); });
  CHECK(holds(file + ".1", "run.started"));
  CHECK_FALSE(holds(file, "run.started"));
  node.signal(SIGTERM);
  CHECK(node.wait() == 0);
  CHECK(holds(file, "run.ended"));
}

TEST_CASE("e2e: a node whose log file cannot be opened anew goes on with the old one") {
  world w;
  const auto file = w.folder().file("bot.log");
  auto& node = w.launch_node({"--log.file=" + file});
  wait_until("the start", [&] { return holds(file, "run.started"); });
  std::filesystem::rename(file, file + ".1");
  std::filesystem::create_directory(file);
  node.signal(SIGHUP);
  wait_until("the complaint", [&] { return holds(file + ".1", "log.not_reopened"); });
  wait_until("the end of the reload", [&] { return holds(file + ".1", "run.reopened_log"); });
  std::filesystem::remove(file);
  node.signal(SIGHUP);
  wait_until("the new file", [&] { return holds(file, "run.reopened_log"); });
  node.signal(SIGTERM);
  CHECK(node.wait() == 0);
  CHECK(holds(file, "run.ended"));
}

TEST_CASE("e2e: SIGHUP during a drain rotates the log and ends nothing") {
  world w;
  w.options.emplace_back("--drain.limit=5s");
  auto& node = w.start_node();
  w.services.post("script",
                  {{"service", "telegram"}, {"operation", "sendMessage"}, {"how", "hang"}});
  w.services.post("send", {{"user", 7}, {"text", "/start"}});
  wait_until("a message that hangs", [&] {
    const auto calls = w.services.get("calls?service=telegram&operation=sendMessage");
    return calls.at("counters").contains("telegram.sendMessage");
  });
  node.signal(SIGTERM);
  wait_until("the drain", [&] { return node.output().find("run.stops") != std::string::npos; });
  CHECK(node.output().find("run.ended") == std::string::npos); // it is held up
  node.signal(SIGHUP);
  CHECK(node.wait() == 0);
  CHECK(node.output().find("run.ended ") != std::string::npos);
  CHECK(node.output().find("run.ended_at_once") == std::string::npos);
}

TEST_CASE("e2e: settings in a pipe into which nobody writes keep no node from ending") {
  world w;
  const auto file = w.folder().file("cluster.conf");
  std::ofstream{file} << "# nothing\n";
  auto& node = w.start_node({"--config-file=" + file});
  std::filesystem::remove(file);
  REQUIRE(::mkfifo(file.c_str(), 0600) == 0);
  node.signal(SIGHUP);
  wait_until("the refusal", [&] {
    return node.output().find("is a pipe into which nobody writes") != std::string::npos;
  });
  node.signal(SIGTERM);
  CHECK(node.wait() == 0);
}

TEST_CASE("e2e: a running node writes no cores") {
  allow_cores();
  world w;
  auto& node = w.start_node();
  std::ifstream in{"/proc/" + std::to_string(node.pid()) + "/limits"};
  const std::string limits{std::istreambuf_iterator<char>{in}, {}};
  const auto line = limits.substr(limits.find("Max core file size"));
  CHECK(line.substr(0, line.find('\n')).find(" 0 ") != std::string::npos);
}

TEST_SUITE_END();
