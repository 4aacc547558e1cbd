#include "actors/janitor.hpp"
#include "domain/expectation.hpp"
#include "tests/support/actor_fixture.hpp"

#include <algorithm>
#include <map>

#include <doctest/doctest.h>

using namespace neurocards;
using namespace neurocards::test;

namespace {

struct janitor_fixture : actor_fixture {
  std::vector<store::rescue_expired_jobs> rescues;
  std::vector<store::sweep> sweeps;
  std::map<store::sweep_kind, int> old_rows;      // what each kind has
  std::map<store::sweep_kind, caf::error> broken; // how a kind fails
  int too_many = 1'000'000;                       // a batch larger than this is undone
  bool away = false;

  int rounds() const {
    return static_cast<int>(
      std::ranges::count(sweeps, store::sweep_kind::nodes, &store::sweep::kind));
  }

  std::vector<store::take_old_files> takings;
  std::vector<std::string> old;     // what the database still gives out
  std::vector<std::string> dropped; // by the storage
  std::vector<std::string> reported;
  std::string stuck; // the storage cannot let go of what begins so

  int readings = 0;
  std::string durations; // what the past was like
  std::vector<std::string> outlooks;

  janitor_store_actor database = spawn_fake<janitor_store_actor>(
    [this](const store::rescue_expired_jobs& x) -> caf::result<store::count> {
      rescues.push_back(x);
      if (away)
        return caf::make_error(ec::unavailable);
      return store::count{1};
    },
    [this](const store::sweep& x) -> caf::result<store::swept> {
      sweeps.push_back(x);
      if (away)
        return caf::make_error(ec::unavailable);
      if (const auto found = broken.find(x.kind); found != broken.end())
        return found->second;
      if (x.limit > too_many)
        return caf::make_error(ec::timed_out);
      const int gone = std::min(old_rows[x.kind], x.limit);
      old_rows[x.kind] -= gone;
      return store::swept{gone, gone == x.limit};
    },
    [this](const store::take_old_files& x) {
      takings.push_back(x);
      store::old_files result;
      for (; !old.empty() && result.keys.size() < static_cast<size_t>(x.limit); old.pop_back())
        result.keys.push_back(storage_key{old.back()});
      result.more = !old.empty();
      return result;
    },
    [this](const store::files_removed& x) {
      for (const auto& key : x.keys)
        reported.push_back(key.value);
      return store::committed{};
    },
    [this](const store::read_durations&) -> caf::result<store::durations_json> {
      ++readings;
      if (away)
        return caf::make_error(ec::unavailable);
      return store::durations_json{durations};
    },
    [this](const store::keep_outlook& x) {
      outlooks.push_back(x.json);
      return store::committed{};
    });

  object_store_actor objects = spawn_fake<object_store_actor>(
    [](const put_file&) { return put_result{}; }, [](const open_file&) { return opened_file{}; },
    [](const link_file&) { return file_link{}; },
    [this](const drop_file& x) -> caf::result<void> {
      if (!stuck.empty() && x.key.value.starts_with(stuck))
        return caf::make_error(ec::unavailable);
      dropped.push_back(x.key.value);
      return {};
    });

  singleton_actor janitor = spawn<janitor_impl>(janitor_config{30s, 90 * 24h}, database, objects);

  template <class Atom>
  void tell(Atom message) {
    caf::anon_send(janitor, message);
    settle();
  }
};

} // namespace

TEST_SUITE_BEGIN("unit/actors/janitor");

TEST_CASE_FIXTURE(janitor_fixture, "janitor: does nothing until it leads") {
  advance(1h);
  CHECK(rescues.empty());
  CHECK(sweeps.empty());
}

TEST_CASE_FIXTURE(janitor_fixture,
                  "janitor: one that leads takes expired jobs back at once and every second") {
  tell(gained_atom_v);
  REQUIRE(rescues.size() == 1);
  CHECK(rescues[0].lease == 30s);
  advance(1min);
  CHECK(rescues.size() >= 54); // every 0.9 to 1.1 s
  CHECK(rescues.size() <= 68);
}

TEST_CASE_FIXTURE(janitor_fixture, "janitor: sweeps at once and every hour") {
  tell(gained_atom_v);
  CHECK(sweeps.size() == 6); // each kind
  CHECK(rounds() == 1);
  advance(10h);
  CHECK(rounds() >= 10);
  CHECK(rounds() <= 12);
}

TEST_CASE_FIXTURE(janitor_fixture,
                  "janitor: keeps what orders are told of their time, every 15 s") {
  tell(gained_atom_v);
  CHECK(readings == 1);
  REQUIRE(outlooks.size() == 1);
  CHECK(outlooks[0].empty()); // nothing is known
  expectation::past past{std::vector<double>(30, 120), 0.5, {}};
  durations = R"({"rate":0.5,"made":[120)";
  for (int i = 1; i < 30; ++i)
    durations += ",120";
  durations += R"(],"guesses":[]})";
  advance(2min);
  CHECK(readings >= 8);
  CHECK(readings <= 10);
  CHECK(outlooks.back() == expectation::to_json(*expectation::calibrate(past)));
  away = true;
  const auto so_far = outlooks.size();
  advance(1min);
  CHECK(outlooks.size() == so_far); // what was known stays
  away = false;
  advance(1min);
  CHECK(outlooks.size() > so_far);
}

