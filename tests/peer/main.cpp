/// A bare CAF node for tests of the remoting port, so that what ends it ends no test:
///   remoting_peer listen [options]       publishes an actor on loopback, prints `port=… actor=…`
///   remoting_peer dial PORT [options]    asks it; exit code 0 when every dial was answered
/// Options: --tls=DIR (node.pem, node.key, ca.pem), --heartbeat=MS, --timeout=MS, --times=N,
/// --files=N, --until=FILE (asks on the same connection until the file is there), --bytes=N (sends
/// that many in one message besides).
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <map>
#include <string>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/init_global_meta_objects.hpp>
#include <caf/io/middleman.hpp>
#include <caf/io/publish.hpp>
#include <caf/io/remote_actor.hpp>
#include <caf/openssl/all.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

namespace {

using namespace std::chrono_literals;

std::map<std::string, std::string> options; // NOLINT: of a program of one page

long number(const std::string& name, long otherwise) {
  const auto found = options.find(name);
  return found == options.end() ? otherwise : std::stol(found->second);
}

bool tls() {
  return options.contains("tls");
}

struct peer_config : caf::actor_system_config {
  peer_config() {
    load<caf::io::middleman>();
    if (tls()) {
      const auto& folder = options.at("tls");
      load<caf::openssl::manager>();
      set("caf.openssl.certificate", folder + "/node.pem");
      set("caf.openssl.key", folder + "/node.key");
      set("caf.openssl.cafile", folder + "/ca.pem");
    }
    set("caf.scheduler.policy", "sharing");
    set("caf.middleman.heartbeat-interval",
        caf::timespan{std::chrono::milliseconds{number("heartbeat", 5000)}});
    set("caf.middleman.connection-timeout",
        caf::timespan{std::chrono::milliseconds{number("timeout", 15'000)}});
  }
};

caf::behavior service(caf::event_based_actor* self) {
  self->attach_functor([](const caf::error& reason) {
    std::cout << "the service ended: " << to_string(reason) << std::endl;
    std::_Exit(3);
  });
  return {[](int32_t x) { return x + 1; },
          [](const std::string& x) { return static_cast<uint64_t>(x.size()); }};
}

int listen() {
  peer_config config;
  caf::actor_system sys{config};
  const auto actor = sys.spawn(service);
  const auto port = tls() ? caf::openssl::publish(actor, 0, "127.0.0.1", true)
                          : caf::io::publish(actor, 0, "127.0.0.1", true);
  if (!port)
    return 1;
  std::cout << "port=" << *port << " actor=" << actor.id() << std::endl;
  for (;;)
    ::pause();
}

bool ask(caf::scoped_actor& self, const caf::actor& whom) {
  bool good = false;
  self->request(whom, 5s, int32_t{41})
    .receive([&](int32_t x) { good = x == 42; },
             [](const caf::error& err) { std::cout << to_string(err) << std::endl; });
  return good;
}

/// One message of `bytes` arrives whole.
bool deliver(caf::scoped_actor& self, const caf::actor& whom, size_t bytes) {
  bool good = false;
  self->request(whom, 30s, std::string(bytes, 'x'))
    .receive([&](uint64_t arrived) { good = arrived == bytes; },
             [](const caf::error& err) { std::cout << to_string(err) << std::endl; });
  return good;
}

bool dial_once(uint16_t port) {
  peer_config config;
  caf::actor_system sys{config};
  auto actor = tls() ? caf::openssl::remote_actor<caf::actor>(sys, "127.0.0.1", port)
                     : caf::io::remote_actor<caf::actor>(sys, "127.0.0.1", port);
  if (!actor) {
    std::cout << to_string(actor.error()) << std::endl;
    return false;
  }
  caf::scoped_actor self{sys};
  bool good = ask(self, *actor);
  std::cout << "first answer" << std::endl;
  if (options.contains("bytes"))
    good = good && deliver(self, *actor, static_cast<size_t>(number("bytes", 0)));
  while (good && options.contains("until") && ::access(options.at("until").c_str(), F_OK) != 0)
    good = ask(self, *actor);
  return good;
}

int dial(uint16_t port) {
  const auto times = number("times", 1);
  long answered = 0;
  for (long i = 0; i < times; ++i)
    answered += dial_once(port) ? 1 : 0;
  std::cout << "answered=" << answered << std::endl;
  return answered == times ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
  std::vector<std::string> words;
  for (int i = 1; i < argc; ++i) {
    const std::string word{argv[i]};
    const auto equals = word.find('=');
    if (word.rfind("--", 0) == 0 && equals != std::string::npos)
      options[word.substr(2, equals - 2)] = word.substr(equals + 1);
    else
      words.push_back(word);
  }
  if (options.contains("files")) {
    const rlimit limit{static_cast<rlim_t>(number("files", 0)),
                       static_cast<rlim_t>(number("files", 0))};
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
  caf::io::middleman::init_global_meta_objects();
  caf::core::init_global_meta_objects();
  if (words.size() == 1 && words[0] == "listen")
    return listen();
  if (words.size() == 2 && words[0] == "dial")
    return dial(static_cast<uint16_t>(std::stoi(words[1])));
  return 2;
}
