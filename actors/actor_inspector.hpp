#pragma once

#include "actors/actor_instance.hpp"
#include "protocol/actors_view.hpp"

#include <functional>
#include <string>

#include <caf/local_actor.hpp>

namespace neurocards {

/// Answers what somebody asks about the actors of this process. Part of an actor, and used inside
/// it only.
class actor_inspector {
public:
  using callback = std::function<void(std::string)>;

  actor_inspector(caf::local_actor* self, std::string node, std::string version)
    : self_(self), node_(std::move(node)), version_(std::move(version)) {}

  const std::string& node() const { return node_; }

  /// Calls `done` once, with a JSON object, within a second. `query.node` is ignored.
  void answer(const actors_query& query, callback done);

private:
  void tell_kinds(const callback& done) const;
  void tell_instances(const actors_query&, const callback& done) const;
  void probe(const actors_query&, callback done);

  caf::local_actor* self_;
  std::string node_;
  std::string version_;
};

/// The answer of a node from which none came.
std::string unanswered(const std::string& node, const std::string& error);

} // namespace neurocards
