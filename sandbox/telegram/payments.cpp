#include "sandbox/telegram/methods.hpp"
#include "sandbox/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace neurocards::sandbox::telegram {

namespace {

using nlohmann::json;

bool length_fits(const std::string& text, size_t least, size_t most) {
  const auto length = code_points(text);
  return length >= least && length <= most;
}

/// Telegram's complaint about an invoice; empty: none.
std::string invoice_fault(const form& f, const json& prices) {
  if (!length_fits(f.text("title"), 1, 32))
    return "TITLE_INVALID";
  if (!length_fits(f.text("description"), 1, 255))
    return "DESCRIPTION_INVALID";
  if (f.text("payload").empty() || f.text("payload").size() > 128)
    return "INVOICE_PAYLOAD_INVALID";
  if (f.text("currency") != "XTR")
    return "PAYMENT_PROVIDER_INVALID"; // the sandbox sells for Stars only
  if (!f.text("provider_token").empty())
    return "STARS_INVOICE_INVALID";
  const bool one_price = prices.is_array() && prices.size() == 1 && prices[0].is_object()
                         && prices[0].value("amount", 0) > 0
                         && !prices[0].value("label", "").empty();
  return one_price ? "" : "STARS_INVOICE_INVALID";
}

json as_json(bot& b, const star_transaction& t) {
  json partner{{"type", "user"},
               {"transaction_type", "invoice_payment"},
               {"user", b.users.of(t.user).as_user()},
               {"invoice_payload", t.payload}};
  return {{"id", t.id},
          {"amount", t.amount},
          {"date", t.date},
          {t.refund ? "receiver" : "source", partner}};
}

/// A message that stands in the chat by itself and reaches the bot as an update.
void tell_bot(bot& b, int64_t user, const char* name, const json& content) {
  const auto& who = b.users.of(user);
  auto& m = b.messages.add({{"from", who.as_user()}, {name, content}}, who.as_chat(), false);
  announce(b, "message", m);
  b.updates.add("message", user, json::parse(m.json));
}

json conclude(bot& b, const checkout& c) {
  const auto charge = "stx" + sha256(c.payload + std::to_string(++b.last_charge)).substr(0, 24);
  b.transactions.push_back({charge, c.amount, real_now() / 1000, c.user, false, c.payload});
  tell_bot(b, c.user, "successful_payment",
           {{"currency", c.currency},
            {"total_amount", c.amount},
            {"invoice_payload", c.payload},
            {"telegram_payment_charge_id", charge},
            {"provider_payment_charge_id", std::to_string(c.user) + "_0"}});
  return {{"paid", true}, {"charge_id", charge}};
}

} // namespace

reply send_invoice(bot& b, const form& f) {
  const auto prices = json::parse(f.text("prices"), nullptr, false);
  if (const auto fault = invoice_fault(f, prices); !fault.empty())
    return bad_request(fault);
  auto call = f;
  if (f.text("reply_markup").empty())
    call.set("reply_markup",
             json{{"inline_keyboard",
                   {{{{"text", "Pay " + prices[0]["amount"].dump() + " ⭐"}, {"pay", true}}}}}}
               .dump());
  const auto sent = post(b, call,
                         {{"invoice",
                           {{"title", f.text("title")},
                            {"description", f.text("description")},
                            {"start_parameter", f.text("start_parameter")},
                            {"currency", "XTR"},
                            {"total_amount", prices[0]["amount"]}}}});
  if (sent.code == 200) {
    const auto message = json::parse(sent.result);
    b.messages.find(message["chat"]["id"], message["message_id"])->payload = f.text("payload");
  }
  return sent;
}

reply answer_pre_checkout_query(bot& b, const form& f) {
  const auto found = b.checkouts.find(f.number("pre_checkout_query_id"));
  if (found == b.checkouts.end() || found->second.expires_at <= b.w.clock.now())
    return bad_request("query is too old and response timeout expired or query ID is invalid");
  if (!f.flag("ok") && f.text("error_message").empty())
    return bad_request("error message must be non-empty");
  const auto c = std::move(b.checkouts.extract(found).mapped());
  const auto end =
    f.flag("ok") ? conclude(b, c) : json{{"paid", false}, {"error", f.text("error_message")}};
  if (c.on_end)
    c.on_end(end);
  return done();
}

std::string refund(bot& b, const std::string& charge, int64_t user) {
  const auto of_charge = [&](bool refund) {
    return std::find_if(
      b.transactions.begin(), b.transactions.end(), [&](const star_transaction& t) {
        return t.id == charge && (user == 0 || t.user == user) && t.refund == refund;
      });
  };
  const auto paid = of_charge(false);
  if (paid == b.transactions.end())
    return "CHARGE_ID_INVALID";
  if (of_charge(true) != b.transactions.end())
    return "CHARGE_ALREADY_REFUNDED";
  const auto back =
    star_transaction{paid->id, paid->amount, real_now() / 1000, paid->user, true, paid->payload};
  b.transactions.push_back(back);
  tell_bot(b, back.user, "refunded_payment",
           {{"currency", "XTR"},
            {"total_amount", back.amount},
            {"invoice_payload", back.payload},
            {"telegram_payment_charge_id", back.id}});
  return {};
}

reply refund_star_payment(bot& b, const form& f) {
  const auto fault = refund(b, f.text("telegram_payment_charge_id"), f.number("user_id"));
  return fault.empty() ? done() : bad_request(fault);
}

reply get_star_transactions(bot& b, const form& f) {
  auto list = json::array();
  const auto limit = static_cast<size_t>(std::clamp<int64_t>(f.number("limit", 100), 1, 100));
  for (auto i = static_cast<size_t>(std::max<int64_t>(0, f.number("offset")));
       i < b.transactions.size() && list.size() < limit; ++i)
    list.push_back(as_json(b, b.transactions[i]));
  return ok({{"transactions", list}});
}

reply get_my_star_balance(bot& b, const form&) {
  int64_t sum = 0;
  for (const auto& t : b.transactions)
    sum += t.refund ? -t.amount : t.amount;
  return ok({{"amount", sum}});
}

} // namespace neurocards::sandbox::telegram
