#pragma once

#include "protocol/actors_view.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <caf/typed_response_promise.hpp>

namespace neurocards {

/// Collects the answers of several nodes and delivers them together, in the order of their names,
/// as soon as the last has come. Part of an actor.
class actors_gathering {
public:
  actors_gathering(caf::typed_response_promise<actors_answer> to, size_t expected)
    : promise_(std::move(to)), expected_(expected) {
    if (expected_ == 0)
      promise_.deliver(actors_answer{});
  }

  void add(const std::string& node, std::string told) {
    answers_.emplace_back(node, std::move(told));
    if (answers_.size() < expected_)
      return;
    std::ranges::sort(answers_);
    actors_answer all;
    for (auto& [_, text] : answers_)
      all.nodes.push_back(std::move(text));
    promise_.deliver(std::move(all));
  }

private:
  caf::typed_response_promise<actors_answer> promise_;
  size_t expected_;
  std::vector<std::pair<std::string, std::string>> answers_; // by node
};

} // namespace neurocards
