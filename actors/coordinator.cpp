#include "actors/coordinator.hpp"

#include "actors/actor_inspector.hpp"
#include "actors/actors_gathering.hpp"
#include "actors/run_after.hpp"
#include "base/log.hpp"
#include "domain/placement.hpp"

#include <algorithm>
#include <set>

namespace neurocards {

using namespace std::chrono_literals;

namespace {

/// A node needs a moment to drain what it shall not run any more.
constexpr caf::timespan tell_again_after = 5s;

/// A node that has not told of its actors by then does not answer.
constexpr caf::timespan node_patience = 2s;

/// How long a node that was turned away is shown.
constexpr caf::timespan refusals_shown = 10min;

void tell_changes(const std::vector<config::node>& before, const std::vector<config::node>& after) {
  std::set<std::string> names;
  for (const auto* list : {&before, &after})
    for (const auto& node : *list)
      names.insert(node.name);
  for (const auto& name : names) {
    const auto change =
      placements::difference(placements::wanted(before, name), placements::wanted(after, name));
    if (!change.empty())
      log::info("cluster.placement_changed", "node", name, "change", change);
  }
}

bool runs_notifier(const std::optional<node_report>& x) {
  return x && std::ranges::find(x->roles, node_role::notifier) != x->roles.end();
}

} // namespace

coordinator::coordinator(coordinator_actor::pointer self, coordinator_config config,
                         cluster_store_actor store)
  : self_(self), config_(std::move(config)), store_(std::move(store)) {}

coordinator_actor::behavior_type coordinator::make_behavior() {
  self_->set_down_handler([this](const caf::down_msg& msg) { on_down(msg); });
  schedule_check();
  return {
    [this](gained_atom) { gain(); },
    [this](lost_atom) { lose(); },
    [this](const node_card& identity, const caf::strong_actor_ptr& agent,
           const caf::strong_actor_ptr& theirs) { return on_hello(identity, agent, theirs); },
    [this](const node_report& report) { on_report(report); },
    [this](const outbox_hint& hint) { on_hint(hint); },
    [this](const cluster_file& file) { on_file(file); },
    [this](wake_atom) { let_others_read(); },
    [this](const actors_query& query) { return ask_nodes(query); },
    [this](drain_atom) { self_->quit(); },
  };
}

// ── who is there ─────────────────────────────────────────────────────────────────────────────────

caf::result<node_card> coordinator::on_hello(const node_card& identity,
                                             const caf::strong_actor_ptr& agent,
                                             const caf::strong_actor_ptr& theirs) {
  std::optional<node_card> known;
  if (const auto found = peers_.find(identity.name); found != peers_.end())
    known = found->second.identity;
  auto reason = placements::refusal(config_.identity, identity, known);
  if (reason.empty() && !agent)
    reason = "node " + identity.name + " came without an agent";
  if (!reason.empty()) {
    refuse(identity, reason);
    return caf::make_error(ec::rejected, reason);
  }
  admit(identity, caf::actor_cast<node_agent_actor>(agent), theirs);
  return config_.identity;
}

void coordinator::refuse(const node_card& identity, const std::string& reason) {
  if (!refused_.contains(identity.process))
    log::error("cluster.node_refused", "node", identity.name, "version", identity.version, "why",
               reason);
  refused_[identity.process] = {identity, reason, self_->clock().now()};
}

void coordinator::admit(const node_card& identity, node_agent_actor agent,
                        const caf::strong_actor_ptr& theirs) {
  auto& entry = peers_[identity.name];
  if (entry.agent != agent) {
    log::info("cluster.node_joined", "node", identity.name, "version", identity.version);
    self_->monitor(agent);
  }
  entry = {identity, std::move(agent), theirs, std::nullopt, self_->clock().now(), {}};
  std::erase_if(refused_, [&](const auto& x) { // it was upgraded; a namesake may still be knocking
    return x.second.identity.name == identity.name
           && x.second.identity.protocol != identity.protocol;
  });
  introduce(entry);
  if (leader_.leading())
    place(entry);
}

/// Tells our own agent of the coordinators on nodes that came to us, so that it need not dial them.
void coordinator::introduce(const cluster_peer& whom) {
  const auto ours = peers_.find(config_.identity.name);
  if (ours == peers_.end())
    return;
  const auto tell = [&](const cluster_peer& other) {
    if (other.coordinator && !is_ours(other.identity.name))
      self_->send(ours->second.agent, other.identity, other.coordinator);
  };
  if (!is_ours(whom.identity.name))
    return tell(whom);
  for (const auto& [_, other] : peers_)
    tell(other);
}

cluster_peer* coordinator::sender() {
  const auto from = self_->current_sender();
  for (auto& [_, entry] : peers_)
    if (from && entry.agent.address() == from)
      return &entry;
  return nullptr;
}

void coordinator::on_report(const node_report& report) {
  auto* from = sender();
  if (!from)
    return; // it says hello again when it learns of it
  from->report = report;
  from->heard_at = self_->clock().now();
  const auto wanted = placements::wanted(config_.nodes, from->identity.name);
  if (leader_.leading() && !placements::follows(report, wanted)
      && self_->clock().now() - from->told_at > tell_again_after)
    place(*from);
}

void coordinator::on_down(const caf::down_msg& msg) {
  const auto gone = std::ranges::find_if(
    peers_, [&](const auto& x) { return x.second.agent.address() == msg.source; });
  if (gone == peers_.end())
    return;
  log::warn("cluster.node_away", "node", gone->first, "reason", msg.reason);
  peers_.erase(gone);
}

// ── what they shall run ──────────────────────────────────────────────────────────────────────────

void coordinator::gain() {
  if (!leader_.leading())
    log::info("cluster.leads", "node", config_.identity.name);
  leader_.gain();
  forget_shown();
  place_all();
  show();
}

void coordinator::lose() {
  if (leader_.leading())
    log::info("cluster.leads_no_more", "node", config_.identity.name);
  leader_.lose();
  forget_shown();
}

/// Another may have led meanwhile, and what he showed is what there is to see.
void coordinator::forget_shown() {
  showing_ = false;
  shown_.clear();
}

void coordinator::place(cluster_peer& whom) {
  whom.told_at = self_->clock().now();
  self_->send(whom.agent, placements::wanted(config_.nodes, whom.identity.name));
}

void coordinator::place_all() {
  for (auto& [_, entry] : peers_)
    place(entry);
}

void coordinator::on_file(const cluster_file& file) {
  file_faults_ = file.faults;
  if (file_faults_.empty())
    file_faults_ = placements::faults_of(file.nodes);
  if (!file_faults_.empty()) {
    for (const auto& fault : file_faults_)
      log::error("cluster.file_refused", "fault", fault, "advice",
                 "the file read before stays in force");
    return show();
  }
  if (config_.nodes == file.nodes)
    return show();
  tell_changes(config_.nodes, file.nodes);
  config_.nodes = file.nodes;
  ++revision_;
  log::info("cluster.file_read", "revision", revision_, "nodes", config_.nodes.size());
  if (leader_.leading())
    place_all();
  show();
}

/// Each host has a cluster.conf of its own.
void coordinator::let_others_read() {
  if (!leader_.leading())
    return; // who leads was told as well
  for (const auto& [node, entry] : peers_)
    if (!is_ours(node))
      self_->send(entry.agent, wake_atom_v);
}

/// Workers and the notifier may be on nodes that know each other only by us.
void coordinator::on_hint(const outbox_hint& hint) {
  const auto* from = sender();
  for (const auto& [_, entry] : peers_)
    if (&entry != from && runs_notifier(entry.report))
      self_->send(entry.agent, hint);
}

/// Every node that there is or should be has a row, whether it answers or not.
caf::result<actors_answer> coordinator::ask_nodes(const actors_query& query) {
  std::set<std::string> nodes;
  for (const auto& node : config_.nodes)
    nodes.insert(node.name);
  for (const auto& [node, _] : peers_)
    nodes.insert(node);
  if (query.node != "*")
    nodes = {query.node};
  auto promise = self_->make_response_promise<actors_answer>();
  const auto all = std::make_shared<actors_gathering>(promise, nodes.size());
  for (const auto& node : nodes) {
    const auto found = peers_.find(node);
    if (found == peers_.end()) {
      all->add(node, unanswered(node, "is not connected to the coordinator"));
      continue;
    }
    auto asked = query;
    asked.node = node;
    self_->request(found->second.agent, node_patience, std::move(asked))
      .then(
        [all, node](const actors_answer& got) {
          all->add(node, got.nodes.empty() ? unanswered(node, "told nothing") : got.nodes.front());
        },
        [all, node](const caf::error& err) {
          all->add(node,
                   unanswered(node, err == caf::sec::request_timeout ? "does not answer within 2 s"
                                                                     : to_string(err)));
        });
  }
  return promise;
}

// ── what everybody sees ──────────────────────────────────────────────────────────────────────────

void coordinator::schedule_check() {
  run_after(self_, config_.interval, [this] {
    check();
    schedule_check();
  });
}

void coordinator::check() {
  const auto now = self_->clock().now();
  std::erase_if(refused_, [&](const auto& x) { return now - x.second.when > refusals_shown; });
  show();
}

void coordinator::show() {
  if (!leader_.leading() || showing_)
    return;
  auto text = cluster_view::to_json(view());
  if (text == shown_)
    return;
  showing_ = true;
  self_->request(store_, caf::infinite, store::show_cluster{text})
    .then(leader_.in_this_term<store::committed>([this, text](const store::committed&) {
      showing_ = false;
      shown_ = text;
    }),
          leader_.in_this_term<caf::error>([this](const caf::error&) {
            showing_ = false; // shown at the next check
          }));
}

cluster_view::node coordinator::seen(const std::string& node, bool listed) const {
  cluster_view::node result;
  result.name = node;
  result.listed = listed;
  result.wanted = placements::wanted(config_.nodes, node);
  const auto found = peers_.find(node);
  if (found == peers_.end())
    return result;
  const auto& entry = found->second;
  result.connected = true;
  result.version = entry.identity.version;
  result.report = entry.report;
  result.silent_for =
    std::chrono::duration_cast<std::chrono::seconds>(self_->clock().now() - entry.heard_at);
  return result;
}

cluster_view::view coordinator::view() const {
  cluster_view::view result;
  result.leader = config_.identity.name;
  result.revision = revision_;
  result.file_faults = file_faults_;
  for (const auto& [_, entry] : refused_)
    result.refused.push_back(entry.reason);
  for (const auto& node : config_.nodes)
    result.nodes.push_back(seen(node.name, true));
  for (const auto& [node, entry] : peers_) {
    if (std::ranges::find(config_.nodes, node, &config::node::name) == config_.nodes.end())
      result.nodes.push_back(seen(node, false));
    if (entry.coordinator && !is_ours(node))
      result.standbys.push_back(node);
  }
  return result;
}

} // namespace neurocards
