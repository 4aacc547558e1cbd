#include "actors/watched_actor.hpp"

#include "tests/support/process.hpp"

#include <caf/event_based_actor.hpp>
#include <doctest/doctest.h>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

using namespace neurocards;

namespace {

using probe_actor = caf::typed_actor<caf::result<void>(int32_t)>;

/// Ends as it is told.
struct probe {
  static constexpr const char* name = "probe";

  explicit probe(probe_actor::pointer actor) : self(actor) {}

  probe_actor::behavior_type make_behavior() {
    return {[this](int32_t number) {
      if (number == 0)
        return self->quit();
      if (number == 1)
        throw std::runtime_error{"a fault"};
      const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds{number};
      while (std::chrono::steady_clock::now() < end)
        ;
    }};
  }

  probe_actor::pointer self;
};

using probe_impl = watched_impl<probe_actor, probe>;

struct probes {
  caf::actor_system_config config;
  caf::actor_system sys{config};
  actor_kind& kind = kind_of("probe");
  int64_t spawned = kind.spawned;

  int64_t ended(actor_end end) const { return kind.ended[static_cast<size_t>(end)]; }
};

} // namespace

TEST_SUITE_BEGIN("unit/actors/watched_actor");

TEST_CASE("watched actors: kinds stand in the list before one of them lives") {
  bool listed = false;
  for (const auto* kind : all_kinds())
    listed = listed || kind->name == "probe";
  CHECK(listed);
}

TEST_CASE_FIXTURE(probes, "watched actors: who lives, and how the others ended, is counted") {
  const auto normal = ended(actor_end::normal), faulted = ended(actor_end::faulted),
             shutdown = ended(actor_end::shutdown), killed = ended(actor_end::killed);
  {
    const auto quits = sys.spawn<probe_impl>(), throws = sys.spawn<probe_impl>(),
               asked = sys.spawn<probe_impl>(), shot = sys.spawn<probe_impl>();
    CHECK(kind.alive == 4);
    caf::anon_send(quits, int32_t{0});
    caf::anon_send(throws, int32_t{1});
    caf::anon_send_exit(asked, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(shot, caf::exit_reason::kill);
    test::wait_until("all to end", [&] { return kind.alive == 0; });
  }
  CHECK(kind.spawned - spawned == 4);
  CHECK(ended(actor_end::normal) - normal == 1);
  CHECK(ended(actor_end::faulted) - faulted == 1);
  CHECK(ended(actor_end::shutdown) - shutdown == 1);
  CHECK(ended(actor_end::killed) - killed == 1);
}

TEST_CASE_FIXTURE(probes, "watched actors: messages to one that has ended are counted") {
  const auto before = kind.rejected.load();
  const auto gone = sys.spawn<probe_impl>();
  caf::anon_send_exit(gone, caf::exit_reason::kill);
  test::wait_until("its end", [&] { return kind.alive == 0; });
  caf::anon_send(gone, int32_t{5});
  CHECK(kind.rejected - before == 1);
}

TEST_CASE_FIXTURE(probes,
                  "watched actors: what keeps a thread for 25 ms is a stall, less is none") {
  // A thread may lose its processor for any time: what took longer than it should is no proof.
  caf::scoped_actor self{sys};
  const auto busy = sys.spawn<probe_impl>();
  const auto takes = [&](int32_t ms) { // how long it took, and how many stalls that was
    const auto stalls = kind.stalls.load(), before = kind.busy_ns.load();
    self->request(busy, caf::infinite, ms).receive([] {}, [](const caf::error&) {});
    test::wait_until("the time to be added",
                     [&] { return kind.busy_ns - before >= int64_t{ms} * 1'000'000; });
    return std::pair{kind.busy_ns - before, kind.stalls - stalls};
  };
  bool was_short = false;
  for (int tries = 0; tries < 20 && !was_short; ++tries) {
    const auto [took, stalls] = takes(20);
    was_short = took < 25'000'000;
    CHECK((!was_short || stalls == 0));
  }
  CHECK(was_short);
  CHECK(takes(26).second == 1);
}

TEST_CASE_FIXTURE(probes, "watched actors: the time in handlers is counted") {
  const auto before = kind.busy_ns.load();
  caf::scoped_actor self{sys};
  self->request(sys.spawn<probe_impl>(), caf::infinite, int32_t{20})
    .receive([] {}, [](const caf::error&) {});
  test::wait_until("the time to be added", [&] { return kind.busy_ns - before >= 20'000'000; });
}

TEST_SUITE_END();
