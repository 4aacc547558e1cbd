#include "actors/role_group.hpp"

#include "actors/backoff.hpp"
#include "actors/run_after.hpp"
#include "base/log.hpp"

namespace neurocards {

using namespace std::chrono_literals;

namespace {

constexpr auto first_pause = 500ms;
constexpr auto longest_pause = 30s;
constexpr auto settled_after = 1min; // a crash later than this is not one in a row

} // namespace

role_group::role_group(role_group_actor::pointer self, role role)
  : self_(self), role_(std::move(role)) {}

role_group_actor::behavior_type role_group::make_behavior() {
  self_->set_down_handler([this](const caf::down_msg& msg) { on_down(msg); });
  start();
  return {
    [this](drain_atom) -> caf::result<void> {
      drained_ = self_->make_response_promise<void>();
      draining_ = true;
      log::info("role.drains", "role", role_.name);
      drain_next();
      return drained_;
    },
  };
}

void role_group::start() {
  restarting_ = false;
  started_at_ = self_->clock().now();
  try {
    role_.start(members_);
  } catch (const std::exception& err) { // a listener or a lock that cannot be had
    return restart_later(caf::make_error(ec::unavailable, "start", err.what()));
  }
  for (const auto* list : {&members_.draining, &members_.others})
    for (const auto& actor : *list)
      self_->monitor(actor);
  log::info("role.started", "role", role_.name);
}

void role_group::on_down(const caf::down_msg& msg) {
  if (draining_ || restarting_)
    return;
  restart_later(msg.reason);
}

void role_group::restart_later(const caf::error& reason) {
  restarting_ = true;
  crashes_ = self_->clock().now() - started_at_ > settled_after ? 1 : crashes_ + 1;
  log::error("role.died", "role", role_.name, "reason", reason, "crashes", crashes_, "advice",
             "it is started again; report this if it repeats");
  end_members();
  run_after(self_, backoff(crashes_, first_pause, longest_pause), [this] {
    if (!draining_)
      start();
  });
}

void role_group::end_members() {
  for (const auto* list : {&members_.draining, &members_.others})
    for (const auto& actor : *list)
      self_->send_exit(actor, caf::exit_reason::kill);
  members_ = {};
}

void role_group::drain_next() {
  if (drained_members_ == members_.draining.size()) {
    end_members();
    log::info("role.drained", "role", role_.name);
    drained_.deliver();
    return self_->quit();
  }
  const auto next = members_.draining[drained_members_++];
  self_->request(next, caf::infinite, drain_atom_v)
    .then([this] { drain_next(); },
          [this](const caf::error& err) {
            log::warn("role.drain_incomplete", "role", role_.name, "error", err);
            drain_next();
          });
}

} // namespace neurocards
