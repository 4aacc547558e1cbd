#include "db/candidate.hpp"

#include "base/log.hpp"

namespace neurocards::db {

void candidate::enter(pqxx::connection& on) {
  if (locks_)
    return;
  locks_.emplace(on, config_.role);
  if (config_.member)
    locks_->hold_name(*config_.member);
  tell_failure({});
}

void candidate::step_down_if_unable(time_point now) {
  if (!leads_)
    return;
  const bool unable = config_.able && !config_.able();
  locks_->say_unable(unable);
  if (!unable || !locks_->somebody_is_able())
    return;
  log::warn("leader.role_given_up", "role", config_.role, "cooldown_ms", config_.cooldown.count());
  idle_until_ = now + config_.cooldown;
  tell(false); // before the lock is somebody else's
  locks_->end_leadership();
}

void candidate::settle(standing x) {
  if (x == standing::leads) {
    locks_->say_able(false);
    return tell(true);
  }
  locks_->say_able(x == standing::leader_is_unable && (!config_.shows || config_.shows()));
}

void candidate::drop() {
  tell(false);
  locks_.reset();
}

void candidate::tell_failure(const std::string& error) {
  if (config_.told)
    config_.told(error);
}

void candidate::withdraw() {
  const bool led = leads_;
  tell(false);
  if (locks_) {
    if (led)
      locks_->end_leadership();
    locks_->say_able(false);
    if (config_.member)
      locks_->free_name(*config_.member);
  }
  tell_failure({});
}

void candidate::tell(bool leads) {
  if (leads == leads_)
    return;
  leads_ = leads;
  log::info(leads ? "leader.role_gained" : "leader.role_lost", "role", config_.role);
  changed_(leads);
}

} // namespace neurocards::db
