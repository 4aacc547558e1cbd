#include "tests/support/folders.hpp"
#include "tests/support/process.hpp"
#include "tests/support/stranger.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <random>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/byte_buffer.hpp>
#include <caf/exit_reason.hpp>
#include <caf/message.hpp>
#include <caf/node_id.hpp>
#include <caf/system_messages.hpp>

/// What anybody may send to the port of CAF's remoting. With a CAF that lacks the patches of
/// script/caf-patches every case fails but that on foreign certificates.
using namespace neurocards::test;
using namespace std::chrono_literals;

namespace {

const std::string program = neurocards::test::built("remoting_peer");

std::string big_endian(uint64_t value, int bytes) {
  std::string result;
  for (int i = bytes - 1; i >= 0; --i)
    result += static_cast<char>(value >> (8 * i));
  return result;
}

constexpr uint8_t client_handshake = 1;
constexpr uint8_t direct_message = 2;

/// The 32 bytes that begin every frame of CAF's protocol.
std::string header(uint8_t operation, uint32_t payload, uint64_t receiver = 0) {
  std::string result = big_endian(operation, 1);
  result.append(big_endian(0, 3)).append(big_endian(payload, 4)).append(big_endian(0, 8));
  return result.append(big_endian(0, 8)).append(big_endian(receiver, 8));
}

std::string frame(uint8_t operation, const caf::byte_buffer& payload, uint64_t receiver = 0) {
  return header(operation, static_cast<uint32_t>(payload.size()), receiver)
    .append(reinterpret_cast<const char*>(payload.data()), payload.size());
}

/// How the `number`-th peer of a test says who it is.
std::string handshake(int number) {
  caf::actor_system_config config;
  caf::actor_system sys{config};
  caf::byte_buffer payload;
  caf::binary_serializer sink{sys, payload};
  REQUIRE(
    sink.apply(caf::make_node_id(static_cast<uint32_t>(number + 1), std::string(40, 'a')).value()));
  return frame(client_handshake, payload);
}

struct port_fixture {
  temporary_directory folder;
  std::unique_ptr<process> node;
  uint16_t port = 0;
  uint64_t service = 0;
  int started = 0;

  void listen(std::vector<std::string> options = {}) {
    options.insert(options.begin(), "listen");
    node = std::make_unique<process>(program, options, std::map<std::string, std::string>{},
                                     folder.file("node-" + std::to_string(++started) + ".log"));
    wait_until("the node", [&] {
      const auto out = node->output();
      const auto position = out.find("actor=");
      if (position == std::string::npos || out.find('\n', position) == std::string::npos)
        return false;
      port = static_cast<uint16_t>(std::stoi(out.substr(out.find("port=") + 5)));
      service = std::stoull(out.substr(position + 6));
      return true;
    });
  }

  /// Exit code of a peer that means well.
  int dial(std::vector<std::string> options = {}) {
    options.insert(options.begin(), {"dial", std::to_string(port)});
    // CAF may leave a ring of actors behind when a system ends while a connection comes about.
    process peer{program, options, {{"LSAN_OPTIONS", "detect_leaks=0"}}, folder.file("peer.log")};
    const int code = peer.wait(120s);
    INFO(peer.output());
    return code;
  }

  /// The node lives and serves.
  void check_well(const std::vector<std::string>& options = {}) {
    CHECK(dial(options) == 0);
    CHECK_MESSAGE(node->running(), node->output());
  }

  long open_files() const {
    const std::filesystem::directory_iterator all{"/proc/" + std::to_string(node->pid()) + "/fd"};
    return std::distance(begin(all), end(all));
  }

  long resident_mib() const {
    std::ifstream in{"/proc/" + std::to_string(node->pid()) + "/status"};
    for (std::string word; in >> word;)
      if (word == "VmHWM:") {
        long kib = 0;
        in >> kib;
        return kib / 1024;
      }
    return -1;
  }