TEST_CASE_FIXTURE(janitor_fixture, "janitor: goes on when the database was away") {
  away = true;
  tell(gained_atom_v);
  advance(20s);
  CHECK(rescues.size() >= 3);
  away = false;
  advance(20s);
  CHECK(rescues.size() >= 5);
  away = true;
  advance(3h);
  CHECK(rounds() >= 3);
}

TEST_CASE_FIXTURE(janitor_fixture, "janitor: stops when it leads no more") {
  tell(gained_atom_v);
  tell(lost_atom_v);
  const auto so_far = rescues.size();
  advance(3h);
  CHECK(rescues.size() == so_far);
  CHECK(rounds() == 1);
}

TEST_CASE_FIXTURE(janitor_fixture, "janitor: one that leads again works no faster than before") {
  for (int i = 0; i < 5; ++i) {
    tell(gained_atom_v);
    tell(lost_atom_v);
  }
  tell(gained_atom_v);
  tell(gained_atom_v);
  rescues.clear();
  advance(1min);
  CHECK(rescues.size() <= 68);
}

TEST_CASE_FIXTURE(janitor_fixture, "janitor: ends when it drains") {
  tell(gained_atom_v);
  tell(drain_atom_v);
  const auto so_far = rescues.size();
  advance(1min);
  CHECK(rescues.size() == so_far);
}

TEST_CASE_FIXTURE(janitor_fixture, "janitor: removes old files and says which are gone") {
  old = {"videos/1.mp4", "photos/2.jpg"};
  tell(gained_atom_v);
  REQUIRE(takings.size() == 1);
  CHECK(takings[0].keep == 90 * 24h);
  CHECK(dropped.size() == 2);
  CHECK(reported == dropped);
  advance(3h);
  CHECK(takings.size() >= 3); // with every sweep
}

TEST_CASE_FIXTURE(janitor_fixture, "janitor: reports no file that the storage could not remove") {
  old = {"videos/1.mp4", "photos/2.jpg"};
  stuck = "videos/1.mp4";
  tell(gained_atom_v);
  CHECK(reported == std::vector<std::string>{"photos/2.jpg"});
}

TEST_CASE_FIXTURE(janitor_fixture, "janitor: takes old files in batches until none is left") {
  for (int i = 0; i < 450; ++i)
    old.push_back("videos/" + std::to_string(i));
  tell(gained_atom_v);
  CHECK(takings.size() == 1);
  advance(1s); // with short pauses
  CHECK(takings.size() == 5);
  CHECK(reported.size() == 450);
}

TEST_CASE_FIXTURE(janitor_fixture, "janitor: one that leads no more takes no files") {
  tell(gained_atom_v);
  tell(lost_atom_v);
  old = {"videos/1.mp4"};
  advance(3h);
  CHECK(dropped.empty());
}

TEST_CASE_FIXTURE(janitor_fixture, "janitor: sweeps until nothing is left, a kind at a time") {
  old_rows = {{store::sweep_kind::updates, 100'000}, {store::sweep_kind::notifications, 30'000}};
  tell(gained_atom_v);
  CHECK(sweeps.size() == 1); // it gives way to others after each batch
  advance(10s);
  CHECK(old_rows[store::sweep_kind::updates] == 0);
  CHECK(old_rows[store::sweep_kind::notifications] == 0);
  CHECK(std::ranges::is_sorted(sweeps, {}, &store::sweep::kind));
  CHECK(std::ranges::all_of(sweeps, [](const auto& x) { return x.limit <= 2000; }));
}

TEST_CASE_FIXTURE(janitor_fixture, "janitor: makes smaller batches of what takes too long") {
  old_rows = {{store::sweep_kind::updates, 5'000}};
  too_many = 100;
  tell(gained_atom_v);
  advance(10s);
  CHECK(old_rows[store::sweep_kind::updates] == 0);
  CHECK(std::ranges::count_if(sweeps,
                              [this](const store::sweep& x) {
                                return x.kind == store::sweep_kind::nodes && x.limit <= too_many;
                              })
        == 1); // the round went on to its end
}

TEST_CASE_FIXTURE(janitor_fixture, "janitor: goes on with the other kinds when one fails") {
  old_rows = {{store::sweep_kind::notifications, 10}};
  old = {"videos/1.mp4"};
  for (const auto reason : {ec::misconfigured, ec::timed_out}) {
    sweeps.clear();
    broken = {{store::sweep_kind::updates, caf::make_error(reason)}};
    tell(gained_atom_v);
    advance(10s);
    CHECK(rounds() == 1);
    tell(lost_atom_v);
  }
  CHECK(old_rows[store::sweep_kind::notifications] == 0);
  CHECK(reported.size() == 1);
}

TEST_CASE_FIXTURE(janitor_fixture, "janitor: removes all other files when some cannot be removed") {
  for (int i = 0; i < 250; ++i) // the last are given out first
    old.push_back("videos/" + std::to_string(i));
  for (int i = 0; i < 150; ++i)
    old.push_back("stuck/" + std::to_string(i));
  stuck = "stuck/";
  tell(gained_atom_v);
  advance(2min);
  CHECK(reported.size() == 250);
}

TEST_CASE_FIXTURE(janitor_fixture,
                  "janitor: one that loses the lead in the middle of a round stops there") {
  old_rows = {{store::sweep_kind::updates, 1'000'000}};
  tell(gained_atom_v);
  advance(100ms);
  tell(lost_atom_v);
  const auto so_far = sweeps.size();
  CHECK(so_far > 1);
  advance(2h);
  CHECK(sweeps.size() == so_far);
}

TEST_SUITE_END();
