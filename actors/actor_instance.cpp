#include "actors/actor_instance.hpp"

#include "actors/actor_kinds.hpp"

namespace neurocards {

void actor_instance::enter(uint64_t id) {
  id_ = id;
  spawned_at = std::chrono::steady_clock::now();
  const std::lock_guard hold{kind_.instances_mutex};
  listed_ = true;
  next_ = kind_.first_instance;
  if (next_)
    next_->previous_ = this;
  kind_.first_instance = this;
}

void actor_instance::leave() {
  const std::lock_guard hold{kind_.instances_mutex};
  if (!std::exchange(listed_, false))
    return;
  if (next_)
    next_->previous_ = previous_;
  (previous_ ? previous_->next_ : kind_.first_instance) = next_;
}

void for_each_instance(actor_kind& kind, const std::function<void(actor_instance&)>& f) {
  const std::lock_guard hold{kind.instances_mutex};
  for (auto* x = kind.first_instance; x; x = x->next_)
    f(*x);
}

} // namespace neurocards
