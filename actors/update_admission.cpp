#include "actors/update_admission.hpp"

#include "base/log.hpp"

namespace neurocards {

namespace {

constexpr std::chrono::seconds checkout_patience{3}; // of the 10 that Telegram waits

} // namespace

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
  // A database that is away makes nobody wait: who is not known to be banned may pay, and what was
  // paid is credited whoever paid.
  store::load_conversation about_payer;
  about_payer.chat = chat_id{update.who.user.value};
  about_payer.user = update.who.user;
  self_->request(config_->store, checkout_patience, about_payer)
    .then(
      [this, update, asked = *query](const store::conversation_view& got) {
        answer_checkout(update, asked,
                        got.banned ? flow::payer_access::banned : flow::payer_access::open);
      },
      [this, update, asked = *query](const caf::error&) {
        answer_checkout(update, asked, flow::payer_access::open);
      });
}

void update_admission::answer_checkout(const telegram::incoming& update,
                                       const telegram::pre_checkout_query& query,
                                       flow::payer_access access) {
  const auto verdict = flow::check_pre_checkout(query, update.who, access, *config_->flow.now());
  auto request = config_->api.answer_pre_checkout_query(query.id, verdict.ok ? "" : verdict.error);
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
