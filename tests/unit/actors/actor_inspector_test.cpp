#include "actors/actor_watch.hpp"
#include "tests/support/inspected_actors.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using namespace neurocards::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

/// The message of type int32_t of the blocker in a list of rows; null: none.
json number_row(const json& list) {
  for (const auto& x : list)
    if (x.at("kind") == blocker::name && x.at("message") == "int32_t")
      return x;
  return nullptr;
}

/// How many messages of type int32_t a second go from a kind to the blocker.
double rate_from(const std::string& kind, const json& flows) {
  for (const auto& x : flows)
    if (x.at("from") == kind && x.at("to") == blocker::name && x.at("message") == "int32_t")
      return x.at("rate");
  return 0;
}

int64_t count_of(const json& row) {
  return row.is_null() ? 0 : row.at("count").get<int64_t>();
}

} // namespace

TEST_SUITE_BEGIN("unit/actors/actor_inspector");

TEST_CASE_FIXTURE(inspected_actors,
                  "actors: a handler that blocks is named with its kind, message and duration") {
  const auto before = row(ask()["kinds"]).at("stalls").get<int64_t>();
  caf::anon_send(subject, int32_t{60'000});
  json stall;
  wait_until("the stall", [&] {
    stall = row(ask()["stalls"]);
    return !stall.is_null() && stall["running"] == true && stall["ms"] >= 100;
  });
  CHECK(stall["message"] == "int32_t");
  CHECK(stall["id"] == subject.id());
  const auto instance = ask({"", "blocker", 0, "waiting", 10, false})["instances"][0];
  CHECK(instance["now"]["message"] == "int32_t");
  CHECK(instance["now"]["ms"] >= 100);
  const auto all = ask();
  bool on_a_thread = false; // of the scheduler
  for (const auto& thread : all["threads"])
    on_a_thread = on_a_thread
                  || (thread["now"].is_object() && thread["now"]["kind"] == "blocker"
                      && thread["own"] == false);
  CHECK(on_a_thread);
  CHECK(row(all["kinds"])["stalls"] == before + 1); // before it has ended

  blocker::let_go = true;
  wait_until("its end", [&] { return row(ask()["stalls"])["running"] == false; });
  CHECK(row(ask()["stalls"])["ms"] >= 100);
  CHECK(row(ask()["kinds"])["stalls"] == before + 1);
}

TEST_CASE_FIXTURE(inspected_actors, "actors: a mailbox that grows is shown, with its oldest") {
  caf::anon_send(subject, int32_t{60'000});
  wait_until("the handler", [&] { return !row(ask()["stalls"]).is_null(); });
  for (const int64_t count : {20, 50}) {
    while (subject->ctrl() && row(ask()["kinds"])["waiting"] < count)
      caf::anon_send(subject, int32_t{0});
    const auto instance = ask({"", "blocker", 0, "waiting", 10, false})["instances"][0];
    CHECK(instance["id"] == subject.id());
    CHECK(instance["label"] == "job 7");
    CHECK(instance["waiting"] == count);
  }
  CHECK(row(ask()["kinds"])["oldest_ms"] > 0);
  blocker::let_go = true;
  wait_until("an empty mailbox", [&] { return row(ask()["kinds"])["waiting"] == 0; });
  CHECK(row(ask()["kinds"])["oldest_ms"] == 0);
}

TEST_CASE_FIXTURE(inspected_actors, "actors: one that answers a probe describes itself") {
  const auto got = probe();
  CHECK(got["waiting"] == 0);
  CHECK(got["answered_ms"] < 1000);
  CHECK(got["describe"]["mood"] == "calm");
  CHECK(got["label"] == "job 7");
  CHECK_FALSE(got.contains("stuck"));
  CHECK(ask({"", "blocker", subject.id() + 1'000'000, "", 0, false})["missing"] == true);
  CHECK(ask({"", "no_such_kind", 0, "", 0, false})["missing"] == true);
}

TEST_CASE_FIXTURE(inspected_actors,
                  "actors: a probe tells which message was handled last and when, not itself") {
  CHECK(probe()["last_message"] == nullptr);
  CHECK(probe()["last_at"] == nullptr); // the probe before is none
  const auto unix_now = [] {
    return std::chrono::duration<double>{std::chrono::system_clock::now().time_since_epoch()}
      .count();
  };
  const auto sent = unix_now();
  caf::anon_send(subject, int32_t{30});
  const auto got = probe(); // behind it in the mailbox
  CHECK(got["last_message"] == "int32_t");
  CHECK(got["last_at"] >= sent + 0.029);
  CHECK(got["last_at"] <= unix_now());
  CHECK(probe()["last_message"] == "int32_t");
  CHECK(std::abs(probe()["last_at"].get<double>() - got["last_at"].get<double>()) < 0.02);
  const auto listed = ask({"", "blocker", 0, "waiting", 10, false})["instances"][0];
  CHECK(listed["last_message"] == "int32_t");

  caf::anon_send(caf::actor_cast<caf::actor>(subject), std::string{"what a user wrote"});
  const auto other = probe();
  CHECK(other["last_message"] == "std::string");
  CHECK(other.dump().find("user wrote") == std::string::npos);

  caf::anon_send(subject, caf::ok_atom_v); // deaf from now on
  const auto stuck = probe();
  CHECK(stuck["stuck"] == true);
  CHECK(stuck["last_message"] == "ok_atom");
}

TEST_CASE_FIXTURE(inspected_actors, "actors: one that never answers is stuck after a second") {
  SUBCASE("because its handler does not come back") {
    caf::anon_send(subject, int32_t{3000});
    wait_until("the handler", [&] { return !row(ask()["stalls"]).is_null(); });
    const auto got = probe();
    CHECK(got["stuck"] == true);
    CHECK(got["now"]["message"] == "int32_t");
    CHECK(got["now"]["ms"] >= 1000);
  }
  SUBCASE("because it waits for an answer that does not come") {
    caf::anon_send(subject, caf::ok_atom_v);
    const auto got = probe();
    CHECK(got["stuck"] == true);
    CHECK(got["now"] == nullptr);
    CHECK(got["waiting"] == 1); // the probe itself
  }
}

TEST_CASE_FIXTURE(inspected_actors, "actors: messages are counted and timed by type and sender") {
  ask(); // from now on somebody looks
  const auto before = count_of(number_row(ask()["messages"]));
  for (int i = 0; i < 10; ++i)
    caf::anon_send(subject, int32_t{5});
  wait_until("ten messages",
             [&] { return count_of(number_row(ask()["messages"])) == before + 10; });
  const auto all = ask();
  const auto message = number_row(all["messages"]);
  CHECK(message["max_ms"] >= 5);
  CHECK(message["p99_ms"] >= 5);
  CHECK(message["p50_ms"] <= message["p99_ms"]);
  CHECK(message["rate"] > 0);
  CHECK(row(all["kinds"])["handle_ms"]["max"] >= 5);
  CHECK(row(all["kinds"])["wait_ms"]["p99"] >= 5); // the tenth waited for nine
  CHECK(row(all["kinds"])["busy"] > 0);
  CHECK(rate_from("nobody", all["flows"]) > 0);
}

TEST_CASE_FIXTURE(inspected_actors, "actors: a flow names the kind that sends") {
  ask(); // from now on somebody looks
  const auto between = sys.spawn<forwarder_impl>(subject);
  caf::anon_send(between, int32_t{0});
  wait_until("the flow", [&] { return rate_from(forwarder::name, ask()["flows"]) > 0; });
  caf::anon_send_exit(between, caf::exit_reason::kill);
}

TEST_CASE("actors: what is recorded for who looks ends a minute after the last question") {
  const auto now = actor_watch::clock::now();
  actor_watch::renew();
  actor_watch::end_if_left(now + 59s);
  CHECK(actor_watch::is_on());
  actor_watch::end_if_left(now + 62s);
  CHECK_FALSE(actor_watch::is_on());
}

TEST_CASE_FIXTURE(inspected_actors, "actors: a handler that throws is an error of its message") {
  ask();
  const auto errors = [&] {
    const auto found = number_row(ask()["messages"]);
    return found.is_null() ? 0 : found["errors"].get<int64_t>();
  };
  const auto before = errors();
  caf::anon_send(subject, int32_t{-1});
  wait_until("the error", [&] { return errors() == before + 1; });
  CHECK(ask({"", "blocker", 0, "", 0, false})["instances"].empty());
}

TEST_CASE_FIXTURE(inspected_actors, "actors: dead letters are told by kind, message and reason") {
  ask();
  const auto letters = [&](const std::string& reason) {
    int64_t sum = 0;
    const auto all = ask();
    for (const auto& x : all["dead_letters"])
      if (x["kind"] == "blocker" && x["reason"] == reason)
        sum += x["count"].get<int64_t>();
    return sum;
  };
  const auto unhandled = letters("unhandled"), ended = letters("ended");
  caf::anon_send(caf::actor_cast<caf::actor>(subject), std::string{"what is this?"});
  wait_until("the unhandled message", [&] { return letters("unhandled") == unhandled + 1; });
  caf::anon_send_exit(subject, caf::exit_reason::kill);
  wait_until("its end", [&] { return row(ask()["kinds"])["alive"] == 0; });
  CHECK(row(ask()["kinds"])["ended"]["killed"] > 0);
  caf::anon_send(subject, int32_t{1});
  CHECK(letters("ended") == ended + 1);
}

TEST_CASE("actors: quantiles of durations are at most a quarter too long") {
  duration_histogram x;
  CHECK(x.quantile(0.5) == 0);
  for (int64_t i = 1; i <= 1000; ++i)
    x.add(i * 1'000'000);
  CHECK(x.quantile(0.5) >= 500'000'000);
  CHECK(x.quantile(0.5) <= 640'000'000);
  CHECK(x.quantile(0.99) >= 990'000'000);
  CHECK(x.max() == 1'000'000'000);
  CHECK(x.quantile(1) == x.max());
  x.add(int64_t{100} * 3'600'000'000'000); // beyond the last step
  CHECK(x.max() == int64_t{100} * 3'600'000'000'000);
}

TEST_SUITE_END();
