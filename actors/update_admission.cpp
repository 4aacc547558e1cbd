#include "actors/update_admission.hpp"

#include "base/log.hpp"

namespace neurocards {

update_admission::update_admission(telegram_gateway_actor::pointer self,
                                   std::shared_ptr<const gateway_config> config)
  : router(self, config->store, config->spawn, config->counts), self_(self),
    config_(std::move(config)), intake_(self, config_->store, config_->receiver) {}

bool update_admission::serving() const {
  return !draining && (leader.leading() || !config_->polls());
}

void update_admission::answer_checkout(const telegram::incoming& update) {
  const auto* query = std::get_if<telegram::pre_checkout_query>(&update.content);
  if (!query)
    return;
  const auto verdict = flow::check_pre_checkout(*query, update.who, config_->flow);
  auto request = config_->api.answer_pre_checkout_query(query->id, verdict.ok ? "" : verdict.error);
  self_->request(config_->http, caf::infinite, std::move(request))
    .then(
      [id = update.update](const http::response& response) {
        const auto reply = telegram::parse_answer(response).envelope;
        if (!reply.ok)
          log::warn("telegram_gateway.checkout_not_answered", "update", id, "status", reply.status,
                    "error", reply.description);
      },
      [id = update.update](const caf::error& err) {
        log::warn("telegram_gateway.checkout_not_answered", "update", id, "error", err);
      });
}

void update_admission::put(const updates& received, callback done) {
  update_intake::rows rows;
  for (const auto& update : received)
    rows.push_back(to_row(update));
  intake_.put(std::move(rows), std::move(done));
}

/// What was stored before and is not in flight may have been left behind by a commit whose answer
/// was lost, or by somebody else: only the inbox knows.
void update_admission::hand_out(const updates& received, const std::vector<update_id>& fresh) {
  const std::unordered_set<update_id> wanted(fresh.begin(), fresh.end());
  config_->counts.updates("stored").inc(static_cast<int64_t>(fresh.size()));
  for (const auto& update : received) {
    if (wanted.contains(update.parsed.update))
      router.route(update.parsed);
    else if (serving() && !router.knows(update.parsed.update))
      router.miss(update.parsed);
  }
}

} // namespace neurocards