  /// A folder with the certificate of a node, from an authority of its own.
  std::string certificates(const std::string& name) const {
    const auto result = folder.file(name);
    const auto made = neurocards::test::in_source("script/cluster-certs ") + result
                      + " node=127.0.0.1 >/dev/null 2>&1";
    REQUIRE(std::system(made.c_str()) == 0); // NOLINT: a test's shell
    return result;
  }
};

} // namespace

TEST_SUITE_BEGIN("integration/node/remoting_port");

TEST_CASE_FIXTURE(port_fixture,
                  "remoting port: a handshake without content does not end the node") {
  listen();
  const stranger peer{port};
  peer.send(header(client_handshake, 0));
  CHECK(peer.closed());
  check_well();
}

TEST_CASE_FIXTURE(port_fixture,
                  "remoting port: a frame that announces 4 GiB is refused, not allocated") {
  listen();
  const stranger peer{port};
  peer.send(header(client_handshake, 0xFFFFFFFF));
  CHECK(peer.closed());
  CHECK(resident_mib() < 500);
  check_well();
}

TEST_CASE_FIXTURE(port_fixture, "remoting port: what is only announced takes no memory") {
  constexpr uint32_t almost_most = 63U << 20U;
  listen();
  std::vector<std::unique_ptr<stranger>> peers;
  for (int i = 0; i < 40; ++i)
    for (const auto operation : {client_handshake, direct_message}) {
      peers.push_back(std::make_unique<stranger>(port));
      peers.back()->send(header(operation, almost_most, service) + "begun");
    }
  for (const auto& peer : peers)
    CHECK(peer->closed());
  CHECK(resident_mib() < 200);
  check_well();
}

TEST_CASE_FIXTURE(port_fixture, "remoting port: a large message of a peer arrives whole") {
  for (const bool secure : {false, true}) {
    CAPTURE(secure);
    std::vector<std::string> options{"--bytes=50000000"};
    if (secure)
      options.push_back("--tls=" + certificates("ours"));
    listen(secure ? std::vector<std::string>{options.back()} : std::vector<std::string>{});
    check_well(options);
  }
}

TEST_CASE_FIXTURE(port_fixture,
                  "remoting port: a peer's announcement takes memory only as its bytes arrive") {
  listen();
  std::vector<std::unique_ptr<stranger>> peers;
  for (int i = 0; i < 40; ++i) {
    peers.push_back(std::make_unique<stranger>(port));
    peers.back()->send(handshake(i) + header(direct_message, 63U << 20U, service) + "begun");
  }
  check_well(); // by a peer that comes after all of them
  for (const auto& peer : peers)
    CHECK_FALSE(peer->closed(1ms)); // it is known, and in the middle of its message
  CHECK(resident_mib() < 200);
}

TEST_CASE_FIXTURE(port_fixture, "remoting port: nobody reaches an actor before a handshake") {
  listen();
  caf::byte_buffer payload;
  caf::actor_system_config config;
  caf::actor_system sys{config};
  caf::binary_serializer sink{sys, payload};
  REQUIRE(sink.apply(std::vector<caf::strong_actor_ptr>{}));
  REQUIRE(sink.apply(caf::make_message(caf::exit_msg{{}, caf::exit_reason::kill})));
  const stranger peer{port};
  peer.send(frame(direct_message, payload, service));
  CHECK(peer.closed());
  check_well(); // the node ends with its service
}

TEST_CASE_FIXTURE(port_fixture, "remoting port: heartbeats do not cut a handshake under way") {
  listen({"--heartbeat=10"});
  check_well({"--heartbeat=10", "--times=40"});
}

TEST_CASE_FIXTURE(port_fixture,
                  "remoting port: random bytes and half-open connections do no harm") {
  for (const bool secure : {false, true}) {
    CAPTURE(secure);
    const auto tls = secure ? std::vector<std::string>{"--tls=" + certificates("ours")}
                            : std::vector<std::string>{};
    listen(tls);
    std::mt19937 random{4711}; // NOLINT: the same bytes every time
    std::vector<std::unique_ptr<stranger>> open;
    for (int i = 0; i < 100; ++i) {
      std::string noise;
      for (auto left = random() % 200; left > 0; --left)
        noise += static_cast<char>(random());
      open.push_back(std::make_unique<stranger>(port));
      open.back()->send(noise); // and stays, in the middle of a frame
    }
    check_well(tls);
  }
}

