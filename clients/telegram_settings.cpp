#include "clients/telegram.hpp"
#include "clients/wire_json.hpp"

#include <algorithm>

// What is set at Telegram for our bot.

namespace neurocards::telegram {

std::optional<webhook::facts> parse_webhook_info(const http::response& response) {
  if (!response.ok())
    return std::nullopt;
  const wire::document doc{response.body};
  const auto content = wire::member(doc.root(), "result");
  const auto url = wire::member(content, "url");
  if (!url) // Telegram always tells it, empty or not
    return std::nullopt;
  webhook::facts result;
  result.url = wire::text(content, "url");
  result.pending = std::max<int64_t>(wire::integer_or_zero(content, "pending_update_count"), 0);
  result.last_error_at = wire::integer_or_zero(content, "last_error_date");
  result.last_error = wire::text(content, "last_error_message");
  result.ip_address = wire::text(content, "ip_address");
  for (const wire::element kind : wire::items(wire::member(content, "allowed_updates")))
    if (auto name = wire::text(kind); !name.empty())
      result.kinds.push_back(std::move(name));
  return result;
}

std::optional<std::vector<command>> parse_commands(const http::response& response) {
  if (!response.ok())
    return std::nullopt;
  const wire::document doc{response.body};
  const auto list = wire::array(wire::member(doc.root(), "result"));
  if (!list)
    return std::nullopt;
  std::vector<command> result;
  for (const wire::element x : *list)
    result.push_back({wire::text(x, "command"), wire::text(x, "description")});
  return result;
}

} // namespace neurocards::telegram
