#include "actors/health.hpp"

#include "actors/run_after.hpp"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

namespace neurocards {

namespace {

/// The part of a lease after which a node without heartbeats gives its jobs up: the rest is the
/// margin for clocks and for what is already on its way.
constexpr double patience = 0.7;

constexpr caf::timespan stats_patience = std::chrono::seconds{1};

caf::timespan patience_of(caf::timespan lease) {
  return std::chrono::duration_cast<caf::timespan>(lease * patience);
}

nlohmann::json to_json(const node_stats& x, double claims_per_second) {
  return {{"in_flight", x.in_flight}, {"capacity", x.capacity},
          {"claimed", x.claimed},     {"claims_per_second", claims_per_second},
          {"completed", x.completed}, {"failed", x.failed}};
}

nlohmann::json to_json(const std::vector<stages_under_way::figure>& stages) {
  auto result = nlohmann::json::array();
  for (const auto& x : stages)
    result.push_back({{"stage", job_stage_names.at(static_cast<size_t>(x.stage))},
                      {"jobs", x.jobs},
                      {"oldest_seconds", std::chrono::duration<double>{x.oldest}.count()}});
  return result;
}

} // namespace

std::string joined_roles(std::vector<node_role> roles) {
  std::ranges::sort(roles);
  std::string result;
  for (const auto role : roles)
    result.append(result.empty() ? "" : ",").append(to_string(role));
  return result;
}

health::health(health_actor::pointer self, health_config config, health_store_actor store)
  : self_(self), config_(std::move(config)), store_(std::move(store)), node_(uuid::random()) {}

health_actor::behavior_type health::make_behavior() {
  self_->set_down_handler([this](const caf::down_msg& msg) {
    if (claimer_ && msg.source == claimer_.address())
      claimer_ = nullptr;
  });
  beat();
  beat_later();
  return {
    [this](lease_atom, const caf::actor& claimer) {
      claimer_ = caf::actor_cast<queue_claimer_actor>(claimer);
      self_->monitor(claimer_);
      if (alive_)
        tell_claimer(node_);
    },
    [this](const node_report& report) { config_.roles = joined_roles(report.roles); },
    [this](drain_atom) -> caf::result<void> {
      auto promise = self_->make_response_promise<void>();
      drain(promise);
      return promise;
    },
  };
}

void health::beat_later() {
  run_after(self_, config_.heartbeat, [this] {
    beat();
    beat_later();
  });
}

void health::beat() {
  if (beating_ || draining_)
    return;
  beating_ = true;
  if (!claimer_)
    return send_beat({});
  // Its numbers are nice to have; a claimer that is busy must not cost the lease.
  self_->request(claimer_, std::min(stats_patience, config_.heartbeat / 2), stats_atom_v)
    .then([this](const node_stats& stats) { send_beat(stats); },
          [this](const caf::error&) { send_beat({}); });
}

void health::send_beat(const node_stats& stats) {
  const auto now = self_->clock().now();
  auto told = to_json(stats, claims_per_second(stats));
  if (config_.stages)
    told["stages"] = to_json(config_.stages->read(now));
  if (config_.settings)
    told["config"] = nlohmann::json::parse(config_.settings());
  self_
    ->request(store_, caf::infinite,
              store::heartbeat{node_, config_.node, config_.roles, config_.version, told.dump()})
    .then([this, now, as = node_](const store::heartbeat_outcome& got) { on_beat(got, as, now); },
          [this](const caf::error& err) {
            beating_ = false;
            if (failures_.should_log())
              log::warn("health.beat_failed", "error", err, "times", failures_.count());
          });
}

/// Since the last beat. A claimer that was started anew counts from zero.
double health::claims_per_second(const node_stats& stats) {
  const auto now = self_->clock().now();
  const std::chrono::duration<double> span = now - std::exchange(counted_at_, now);
  const auto before = std::exchange(claimed_, stats.claimed);
  if (stats.claimed <= before || span.count() <= 0)
    return 0;
  return std::round(static_cast<double>(stats.claimed - before) / span.count() * 10) / 10;
}

void health::on_beat(const store::heartbeat_outcome& got, incarnation as,
                     caf::actor_clock::time_point sent_at) {
  beating_ = false;
  if (const auto failures = failures_.reset())
    log::info("health.beats_again", "failures", failures);
  if (as != node_)
    return beat(); // fenced meanwhile: the new incarnation introduces itself
  if (got.fenced) {
    fence("others have taken this node's jobs over");
    return beat();
  }
  if (self_->clock().now() - sent_at >= patience_of(config_.lease))
    return beat(); // stored, but nobody knows how long ago
  fence_later(sent_at + patience_of(config_.lease));
  if (config_.also_tell)
    config_.also_tell(config_.node);
  if (config_.tell_drains)
    config_.tell_drains(got.drains);
  if (!std::exchange(alive_, true)) {
    log::info("health.joined", "node", config_.node, "incarnation", node_, "roles", config_.roles);
    tell_claimer(node_);
  }
}

void health::fence_later(caf::actor_clock::time_point when) {
  fence_.dispose();
  fence_ = run_after(self_, when - self_->clock().now(), [this] {
    fence("no heartbeat was stored for most of a lease");
    beat();
  });
}

void health::fence(std::string_view reason) {
  log::error("health.fenced", "incarnation", node_, "why", reason, "advice",
             "none if the database was away; jobs are taken over and this node starts anew");
  alive_ = false;
  fence_.dispose();
  node_ = incarnation{uuid::random()};
  tell_claimer({});
}

void health::tell_claimer(incarnation node) {
  if (claimer_)
    self_->send(claimer_, lease_atom_v, node);
}

void health::drain(caf::typed_response_promise<void> promise) {
  draining_ = true;
  self_->request(store_, caf::infinite, store::leave_cluster{node_})
    .then(
      [this, promise](const store::committed&) mutable {
        promise.deliver();
        self_->quit();
      },
      [this, promise](caf::error& err) mutable {
        promise.deliver(std::move(err)); // the row goes stale by itself
        self_->quit();
      });
}

} // namespace neurocards
