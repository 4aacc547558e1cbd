#include "node/publication.hpp"

#include "actors/backoff.hpp"
#include "base/log.hpp"
#include "node/config/load.hpp"

#include <caf/io/middleman.hpp>
#include <caf/openssl/manager.hpp>
#include <caf/openssl/publish.hpp>
#include <caf/scoped_actor.hpp>

namespace neurocards {

namespace {

constexpr std::chrono::seconds pause{2};

} // namespace

bool has_certificates(const config::tls& x) {
  return !x.certificate.empty();
}

std::string listening_host(const config::node& node, const config::tls& tls) {
  return has_certificates(tls) || config::is_loopback(node.host) ? node.host : "127.0.0.1";
}

publication::publication(caf::actor_system& sys, coordinator_actor coordinator,
                         const config::node& node, const config::tls& tls)
  : sys_(sys), coordinator_(std::move(coordinator)), host_(listening_host(node, tls)),
    port_(node.port), tls_(has_certificates(tls)) {
  if (port_ == 0)
    return;
  if (host_ != node.host)
    log::warn(
      "cluster.loopback_only", "host", node.host, "advice",
      "without cluster.tls other machines cannot reach this coordinator: script/cluster-certs");
  if (!publish())
    thread_ = std::thread{[this] { keep_trying(); }};
}

publication::~publication() {
  {
    const std::lock_guard hold{mutex_};
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable())
    thread_.join();
  if (published_)
    unpublish();
}

/// By hand: `caf::openssl::unpublish` of CAF 0.18.7 does not compile.
void publication::unpublish() {
  caf::scoped_actor self{sys_};
  const auto middleman =
    tls_ ? sys_.openssl_manager().actor_handle() : sys_.middleman().actor_handle();
  self->request(middleman, pause, caf::unpublish_atom_v, coordinator_.address(), port_)
    .receive([] {},
             [this](const caf::error& err) {
               log::warn("cluster.still_listens", "port", port_, "error", err);
             });
}

bool publication::publish() {
  const auto port = tls_ ? caf::openssl::publish(coordinator_, port_, host_.c_str(), true)
                         : sys_.middleman().publish(coordinator_, port_, host_.c_str(), true);
  if (port) {
    published_ = true;
    log::info("cluster.listens", "host", host_, "port", *port, "tls", tls_);
    return true;
  }
  if (worth_a_line(++failures_))
    log::error("cluster.cannot_listen", "host", host_, "port", port_, "error", port.error(),
               "advice", "end what listens there, or change host and port in cluster.nodes");
  return false;
}

void publication::keep_trying() {
  std::unique_lock hold{mutex_};
  while (!wake_.wait_for(hold, pause, [this] { return stopping_; })) {
    try {
      if (publish())
        return;
    } catch (const std::exception& err) { // out of this thread it would end the process
      log::error("cluster.publish_threw", "error", err.what(), "advice", "report this");
    }
  }
}

} // namespace neurocards
