#include "node/role_settings.hpp"

#include "actors/key_ring.hpp"
#include "domain/prices.hpp"

namespace neurocards {

using namespace std::chrono_literals;

prompt_writer_config prompts_of(const services& x, const config::all& now) {
  prompt_writer_config result;
  if (!now.secrets.openai_key.empty())
    result.api = openai::api{now.openai.api_url, now.secrets.openai_key, now.openai.proxy};
  result.writers = openai::models_of(now.openai);
  result.reasoning_effort = now.openai.reasoning_effort;
  if (now.openai.vision)
    result.photos = x.objects;
  result.disk = x.disk;
  result.timeout = std::chrono::duration_cast<std::chrono::milliseconds>(now.openai.timeout);
  result.concurrency = now.openai.concurrency;
  result.models = models::with_keys(now);
  result.speech = now.kie.speech;
  return result;
}

config::generation models_in_use(const config::all& now) {
  auto result = now.kie;
  result.models = models::with_keys(now);
  return result;
}

key_ring_config keys_of(const services& x, const video_provider& maker) {
  const auto budget = [](const config::all& now) { return now.kie.query_budget; };
  return {maker.accounts, x.in_force.derived(budget), x.settings.db.lease, x.settings.db.heartbeat};
}

std::vector<secret> all_keys(const video_provider& maker) {
  std::vector<secret> result;
  for (const auto& account : maker.accounts)
    result.insert(result.end(), account.begin(), account.end());
  return result;
}

outage_watch_config outages_of(const services& x, const video_provider& maker,
                               const std::shared_ptr<std::atomic<bool>>& unreachable) {
  const auto models = [name = maker.service.name](const config::all& now) {
    return prices::slugs_of_maker(models_in_use(now), name);
  };
  const auto probe = [](const config::all& now) { return now.kie.outage_probe; };
  const auto patience = [](const config::all& now) { return now.kie.outage_patience; };
  return {maker.service,
          all_keys(maker),
          x.in_force.derived(models),
          x.in_force.derived(probe),
          x.in_force.derived(patience),
          x.settings.db.lease,
          x.settings.db.heartbeat,
          unreachable};
}

price_config prices_of(const services& x, const video_provider& maker) {
  const auto models = [](const config::all& now) {
    return prices::within_limit(models_in_use(now));
  };
  return {maker.service, x.in_force.derived(models)};
}

alert_watch_config alerts_of(const config::all& now) {
  alert_watch_config result;
  for (const auto chat : now.operators.chats)
    result.request.chats.emplace_back(chat);
  for (const auto& account : named_accounts(now.secrets.kie_accounts, "kie"))
    result.request.keys.insert(result.request.keys.end(), account.keys.begin(), account.keys.end());
  if (!now.secrets.runware_key.empty())
    result.request.keys.push_back(provider::fingerprint(now.secrets.runware_key));
  for (const auto& model : models::with_keys(now))
    result.request.models.push_back(model.slug);
  result.request.writes_scripts = !now.secrets.openai_key.empty();
  return result;
}

poller_config polls_of(const services& x, const config::all& now, const video_provider& maker) {
  poller_config result{maker.service, x.counts, now.kie.poll_interval};
  result.failing_limit = std::max<caf::timespan>(now.kie.poll_timeout, 30min);
  return result;
}

flow::flow_config conversations_of(const config::all& now) {
  flow::flow_config result;
  result.terms = now.terms;
  result.credits = now.credits;
  result.limits = now.limits;
  result.referral = now.referral;
  result.welcome = now.welcome;
  result.operators = now.operators;
  result.photo = images::sendable;
  result.models = models::photo_limits(prices::within_limit(models_in_use(now)));
  return result;
}

} // namespace neurocards
