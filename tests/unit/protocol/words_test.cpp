#include "protocol/fwd.hpp"
#include "protocol/node_role.hpp"
#include "protocol/store/job_action.hpp"
#include "protocol/store/lever.hpp"

#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/byte_buffer.hpp>
#include <doctest/doctest.h>

#include <algorithm>

// Words of enums at the boundaries: those that are known, and that no other passes.

using namespace neurocards;

namespace {

caf::byte_buffer written(auto value) {
  caf::byte_buffer result;
  caf::binary_serializer out{nullptr, result};
  REQUIRE(out.apply(value));
  return result;
}

} // namespace

TEST_SUITE_BEGIN("unit/protocol/words");

TEST_CASE("words: roles travel between nodes as the text they always were") {
  const std::vector<node_role> roles{node_role::worker, node_role::coordinator, node_role::gateway,
                                     node_role::notifier};
  const std::vector<std::string> words{"worker", "coordinator", "gateway", "notifier"};
  CHECK(written(roles) == written(words));
  const auto bytes = written(words);
  caf::binary_deserializer in{nullptr, bytes};
  std::vector<node_role> got;
  REQUIRE(in.apply(got));
  CHECK(got == roles);
}

TEST_CASE("words: a message with a role that this version does not know is not read") {
  for (const auto* word : {"painter", "", "janitor"}) { // which no coordinator places
    CAPTURE(word);
    const auto bytes = written(std::vector<std::string>{"worker", word});
    caf::binary_deserializer in{nullptr, bytes};
    std::vector<node_role> got;
    CHECK_FALSE(in.apply(got));
  }
}

TEST_CASE("words: roles are sorted alike as values and as text") {
  std::vector<std::string> words;
  for (const auto role :
       {node_role::coordinator, node_role::gateway, node_role::notifier, node_role::worker}) {
    words.emplace_back(to_string(role));
    CHECK(parse_node_role(words.back()) == role);
  }
  CHECK(std::ranges::is_sorted(words));
  CHECK(node_role::coordinator < node_role::gateway);
  CHECK(node_role::notifier < node_role::worker);
  CHECK(to_string(node_role::janitor) == "janitor");
}

TEST_CASE("words: what operators do is read by the words that SQL takes") {
  for (const auto action :
       {job_action::retry, job_action::fail, job_action::cancel, job_action::resend})
    CHECK(parse_job_action(to_string(action)) == action);
  CHECK(job_action_words() == "retry, fail, cancel, resend");
  CHECK_FALSE(parse_job_action("explode"));
  CHECK(to_string(lever_subject::queue) == "queue");
  CHECK(to_string(lever_subject::model) == "model");
  CHECK(parse_lever_action("pause", lever_subject::key) == lever_action::pause);
  CHECK(parse_lever_action("undrain", lever_subject::node) == lever_action::resume);
  CHECK_FALSE(parse_lever_action("pause", lever_subject::node));
  CHECK_FALSE(parse_lever_action("drain", lever_subject::queue));
}

TEST_SUITE_END();
