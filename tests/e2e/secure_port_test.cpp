#include "tests/support/folders.hpp"
#include "tests/support/stranger.hpp"
#include "tests/support/world.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <memory>
#include <random>

using namespace neurocards::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

/// Two nodes that prove themselves with certificates of script/cluster-certs.
struct secure_world : world {
  const uint16_t port = free_port();

  secure_world() {
    make_authority("ours");
    std::string nodes = R"(--cluster.nodes=[{name="bot",host="127.0.0.1",port=)";
    nodes += std::to_string(port);
    nodes +=
      R"(,roles=["gateway","notifier","coordinator"]},{name="worker-1",host="127.0.0.1",port=0,roles=["worker"]}])";
    options.push_back(nodes);
  }

  void make_authority(const std::string& name) const {
    std::string call{neurocards::test::in_source("script/cluster-certs ")};
    call += folder().file(name) + " bot=127.0.0.1 worker-1 node >/dev/null 2>&1";
    REQUIRE(std::system(call.c_str()) == 0); // NOLINT: a test's shell
  }

  process& start(const std::string& node, const std::string& authority = "ours") {
    const auto pki = folder().file(authority) + "/";
    return start_node({"--node=" + node, "--cluster.tls.certificate=" + pki + node + ".pem",
                       "--cluster.tls.key=" + pki + node + ".key",
                       "--cluster.tls.ca=" + pki + "ca.pem"});
  }

  /// What the coordinator says of its connection to the worker.
  std::string connection() {
    const auto all = json::parse(verb({"status", "--json"}).output);
    if (all["cluster"].is_object())
      for (const auto& x : all["cluster"]["nodes"])
        if (x["name"] == "worker-1")
          return x["connection"];
    return "";
  }

  /// Exit code of a plain CAF node that dials the port.
  int dial(const std::vector<std::string>& more) const {
    std::vector<std::string> call{"dial", std::to_string(port)};
    call.insert(call.end(), more.begin(), more.end());
    process peer{built("remoting_peer"), call, {}, folder().file("peer.log")};
    return peer.wait();
  }
};

} // namespace

TEST_SUITE_BEGIN("e2e/secure_port");

TEST_CASE_FIXTURE(secure_world,
                  "e2e: certificates that others replaced are judged again on SIGHUP") {
  auto& bot = start("bot");
  const auto says = [&](const std::string& text) {
    return bot.output().find(text) != std::string::npos;
  };
  CHECK_FALSE(says("expires on"));
  const auto pki = folder().file("ours");
  const auto run = [&](const std::string& command) {
    REQUIRE(std::system(("cd " + pki + " && ( " + command + " ) >/dev/null 2>&1").c_str())
            == 0); // NOLINT: a test's shell
  };
  run("openssl req -new -key bot.key -subj /CN=bot -out r && openssl x509 -req -in r -CA ca.pem "
      "-CAkey ca.key -set_serial 7 -days 3 -out short.pem && mv short.pem bot.pem");
  bot.signal(SIGHUP);
  wait_until("the short life of the new one", [&] { return says("expires on"); });
  CHECK_FALSE(says("run.certificate_refused"));

  make_authority("foreign");
  run("cp ../foreign/bot.pem ../foreign/bot.key .");
  bot.signal(SIGHUP);
  wait_until("the foreign authority", [&] { return says("run.certificate_refused"); });
  CHECK(says("cluster.tls.certificate: "));
  CHECK(bot.running());
}

TEST_CASE_FIXTURE(secure_world,
                  "e2e: strangers, noise and silence on the remoting port stop no order") {
  auto& bot = start("bot");
  start("worker-1");
  wait_until("the worker to be connected", [&] { return connection() == "connected"; });

  CHECK(dial({}) == 1); // plain text
  make_authority("foreign");
  CHECK(dial({"--tls=" + folder().file("foreign")}) == 1);
  std::mt19937 random{4711}; // NOLINT: the same bytes every time
  std::vector<std::unique_ptr<stranger>> strangers;
  for (int i = 0; i < 400; ++i) {
    strangers.push_back(std::make_unique<stranger>(port));
    std::string noise;
    for (auto left = i % 4 == 0 ? random() % 200 : 0; left > 0; --left)
      noise += static_cast<char>(random());
    strangers.back()->send(noise); // most say nothing, and all stay
  }

  order(7);
  expect(7, "✅ Видео готово!");
  CHECK(bot.running());
  CHECK(connection() == "connected");
  db.check_promises();
}

TEST_CASE_FIXTURE(
  secure_world,
  "e2e: a node with another authority's certificate is not let in, and works on by its own file") {
  auto& bot = start("bot");
  make_authority("foreign");
  auto& worker = start("worker-1", "foreign");
  wait_until("the worker to give up",
             [&] { return worker.output().find("cluster.no_placement") != std::string::npos; });
  order(7);
  expect(7, "✅ Видео готово!");
  CHECK(connection() != "connected");
  CHECK(bot.running());
  db.check_promises();
}

TEST_SUITE_END();
