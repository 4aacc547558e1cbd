#pragma once

#include "sandbox/blobs.hpp"
#include "sandbox/calls.hpp"
#include "sandbox/clock.hpp"
#include "sandbox/events.hpp"
#include "sandbox/outbound.hpp"
#include "sandbox/script.hpp"
#include "sandbox/settings.hpp"

namespace neurocards::sandbox {

/// What the services have in common. Everything runs on the server's thread.
struct world {
  using poster = std::function<void(std::function<void()>)>;
  using timer = std::function<void(milliseconds, std::function<void()>)>;

  world(std::string directory, settings initial, poster p, timer t)
    : set(initial), initial_set(std::move(initial)), blobs(directory + "/blobs"),
      post(std::move(p)), run_after(std::move(t)), net(post), data_dir(std::move(directory)) {
    clock.set_scale(set.time_scale);
  }

  settings set;
  settings initial_set; // what a reset goes back to
  scaled_clock clock;
  script faults;
  call_log calls;
  event_log events;
  blob_store blobs;
  poster post;
  timer run_after;
  outbound net;
  std::string data_dir;
  std::vector<http_server::responder> hanging; // calls that a script leaves without an answer
  uint64_t era = 0; // grows with every reset: what started before a reset does not end after it
};

/// One call being answered: applies the script, and writes the call into the records.
class exchange {
public:
  exchange(world& w, call request, http_server::responder r);

  /// True when a script ended the call before it could do anything; it is answered then.
  bool refused();

  /// The rule of the script that applies (JSON); empty: none.
  const std::string& rule() const { return rule_; }

  const call& request() const { return request_; }

  /// Answers, late or broken if the script wants it so. `code` as in `call_log::record`.
  void send(http_server::answer x, int code);
  void send(int status, std::string body, int code);

private:
  void deliver(http_server::answer x);

  world* world_;
  call request_;
  http_server::responder to_;
  std::optional<outcome> scripted_;
  std::string rule_;
};

} // namespace neurocards::sandbox
