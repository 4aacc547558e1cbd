#include "node/cli/command_line.hpp"
#include "node/http/endpoint.hpp"
#include "tests/support/inspected_actors.hpp"

#include <doctest/doctest.h>

#include <iostream>
#include <sstream>

using namespace neurocards;
using namespace neurocards::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

/// Actors behind an endpoint with a token, and the verb that asks there.
struct actors_verb : inspected_actors {
  endpoint_options options = [] {
    endpoint_options result;
    result.port = 0;
    result.tokens.act = secret{"let-me-in"};
    return result;
  }();
  std::vector<std::string> others; // rows of other nodes

  endpoint_hooks hooks = [this] {
    endpoint_hooks result;
    result.actors = [this](const actors_query& query, auto done) {
      caf::scoped_actor self{sys};
      self->request(teller, 10s, query)
        .receive(
          [&](actors_answer got) {
            if (query.node == "*")
              got.nodes.insert(got.nodes.end(), others.begin(), others.end());
            done(std::move(got));
          },
          [&](const caf::error&) { done(actors_answer{}); });
    };
    return result;
  }();
  http_endpoint endpoint{options, hooks};

  /// What the verb prints.
  std::string call(const std::vector<std::string>& arguments,
                   const std::string& token = "let-me-in") {
    const auto understood = command_line::parse(arguments);
    REQUIRE_MESSAGE(understood.verb, understood.wrong);
    verbs::invocation in{
      {}, understood.words, understood.flags, understood.values, understood.options};
    in.config.settings.http.listen = "127.0.0.1:" + std::to_string(endpoint.port());
    in.config.settings.secrets.http_token = secret{token};
    std::ostringstream text;
    auto* const before = std::cout.rdbuf(text.rdbuf());
    try {
      understood.verb->perform(in);
    } catch (...) {
      std::cout.rdbuf(before);
      throw;
    }
    std::cout.rdbuf(before);
    return text.str();
  }
};

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_SUITE_BEGIN("unit/node/cli/actors_verb");

TEST_CASE_FIXTURE(actors_verb,
                  "actors verb: the verb actors names who blocks, with message and duration") {
  caf::anon_send(subject, int32_t{60'000});
  const auto begin = std::chrono::steady_clock::now();
  json stall;
  wait_until("the stall", [&] {
    const auto told = json::parse(call({"actors", "--json"}));
    for (const auto& x : told.at("nodes").at(0).at("stalls")) // and those that have ended
      if (x.at("kind") == blocker::name && x.at("running") == true)
        stall = x;
    return !stall.is_null() && stall["ms"] >= 100;
  });
  CHECK(std::chrono::steady_clock::now() - begin < 5s);
  CHECK(stall["message"] == "int32_t");
  const auto text = call({"actors"});
  CHECK(holds(text, "Node here, version 1.0"));
  CHECK(holds(text, "blocker"));
  CHECK(holds(text, "int32_t"));
}

TEST_CASE_FIXTURE(actors_verb, "actors verb: the verb actors names a node that does not answer") {
  others = {R"({"node":"away","error":"does not answer within 2 s"})"};
  CHECK(holds(call({"actors"}), "Node away: does not answer within 2 s"));
  CHECK(holds(call({"actors", "blocker"}), "Node away: does not answer within 2 s"));
  CHECK(json::parse(call({"actors", "--json"}))["nodes"].size() == 2);
}

TEST_CASE_FIXTURE(actors_verb, "actors verb: the verb actors lists a kind and probes one of it") {
  const auto list = call({"actors", "blocker"});
  CHECK(holds(list, "job 7"));
  CHECK(holds(list, std::to_string(subject.id())));
  const auto one = call({"actors", "blocker", std::to_string(subject.id())});
  CHECK(holds(one, "answered within"));
  CHECK(holds(one, "mood: calm"));
  CHECK(holds(one, "last message: none"));
  caf::anon_send(subject, int32_t{1});
  CHECK(
    holds(call({"actors", "blocker", std::to_string(subject.id())}), "last message: int32_t (20"));
  caf::anon_send(subject, caf::ok_atom_v);
  CHECK(holds(call({"actors", "blocker", std::to_string(subject.id())}), "DOES NOT ANSWER"));
}

TEST_CASE_FIXTURE(actors_verb, "actors verb: the verb actors says why it cannot tell") {
  CHECK_THROWS_WITH_AS(call({"actors", "no_such_kind"}),
                       "no such kind of actor; GET /api/actors names them", std::runtime_error);
  CHECK_THROWS_WITH_AS(call({"actors"}, "wrong"),
                       "the token is missing or wrong; send Authorization: Bearer HTTP_TOKEN",
                       std::runtime_error);
  CHECK_THROWS_AS(call({"actors", "a/b"}), verbs::wrong_usage);
  endpoint.stop();
  CHECK_THROWS_AS(call({"actors"}), std::runtime_error);
}

TEST_SUITE_END();
