#pragma once

#include "actors/instance_figures.hpp"

#include <cstdint>
#include <functional>
#include <string>

#include <caf/actor_control_block.hpp>

namespace neurocards {

struct actor_kind;

/// One living actor, as somebody who watches it from another thread sees it. In the list of its
/// kind as long as its state lives.
class actor_instance : public instance_figures {
public:
  explicit actor_instance(actor_kind& kind) : kind_(kind) {}

  actor_instance(const actor_instance&) = delete;
  actor_instance& operator=(const actor_instance&) = delete;

  const actor_kind& kind() const { return kind_; }
  uint64_t id() const { return id_; }

  /// Which job, chat or task it is about; empty: none. Called from any thread: reads only what
  /// never changes.
  virtual std::string label() const = 0;

  /// What it says of itself, as a JSON object without texts of users. Runs inside the actor.
  virtual std::string describe() const = 0;

  virtual caf::weak_actor_ptr address() = 0;

protected:
  ~actor_instance() { leave(); }

  void enter(uint64_t id);

  /// May be called more than once.
  void leave();

  actor_kind& kind_;

private:
  friend void for_each_instance(actor_kind&, const std::function<void(actor_instance&)>&);

  uint64_t id_ = 0;
  bool listed_ = false;
  actor_instance* next_ = nullptr;
  actor_instance* previous_ = nullptr;
};

/// Calls `f` for all that live; meanwhile none is born and none dies. `f` must be quick.
void for_each_instance(actor_kind&, const std::function<void(actor_instance&)>& f);

} // namespace neurocards
