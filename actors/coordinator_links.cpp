#include "actors/coordinator_links.hpp"

#include "actors/backoff.hpp"
#include "domain/placement.hpp"

#include <algorithm>

#include <caf/actor_registry.hpp>

namespace neurocards {

using namespace std::chrono_literals;

namespace {

constexpr caf::timespan hello_patience = 5s;
constexpr caf::timespan ask_again_after = 3s;

/// A fresh connection to a node that has just died would be the old, dead one (CAF 0.18 caches it
/// for a moment), and a coordinator that is about to dial us should get its chance.
constexpr caf::timespan first_pause = 500ms;
constexpr caf::timespan longest_pause = 5s;

} // namespace

coordinator_links::coordinator_links(node_agent_actor::pointer self, node_card identity,
                                     peer_dialer_actor dialer)
  : self_(self), identity_(std::move(identity)), dialer_(std::move(dialer)) {}

caf::strong_actor_ptr coordinator_links::own_coordinator() const {
  return self_->system().registry().get("coordinator");
}

void coordinator_links::tick() {
  const auto own = own_coordinator();
  if (own && !links_.contains(identity_.name))
    add(identity_.name, own);
  const auto now = self_->clock().now();
  for (const auto& x : placements::to_dial(where_, identity_.name, own != nullptr))
    if (auto& tried = attempts_[x.name];
        !links_.contains(x.name) && !tried.dialling && tried.next <= now)
      dial(x);
  for (auto& [name, to] : links_)
    if (!to.asking && to.ask_at <= now && (!to.welcomed || to.introduced != own))
      say_hello(name, to);
}

void coordinator_links::meet(const node_card& who, const caf::strong_actor_ptr& coordinator) {
  if (coordinator && !links_.contains(who.name))
    add(who.name, coordinator);
}

void coordinator_links::add(const std::string& name, const caf::strong_actor_ptr& coordinator) {
  auto& entry = links_[name];
  entry.coordinator = caf::actor_cast<coordinator_actor>(coordinator);
  self_->monitor(entry.coordinator);
  say_hello(name, entry);
}

void coordinator_links::dial(const peer_address& to) {
  attempts_[to.name].dialling = true;
  self_->request(dialer_, caf::infinite, to)
    .then(
      [this, name = to.name](const caf::strong_actor_ptr& found) {
        attempts_.erase(name);
        if (!links_.contains(name))
          add(name, found);
      },
      [this, name = to.name](const caf::error& err) {
        auto& dial = attempts_[name];
        dial.dialling = false;
        dial.next = self_->clock().now() + backoff(++dial.failures, first_pause, longest_pause);
        if (worth_a_line(dial.failures))
          log::warn("cluster.coordinator_unreachable", "error", err, "tries", dial.failures);
      });
}

void coordinator_links::say_hello(const std::string& name, coordinator_link& to) {
  to.asking = true;
  to.introduced = own_coordinator();
  self_
    ->request(to.coordinator, hello_patience, identity_,
              caf::actor_cast<caf::strong_actor_ptr>(self_), to.introduced)
    .then([this, name](const node_card& theirs) { on_welcome(name, theirs); },
          [this, name](const caf::error& err) { on_refused(name, err); });
}

void coordinator_links::on_welcome(const std::string& name, const node_card& theirs) {
  turned_away_ = false;
  const auto found = links_.find(name);
  if (found == links_.end())
    return; // went away meanwhile
  found->second.asking = false;
  if (!std::exchange(found->second.welcomed, true))
    log::info("cluster.joined", "coordinator", name, "version", theirs.version);
}

void coordinator_links::on_refused(const std::string& name, const caf::error& err) {
  turned_away_ = turned_away_ || err == ec::rejected;
  if (err == ec::rejected && refusals_.should_log())
    log::error("cluster.refused_us", "coordinator", name, "why", err);
  if (const auto found = links_.find(name); found != links_.end()) {
    found->second.asking = false;
    found->second.ask_at = self_->clock().now() + ask_again_after;
  }
}

bool coordinator_links::on_down(const caf::down_msg& msg) {
  const auto gone = std::ranges::find_if(
    links_, [&](const auto& x) { return x.second.coordinator.address() == msg.source; });
  if (gone == links_.end())
    return false;
  log::warn("cluster.coordinator_away", "coordinator", gone->first, "reason", msg.reason);
  attempts_[gone->first] = {false, 0, self_->clock().now() + first_pause};
  links_.erase(gone);
  return true;
}

coordinator_actor coordinator_links::nearest() const {
  coordinator_actor result;
  for (const auto& [node, to] : links_)
    if (to.welcomed && (!result || node == identity_.name))
      result = to.coordinator;
  return result;
}

bool coordinator_links::is_from_coordinator(const caf::strong_actor_ptr& sender) const {
  return sender && std::ranges::any_of(links_, [&](const auto& x) {
           return x.second.coordinator.address() == sender;
         });
}

bool coordinator_links::refused() const {
  return turned_away_
         && std::ranges::none_of(links_, [](const auto& x) { return x.second.welcomed; });
}

} // namespace neurocards