TEST_CASE_FIXTURE(port_fixture, "remoting port: only certificates of our authority are let in") {
  const auto ours = certificates("ours");
  listen({"--tls=" + ours});
  CHECK(dial({"--tls=" + certificates("foreign")}) == 1);
  CHECK(dial() == 1); // plain text
  check_well({"--tls=" + ours});
}

TEST_CASE_FIXTURE(port_fixture,
                  "remoting port: a stranger's failed handshake ends nobody else's connection") {
  const auto ours = certificates("ours");
  listen({"--tls=" + ours});
  const auto over = folder.file("over");
  process peer{program,
               {"dial", std::to_string(port), "--tls=" + ours, "--until=" + over},
               {},
               folder.file("peer.log")};
  wait_until("the peer", [&] { return peer.output().find("first answer") != std::string::npos; });
  for (int i = 0; i < 50; ++i) {
    const stranger noise{port};
    noise.send("GET / HTTP/1.1\r\nHost: here\r\n\r\n");
    CHECK(noise.closed());
  }
  std::ofstream{over} << "over";
  CHECK_MESSAGE(peer.wait() == 0, peer.output());
}

TEST_CASE_FIXTURE(port_fixture, "remoting port: silent connections are cut off in time") {
  for (const bool secure : {false, true}) {
    CAPTURE(secure);
    std::vector<std::string> options{"--heartbeat=200", "--timeout=1000"};
    if (secure)
      options.push_back("--tls=" + certificates("ours"));
    listen(options);
    const auto before = open_files();
    std::vector<std::unique_ptr<stranger>> silent;
    for (int i = 0; i < 50; ++i)
      silent.push_back(std::make_unique<stranger>(port));
    for (const auto& peer : silent)
      CHECK(peer->closed());
    wait_until("the file descriptors", [&] { return open_files() <= before; });
    check_well(secure ? std::vector<std::string>{options.back()} : std::vector<std::string>{});
  }
}

TEST_CASE_FIXTURE(port_fixture,
                  "remoting port: crowds of silent connections leave room for a peer") {
  for (const bool secure : {false, true}) {
    CAPTURE(secure);
    const auto tls = secure ? std::vector<std::string>{"--tls=" + certificates("ours")}
                            : std::vector<std::string>{};
    auto options = tls;
    options.emplace_back("--files=512");
    listen(options);
    std::vector<std::unique_ptr<stranger>> silent;
    for (int i = 0; i < 700; ++i)
      silent.push_back(std::make_unique<stranger>(port));
    check_well(tls); // while they all stay
    CHECK(open_files() < 400);
  }
}

TEST_CASE_FIXTURE(port_fixture, "remoting port: a node that has no file descriptor left recovers") {
  const auto ours = certificates("ours");
  listen({"--tls=" + ours, "--files=64", "--heartbeat=200", "--timeout=2000"});
  std::vector<std::unique_ptr<stranger>> silent;
  for (int i = 0; i < 100;
       ++i) // fewer than are cut off for being many, more than there is room for
    silent.push_back(std::make_unique<stranger>(port));
  wait_until("the last file descriptor", [&] { return open_files() >= 60 || !node->running(); });
  REQUIRE_MESSAGE(node->running(), node->output());
  for (const auto& peer : silent)
    CHECK(peer->closed(60s));
  check_well({"--tls=" + ours});
}

TEST_CASE_FIXTURE(
  port_fixture,
  "remoting port: a certificate that cannot be read costs a connection, not the node") {
  const auto ours = certificates("ours");
  listen({"--tls=" + ours});
  std::filesystem::rename(ours + "/node.key", ours + "/away.key"); // as in the middle of a rotation
  CHECK(dial({"--tls=" + ours}) == 1);
  const stranger peer{port};
  CHECK(peer.closed());
  std::filesystem::rename(ours + "/away.key", ours + "/node.key");
  check_well({"--tls=" + ours});
}

TEST_SUITE_END();
