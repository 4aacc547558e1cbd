#include "node/config/system_config.hpp"
#include "protocol/actors.hpp"
#include "tests/cluster/cluster.hpp"
#include "tests/cluster/stranger.hpp"

#include <doctest/doctest.h>

#include <random>

#include <caf/event_based_actor.hpp>
#include <caf/openssl/remote_actor.hpp>
#include <caf/scoped_actor.hpp>

using namespace neurocards::test::cluster;

namespace {

const entry bot{"bot", {"gateway", "notifier", "coordinator"}};
const entry worker{"worker", {"worker"}, 20};

struct strangers : world {
  strangers() : world({bot, worker}) {
    start("bot");
    wait("the port", [this] { return logged("bot", "cluster.listens"); });
  }

  stranger call() { return {net().address_of("bot"), port}; }

  /// The port still serves who belongs here, and the bot its customers.
  void expect_service() {
    if (!runs("worker"))
      start("worker");
    wait("the worker to be connected",
         [this] { return connection("bot", "worker") == "connected"; });
    crowd(2, 1, 1);
    wait("a video", [this] { return videos() == 2; });
    CHECK(node("bot").running());
    finish();
  }
};

/// The same bytes each time.
std::string noise(uint32_t seed, size_t length) {
  std::mt19937 dice{seed};
  std::string result;
  while (result.size() < length)
    result += static_cast<char>(dice() & 255U);
  return result;
}

/// What a node of CAF without TLS says first: a handshake that announces a body which never comes.
std::string plain_handshake(uint32_t announced) {
  std::string result(32, '\0');
  for (size_t i = 0; i < 4; ++i)
    result[4 + i] = static_cast<char>(announced >> (24 - 8 * i));
  result[15] = 8; // version of its protocol
  return result;
}

} // namespace

TEST_SUITE_BEGIN("cluster/port");

TEST_CASE_FIXTURE(strangers, "cluster: plain text and random bytes on the port harm nobody") {
  for (uint32_t i = 0; i < 100; ++i) {
    auto x = call();
    x.say(noise(i, 1 + i * 37 % 3'000));
    if (i % 3 == 0)
      x.reset();
    else if (i % 10 == 1)
      CHECK(x.is_thrown_out(30s));
  }
  for (const auto& text : {std::string{"GET / HTTP/1.1\r\nHost: bot\r\n\r\n"}, plain_handshake(0),
                           plain_handshake(0xFFFFFFFF), std::string(64, '\0')}) {
    auto x = call();
    x.say(text);
    CHECK(x.is_thrown_out(30s));
  }
  expect_service();
}

TEST_CASE_FIXTURE(strangers, "cluster: nobody comes in without a certificate of this cluster") {
  CHECK_FALSE(call().is_let_in({}));
  CHECK_FALSE(call().is_let_in(others().issue("worker", net().address_of("worker"))));
  CHECK(call().is_let_in(own_papers("worker"))); // so that the checks above mean something
  expect_service();
}

TEST_CASE_FIXTURE(strangers, "cluster: connections that stand half-open stall nobody") {
  std::vector<std::unique_ptr<stranger>> silent;
  for (int i = 0; i < 60; ++i) {
    silent.push_back(std::make_unique<stranger>(net().address_of("bot"), port));
    if (i % 2 == 0) // the beginning of a TLS hello
      CHECK(silent.back()->say(std::string{"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11}));
  }
  expect_service();
}

TEST_CASE_FIXTURE(strangers,
                  "cluster: a node with papers of another authority stays outside, and says so") {
  add_host("foreigner", {bot, worker, {"foreigner", {"worker"}, 20}});
  give_papers("foreigner", others().issue("foreigner", net().address_of("foreigner")));
  write_file("foreigner", {bot, worker, {"foreigner", {"worker"}, 20}});
  launch("foreigner");
  wait("it to give up hope",
       [this] { return logged("foreigner", "cluster.coordinator_unreachable"); });
  CHECK_FALSE(logged("bot", "cluster.node_joined node=foreigner"));
  kill("foreigner");
  expect_service();
}

TEST_CASE_FIXTURE(strangers,
                  "cluster: a second node of the same name is refused, with a line on both sides") {
  start("worker");
  wait("the worker to be connected", [this] { return connection("bot", "worker") == "connected"; });
  add_host("impostor", {bot, worker});
  launch("impostor", {"--node=worker"});
  wait("both to say so", [this] {
    return logged("bot", "cluster.node_refused node=worker")
           && logged("impostor", "cluster.refused_us");
  });
  CHECK_FALSE(logged("impostor", "role.started role=worker"));
  wait("the refusal to be seen on another host", [this] {
    return cluster("worker").value("refused", nlohmann::json{}).dump().find("worker")
           != std::string::npos;
  });
  kill("impostor");
  expect_service();
}

TEST_CASE_FIXTURE(strangers,
                  "cluster: a node of another protocol is refused, with a line on both sides") {
  neurocards::config::loaded settings;
  const auto& own = own_papers("worker");
  settings.settings.cluster.tls = {own.certificate, own.key, own.ca};
  neurocards::system_config system{settings};
  caf::actor_system sys{system};
  const auto found =
    caf::openssl::remote_actor<neurocards::coordinator_actor>(sys, net().address_of("bot"), port);
  REQUIRE(found);
  const auto agent = sys.spawn([]() -> caf::behavior { return {[](neurocards::wake_atom) {}}; });
  const neurocards::node_card card{"worker", "0.0.9", neurocards::protocol_version + 1,
                                   "a process"};
  caf::scoped_actor self{sys};
  self
    ->request(*found, 30s, card, caf::actor_cast<caf::strong_actor_ptr>(agent),
              caf::strong_actor_ptr{})
    .receive([](const neurocards::node_card&) { FAIL("it was let in"); },
             [](const caf::error& reason) {
               CHECK(reason == neurocards::ec::rejected);
               const auto text = to_string(reason);
               CHECK_MESSAGE(text.find("run the same version on both") != std::string::npos, text);
             });
  wait("the line",
       [this] { return logged("bot", "cluster.node_refused node=worker version=0.0.9"); });
  caf::anon_send_exit(agent, caf::exit_reason::user_shutdown);
  expect_service();
}

TEST_SUITE_END();
