#include "actors/progress_refresher.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/journal.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using namespace neurocards::test;

namespace {

struct refresher_fixture : actor_fixture {
  std::vector<int> asked; // how many cards, each time
  int open = 1;           // progress messages there are
  bool away = false;
  bool slow = false;
  brake answers; // kept back while `slow`

  progress_store_actor cards = own(sys.spawn([this](progress_store_actor::pointer self) {
    return progress_store_actor::behavior_type{
      [this, self](const store::refresh_progress& request) -> caf::result<store::count> {
        asked.push_back(request.limit);
        if (away)
          return caf::make_error(ec::unavailable);
        if (!slow)
          return store::count{open};
        auto promise = self->make_response_promise<store::count>();
        answers.keep([promise]() mutable { promise.deliver(store::count{0}); });
        return promise;
      }};
  }));

  singleton_actor refresher =
    spawn<progress_refresher_impl>(progress_refresher_config{3s, 6s, 15}, cards);

  void release() {
    slow = false;
    for (auto& answer : answers.release())
      caf::anon_send(caf::actor_cast<caf::actor>(cards), caf::make_action(std::move(answer)));
    settle();
  }

  template <class Atom>
  void tell(Atom message) {
    caf::anon_send(refresher, message);
    settle();
  }
};

} // namespace

TEST_SUITE_BEGIN("unit/actors/progress_refresher");

TEST_CASE_FIXTURE(refresher_fixture,
                  "progress_refresher: does nothing until it leads, nor when it has lost") {
  advance(1h);
  CHECK(asked.empty());
  tell(gained_atom_v);
  tell(lost_atom_v);
  advance(1h);
  CHECK(asked.empty());
}

TEST_CASE_FIXTURE(refresher_fixture,
                  "progress_refresher: reads so many progress messages every three seconds") {
  tell(gained_atom_v);
  CHECK(asked.empty());
  advance(1min);
  CHECK(asked.size() >= 18);
  CHECK(asked.size() <= 22);
  CHECK(asked.at(0) == 15);
}

TEST_CASE_FIXTURE(refresher_fixture,
                  "progress_refresher: asks half as often while there are no progress messages") {
  open = 0;
  tell(gained_atom_v);
  advance(10s);
  asked.clear();
  advance(1min);
  CHECK(asked.size() >= 9);
  CHECK(asked.size() <= 11);
  open = 1;
  advance(7s);
  asked.clear();
  advance(1min);
  CHECK(asked.size() >= 18);
}

TEST_CASE_FIXTURE(refresher_fixture, "progress_refresher: never asks before it was answered") {
  slow = true;
  tell(gained_atom_v);
  advance(10min);
  CHECK(asked.size() == 1);
  release();
  advance(10s);
  CHECK(asked.size() >= 3);
}

TEST_CASE_FIXTURE(refresher_fixture, "progress_refresher: goes on when the database was away") {
  away = true;
  tell(gained_atom_v);
  advance(1min);
  CHECK(asked.size() >= 18);
  away = false;
  advance(1min);
  CHECK(asked.size() >= 36);
}

TEST_CASE_FIXTURE(refresher_fixture,
                  "progress_refresher: one that leads again refreshes once per interval") {
  slow = true;
  tell(gained_atom_v);
  advance(5s); // asks
  tell(lost_atom_v);
  tell(gained_atom_v);
  tell(gained_atom_v);
  release(); // the answer to the earlier term starts no second clock
  asked.clear();
  advance(1min);
  CHECK(asked.size() >= 18);
  CHECK(asked.size() <= 22);
}

TEST_CASE_FIXTURE(refresher_fixture, "progress_refresher: ends when it is drained") {
  bool ended = false;
  refresher->attach_functor([&ended](const caf::error&) { ended = true; });
  tell(gained_atom_v);
  tell(drain_atom_v);
  CHECK(ended);
}

TEST_SUITE_END();
