#pragma once

#include "actors/actor_inspector.hpp"
#include "actors/timer_wheel.hpp"
#include "actors/watched_actor.hpp"
#include "protocol/actors.hpp"
#include "tests/support/process.hpp"

#include <atomic>
#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include <caf/actor_registry.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

namespace neurocards::test {

using blocker_actor = caf::typed_actor<caf::result<void>(int32_t), caf::result<void>(caf::ok_atom)>;

/// Does not come back from a handler for as long as it is told or until it is let go, throws at -1,
/// and waits for an answer that never comes, deaf to all else, after an `ok_atom`.
struct blocker {
  static constexpr const char* name = "blocker";
  static inline std::atomic_bool let_go{false};

  blocker(blocker_actor::pointer actor, caf::actor keeper)
    : self(actor), silent(std::move(keeper)) {}

  blocker_actor::behavior_type make_behavior() {
    return {
      [](int32_t ms) {
        if (ms < 0)
          throw std::runtime_error{"told so"};
        const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds{ms};
        while (std::chrono::steady_clock::now() < end && !let_go)
          std::this_thread::sleep_for(std::chrono::milliseconds{1});
      },
      [this](caf::ok_atom) {
        self->request(silent, caf::infinite, caf::ok_atom_v).await([] {}, [](const caf::error&) {});
      },
    };
  }

  std::string label() const { return "job 7"; }
  std::string describe() const { return R"({"mood":"calm"})"; }

  blocker_actor::pointer self;
  caf::actor silent;
};

using blocker_impl = watched_impl<blocker_actor, blocker>;

/// Sends on what it is sent.
struct forwarder {
  static constexpr const char* name = "forwarder";

  forwarder(blocker_actor::pointer actor, blocker_actor receiver)
    : self(actor), to(std::move(receiver)) {}

  blocker_actor::behavior_type make_behavior() {
    return {
      [this](int32_t ms) { self->send(to, ms); },
      [](caf::ok_atom) {},
    };
  }

  blocker_actor::pointer self;
  blocker_actor to;
};

using forwarder_impl = watched_impl<blocker_actor, forwarder>;

/// Keeps the promise of an answer until it is killed.
inline caf::behavior keep_promises(caf::event_based_actor* self) {
  auto kept = std::make_shared<std::vector<caf::response_promise>>();
  return {[self, kept](caf::ok_atom) {
    kept->push_back(self->make_response_promise());
    return kept->back();
  }};
}

/// An actor system with threads, and somebody in it who tells of its actors.
struct inspected_actors {
  using telling_actor = caf::typed_actor<caf::result<actors_answer>(actors_query)>;

  inspected_actors() {
    blocker::let_go = false;
    teller = sys.spawn([](telling_actor::pointer self) -> telling_actor::behavior_type {
      auto inspector = std::make_shared<actor_inspector>(self, "here", "1.0");
      return {[self, inspector](const actors_query& query) {
        auto promise = self->make_response_promise<actors_answer>();
        inspector->answer(query, [promise](std::string told) mutable {
          promise.deliver(actors_answer{{std::move(told)}});
        });
        return caf::result<actors_answer>{promise};
      }};
    });
  }

  ~inspected_actors() {
    blocker::let_go = true;
    sys.registry().erase(timer_wheel::name);
    wheel = nullptr;
    caf::anon_send_exit(silent, caf::exit_reason::kill); // who waits for it hears nothing else
    caf::anon_send_exit(subject, caf::exit_reason::kill);
  }

  inspected_actors(const inspected_actors&) = delete;
  inspected_actors& operator=(const inspected_actors&) = delete;

  actors_answer answer(const actors_query& query) {
    actors_answer result;
    caf::scoped_actor self{sys};
    self->request(teller, std::chrono::seconds{10}, query)
      .receive([&](const actors_answer& got) { result = got; },
               [](const caf::error& err) { throw std::runtime_error{to_string(err)}; });
    return result;
  }

  nlohmann::json ask(const actors_query& query = {}) {
    return nlohmann::json::parse(answer(query).nodes.at(0));
  }

  nlohmann::json probe() { return ask({"", blocker::name, subject.id(), "", 0, false}); }

  /// The first row of a list in which `field` is `value` and that is about the kind `blocker`;
  /// null: none.
  static nlohmann::json row(const nlohmann::json& list, const char* kind_field = "kind") {
    for (const auto& x : list)
      if (x.at(kind_field) == blocker::name)
        return x;
    return nullptr;
  }

  caf::actor_system_config config = [] {
    caf::actor_system_config result;
    result.set("caf.scheduler.max-threads", 4);
    return result;
  }();
  caf::actor_system sys{config};
  timer_wheel_actor wheel = start_timer_wheel(sys);
  telling_actor teller;
  caf::actor silent = sys.spawn(keep_promises);
  blocker_actor subject = sys.spawn<blocker_impl>(silent);
};

} // namespace neurocards::test
