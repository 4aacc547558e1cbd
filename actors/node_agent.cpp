#include "actors/node_agent.hpp"

#include "actors/actors_gathering.hpp"
#include "actors/run_after.hpp"
#include "domain/placement.hpp"

#include <algorithm>
#include <set>

#include <caf/actor_registry.hpp>

namespace neurocards {

namespace {

constexpr caf::timespan stats_patience = std::chrono::seconds{1};

/// A coordinator gives every node two seconds.
constexpr caf::timespan coordinator_patience = std::chrono::seconds{3};

/// Takes jobs back and sweeps; every node competes for it, so that it is done whoever is down.
constexpr auto everywhere = node_role::janitor;

/// Ends last: it sends what the others have written.
constexpr auto ends_last = node_role::notifier;

bool contains(const std::vector<node_role>& roles, node_role role) {
  return std::ranges::find(roles, role) != roles.end();
}

} // namespace

node_agent::node_agent(node_agent_actor::pointer self, agent_config config, health_actor health,
                       peer_dialer_actor dialer)
  : self_(self), config_(std::move(config)), health_(std::move(health)),
    links_(self, config_.identity, std::move(dialer)),
    inspector_(self, config_.identity.name, config_.identity.version) {}

node_agent_actor::behavior_type node_agent::make_behavior() {
  self_->set_down_handler([this](const caf::down_msg& msg) { on_down(msg); });
  paused_ = config_.drains && config_.drains();
  begin();
  return {
    [this](const placement& placement) { follow(placement); },
    [this](const node_card& who, const caf::strong_actor_ptr& coordinator) {
      links_.meet(who, coordinator);
    },
    [this](const outbox_hint& hint) { on_hint(hint); },
    [this](const cluster_file& file) { on_file(file); },
    [this](wake_atom) { reread(); },
    [this](const actors_query& query) {
      return query.node == inspector_.node() ? tell_actors(query) : ask_others(query);
    },
    [this](drain_atom) { return drain_all(); },
  };
}

/// A node that has a coordinator itself knows at once what the file says; another one asks first,
/// so that nothing starts here that was moved away meanwhile.
void node_agent::begin() {
  const auto own = placements::wanted(config_.nodes, config_.identity.name);
  links_.set_coordinators(own.coordinators);
  start(everywhere);
  if (contains(own.roles, node_role::coordinator)
      || placements::to_dial(own.coordinators, config_.identity.name, false).empty())
    follow(own);
  waits_until_ = self_->clock().now() + config_.patience;
  tick();
}

/// Nobody said what to run in time. A node that was refused does not go by its file: a namesake may
/// be at work, or the database may speak another protocol than this program.
void node_agent::go_by_own_file() {
  if (placed_ || draining_ || self_->clock().now() < waits_until_ || links_.refused())
    return;
  log::warn("cluster.no_placement", "node", config_.identity.name, "advice",
            "no leading coordinator is reachable: this node goes by its own cluster.conf");
  follow(placements::wanted(config_.nodes, config_.identity.name));
}

// ── roles ────────────────────────────────────────────────────────────────────────────────────────

void node_agent::follow(const placement& placement) {
  if (draining_)
    return;
  if (!placed_ || placement != target_) {
    log::info("node.placed", "node", config_.identity.name, "change",
              placements::difference(target_, placement), "reason", placement.reason);
    if (placement.concurrency != target_.concurrency || !placed_)
      config_.resize(placement.concurrency);
  }
  target_ = placement;
  placed_ = true;
  if (!placement.coordinators.empty())
    links_.set_coordinators(placement.coordinators);
  reconcile();
}

std::vector<node_role> node_agent::wanted_roles() const {
  return paused_ ? placements::kept_while_drained(target_.roles) : target_.roles;
}

/// `nodes drain` and `nodes undrain`, which the heartbeat brings.
void node_agent::follow_operator() {
  const bool drains = config_.drains && config_.drains();
  if (draining_ || std::exchange(paused_, drains) == drains)
    return;
  log::info(drains ? "node.drained_by_operator" : "node.undrained_by_operator");
  if (placed_)
    reconcile();
}

void node_agent::reconcile() {
  const auto wanted = wanted_roles();
  for (const auto& [role, state] : roles_)
    if (role != everywhere && !state.draining && !contains(wanted, role))
      drain(role);
  for (const auto role : wanted)
    if (!roles_.contains(role)) // one that drains starts again when it has ended
      start(role);
  report();
}

bool node_agent::runs(node_role role) const {
  const auto found = roles_.find(role);
  return found != roles_.end() && !found->second.draining;
}

void node_agent::start(node_role role) {
  auto group = config_.start_role(role);
  self_->monitor(group);
  roles_[role] = {std::move(group), false};
}

void node_agent::drain(node_role role) {
  auto& state = roles_.at(role);
  if (std::exchange(state.draining, true))
    return;
  self_->request(state.group, caf::infinite, drain_atom_v)
    .then([] {}, // its end tells
          [role](const caf::error& err) {
            log::warn("role.drain_incomplete", "role", role, "error", err);
          });
}

void node_agent::on_down(const caf::down_msg& msg) {
  if (links_.on_down(msg))
    return;
  for (const auto& [role, state] : roles_)
    if (state.group.address() == msg.source)
      return on_role_gone(role);
}

void node_agent::on_role_gone(node_role role) {
  const bool asked = roles_.at(role).draining;
  roles_.erase(role);
  if (draining_)
    return drain_on();
  if (!asked) {
    log::error("role.group_died", "role", role, "advice", "it is started again; report this");
    if (role == everywhere)
      start(everywhere);
  }
  reconcile();
}

// ── the end of the node ──────────────────────────────────────────────────────────────────────────

caf::result<void> node_agent::drain_all() {
  draining_ = true;
  drained_ = self_->make_response_promise<void>();
  drain_on();
  return drained_;
}

void node_agent::drain_on() {
  bool others = false;
  for (const auto& [role, _] : roles_) {
    if (role == ends_last)
      continue;
    others = true;
    drain(role);
  }
  if (others)
    return;
  if (roles_.contains(ends_last))
    return drain(ends_last);
  drained_.deliver();
  self_->quit();
}

// ── coordinators ─────────────────────────────────────────────────────────────────────────────────

void node_agent::tick() {
  follow_operator();
  links_.tick();
  go_by_own_file();
  report();
  run_after(self_, config_.interval, [this] { tick(); });
}

void node_agent::report() {
  const auto claimer = self_->system().registry().get<queue_claimer_actor>("queue_claimer");
  if (!claimer)
    return send_report({});
  self_->request(claimer, stats_patience, stats_atom_v)
    .then([this](const node_stats& stats) { send_report(stats); },
          [this](const caf::error&) { send_report({}); });
}

void node_agent::send_report(const node_stats& stats) {
  node_report now;
  for (const auto& [role, state] : roles_)
    if (role != everywhere)
      (state.draining ? now.draining : now.roles).push_back(role);
  now.concurrency = target_.concurrency;
  now.stats = stats;
  links_.tell(now);
  if (told_health_ != now.roles) {
    told_health_ = now.roles;
    self_->send(health_, now);
  }
}

void node_agent::on_hint(const outbox_hint& hint) {
  if (!links_.is_from_coordinator(self_->current_sender())) {
    if (!runs(ends_last)) // NOTIFY tells ours as fast
      links_.tell(hint);
    return;
  }
  if (const auto notifier = self_->system().registry().get<notifier_actor>("notifier"))
    self_->send(notifier, hint);
}

void node_agent::on_file(const cluster_file& file) {
  if (!file.faults.empty())
    return;
  config_.nodes = file.nodes;
  links_.set_coordinators(placements::coordinators(file.nodes));
}

void node_agent::reread() {
  if (config_.reread && links_.is_from_coordinator(self_->current_sender()))
    config_.reread();
}

// ── the actors of the cluster ────────────────────────────────────────────────────────────────────

caf::result<actors_answer> node_agent::tell_actors(const actors_query& query) {
  auto promise = self_->make_response_promise<actors_answer>();
  inspector_.answer(query, [promise](std::string told) mutable {
    promise.deliver(actors_answer{{std::move(told)}});
  });
  return promise;
}

caf::result<actors_answer> node_agent::ask_others(const actors_query& query) {
  auto promise = self_->make_response_promise<actors_answer>();
  const auto coordinator = links_.nearest();
  if (!coordinator) {
    tell_without_others(query, "no coordinator is connected that could ask it", promise);
    return promise;
  }
  self_->request(coordinator, coordinator_patience, query)
    .then([promise](const actors_answer& got) mutable { promise.deliver(got); },
          [this, promise, query](const caf::error&) {
            tell_without_others(query, "the coordinator that should ask it does not answer",
                                promise);
          });
  return promise;
}

/// Our own actors, and a row for every other node that was asked for.
void node_agent::tell_without_others(const actors_query& query, const std::string& reason,
                                     caf::typed_response_promise<actors_answer> promise) {
  std::set<std::string> nodes{query.node};
  if (query.node == "*") {
    nodes = {inspector_.node()};
    for (const auto& node : config_.nodes)
      nodes.insert(node.name);
  }
  const auto all = std::make_shared<actors_gathering>(std::move(promise), nodes.size());
  for (const auto& node : nodes)
    if (node != inspector_.node())
      all->add(node, unanswered(node, reason));
    else
      inspector_.answer(query, [all, node](std::string told) { all->add(node, std::move(told)); });
}

} // namespace neurocards
