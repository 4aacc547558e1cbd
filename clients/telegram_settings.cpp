#include "clients/telegram.hpp"
#include "clients/wire_json.hpp"

#include <algorithm>

// What stands at Telegram about our bot: its settings, and its Stars.

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

static star_purchases::transaction to_transaction(wire::element x) {
  star_purchases::transaction result;
  result.charge = wire::text(x, "id");
  result.stars = wire::integer_or_zero(x, "amount");
  const auto source = wire::member(x, "source");
  result.comes_in = source.has_value();
  const auto partner = source ? source : wire::member(x, "receiver");
  const auto user = wire::member(partner, "user");
  result.payer.user.value = wire::integer_or_zero(user, "id");
  result.payer.username = wire::text(user, "username");
  result.payer.first_name = wire::text(user, "first_name");
  result.payer.language_code = wire::text(user, "language_code");
  result.payload = wire::text(partner, "invoice_payload");
  result.is_shared = wire::member(partner, "affiliate").has_value();
  const auto type = wire::text(partner, "transaction_type");
  result.is_of_invoice =
    type == "invoice_payment" && result.payer.user.value != 0 && !result.charge.empty();
  return result;
}

std::optional<std::vector<star_purchases::transaction>>
parse_star_transactions(const http::response& response) {
  if (!response.ok())
    return std::nullopt;
  const wire::document doc{response.body};
  const auto list = wire::array(wire::member(wire::member(doc.root(), "result"), "transactions"));
  if (!list)
    return std::nullopt;
  std::vector<star_purchases::transaction> result;
  for (const wire::element x : *list)
    result.push_back(to_transaction(x));
  return result;
}

} // namespace neurocards::telegram
