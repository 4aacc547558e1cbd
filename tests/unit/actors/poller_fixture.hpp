#pragma once

#include "actors/kie_poller.hpp"
#include "clients/kie.hpp"
#include "tests/support/fake_web.hpp"

#include <doctest/doctest.h>

namespace neurocards::test {

/// A kie_poller with everything around it.
struct poller_fixture : actor_fixture {
  journal log;
  fake_web web{log};
  metrics counts{sys};
  caf::timespan turn_wait{0};
  secret key_value{"secret"};
  size_t stand_ins = 0; // for a key that has left the configuration
  std::vector<task_ended> told;
  std::vector<caf::timespan> polls; // since the start
  std::chrono::steady_clock::time_point began = now();

  http_agent_actor agent = web.start(*this);
  key_ring_actor keys = spawn_fake<key_ring_actor>(
    [](const find_key&) { return found_key{}; }, [](const choose_key&) { return found_key{}; },
    [this](const query_slot& slot) {
      polls.push_back(now() - began);
      auto value = key_value;
      if (stand_ins > 0)
        value = secret{"stand-in " + std::to_string(slot.stand_in % stand_ins)};
      return query_turn{turn_wait, value, stand_ins};
    },
    [](const store::cool_down_key&) {});
  task_owner_actor owner =
    spawn_fake<task_owner_actor>([this](const task_ended& x) { told.push_back(x); },
                                 [this](const task_polled& x) {
                                   ++polls_told;
                                   polls_known = x.polls;
                                 });
  int polls_told = 0;
  int polls_known = 0;

  std::chrono::steady_clock::time_point now() { return sys.clock().now(); }

  kie_poller_actor watch(caf::timespan first_poll, caf::timespan time_left,
                         bool tell_of_poll = false, bool taken_over = false) {
    auto config = std::make_shared<poller_config>(poller_config{
      kie::service(kie::api{"https://kie.example", "https://up.example", 60s}), counts, 15s});
    auto result =
      own(sys.spawn<kie_poller_impl>(config,
                                     watched_task{task_id{"task-1"}, key_fingerprint{"k"},
                                                  first_poll, time_left, tell_of_poll, taken_over},
                                     agent, keys, owner));
    settle();
    return result;
  }

  void wake(const kie_poller_actor& poller) {
    caf::anon_send(poller, wake_atom_v);
    settle();
  }
};

} // namespace neurocards::test
