#include "bench/installation.hpp"

#include "domain/flow.hpp"

#include <algorithm>

namespace neurocards::bench {

installation::installation() {
  set("notifier.rate", "30");
  set("notifier.per-chat-rate", "1");
  set("kie.create-budget", "20");
  set("kie.query-budget", "10");
  services.post("settings", {{"telegram_limits", true}, {"kie_limits", true}});
}

void installation::set(const std::string& name, const std::string& value) {
  const auto key = "--" + name + "=";
  std::erase_if(options, [&](const std::string& x) { return x.starts_with(key); });
  options.push_back(key + value);
}

void installation::leave_settings() {
  std::erase_if(options, [](const std::string& x) {
    return !x.starts_with("--http.listen=") && !x.starts_with("--storage.path=");
  });
}

void installation::lift_limits() {
  for (const auto* name :
       {"notifier.rate", "notifier.per-chat-rate", "kie.create-budget", "kie.query-budget"})
    set(name, "100000");
  services.post("settings", {{"telegram_limits", false}, {"kie_limits", false}});
}

void installation::know_users(int64_t first, int count) {
  for (int i = 0; i < count; ++i)
    services.post("users", {{"id", first + i}, {"started", true}});
  agree(first, count);
}

void installation::agree(int64_t first, int count) {
  db.sql(
    "INSERT INTO users (tg_user_id, language_code, terms_version, terms_accepted_at) SELECT i, "
    "'ru', '"
    + config::terms{}.version + "', now() FROM generate_series(" + std::to_string(first) + ", "
    + std::to_string(first + count - 1) + ") AS i");
}

} // namespace neurocards::bench
