#include "actors/balance_watch.hpp"

#include "actors/run_after.hpp"
#include "base/jitter.hpp"
#include "base/log.hpp"
#include "domain/alerts.hpp"

#include <algorithm>

namespace neurocards {

balance_watch::balance_watch(balance_watch_actor::pointer self, balance_config config,
                             http_agent_actor http, balance_store_actor store,
                             std::shared_ptr<recent_figures> shown)
  : self_(self), config_(std::move(config)), http_(std::move(http)), store_(std::move(store)),
    shown_(std::move(shown)) {}

balance_watch_actor::behavior_type balance_watch::make_behavior() {
  ask();
  return {
    [this](wake_atom) { ask(); },
  };
}

void balance_watch::ask() {
  next_.dispose();
  next_ = run_after(self_, with_jitter(config_.interval), [this] { ask(); });
  for (const auto& key : config_.keys)
    self_
      ->request(http_, caf::infinite,
                config_.provider.credit(key)) // infinite: http_agent always answers
      .then([this,
             key = provider::fingerprint(key)](const http::response& got) { on_answer(key, got); },
            [](const caf::error&) {}); // the agent has died: so will this node
}

void balance_watch::on_answer(const key_fingerprint& key, const http::response& got) {
  const auto read = config_.provider.read_credit(got);
  const auto* balance = std::get_if<double>(&read);
  if (!balance) {
    log::debug("balance_watch.not_read", "key", key);
    return;
  }
  shown_->set({"neurocards_kie_balance_credits", "fingerprint", key.value}, *balance,
              std::chrono::steady_clock::now() + config_.interval * 3);
  if (*balance < alerts::low_balance)
    raise(key, *balance);
}

/// Lost with the database: the next answer raises it again.
void balance_watch::raise(const key_fingerprint& key, double balance) {
  const auto left = static_cast<int64_t>(std::max(balance, 0.0));
  self_
    ->request(store_, caf::infinite,
              store::raise_alert{"low_balance", key.value,
                                 R"({"provider": ")" + config_.provider.name + R"(", "count": )"
                                   + std::to_string(left) + "}"})
    .then([](store::committed) {},
          [key](const caf::error& err) {
            log::debug("balance_watch.not_raised", "key", key, "error", err);
          });
}

} // namespace neurocards
