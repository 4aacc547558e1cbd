#include "clients/telegram.hpp"
#include "node/cli/asker.hpp"
#include "node/cli/operator_action.hpp"
#include "node/cli/operator_database.hpp"
#include "node/cli/rows_text.hpp"
#include "node/cli/verbs.hpp"
#include "node/cli/words.hpp"
#include "node/service_faults.hpp"

#include <algorithm>
#include <iostream>

#include <nlohmann/json.hpp>

/// The verbs about payments. A refund is announced in the database, asked of Telegram, and settled
/// in the database: whoever is killed between two of these leaves what a second call, or Telegram's
/// own message about the refund, completes.
namespace neurocards::verbs {

namespace {

using nlohmann::json;
using telegram::refund_result;

json payment_of(operator_database& db, const std::string& charge) {
  auto payment = db.value("SELECT payments_show($1)", {charge});
  if (payment.is_null())
    throw std::runtime_error{"there is no payment " + charge};
  return payment;
}

/// Throws with a line for the operator unless Telegram has refunded the payment, now or before.
void ask_telegram(const config::all& settings, operator_database& db, const json& payment) {
  const telegram::api api{settings.telegram.api_url, settings.secrets.bot_token, patience,
                          settings.telegram.proxy};
  const auto charge = payment["charge_id"].get<std::string>();
  const user_id payer{payment["tg_user_id"].get<int64_t>()};
  asker http;
  const auto got = http.ask(api.refund_star_payment(payer, charge));
  const auto result = telegram::classify_refund(telegram::parse_answer(got).envelope);
  if (result == refund_result::unknown)
    throw std::runtime_error{"it is not known whether Telegram refunded " + charge + " ("
                             + telegram_fault(got) + "): repeat it, Telegram refunds once"};
  if (result == refund_result::not_done) {
    const auto fault = telegram_fault(got);
    db.value("SELECT conclude_refund($1, $2::bigint, $3)",
             {charge, payment["action"].dump(), fault});
    throw std::runtime_error{"Telegram refunds nothing of " + charge + ": " + fault};
  }
}

std::string question_of(const json& payment) {
  const auto credits = payment["credits"].get<int>();
  const auto taken = std::min(credits, payment["balance"].get<int>());
  return payment["amount"].dump() + " Stars go back to user " + payment["tg_user_id"].dump()
         + ", and " + std::to_string(taken) + " of the " + std::to_string(credits)
         + " credits are taken (the others are spent). Refund them?";
}

void print_refund(const invocation& in, const json& payment, const std::string& before) {
  if (in.flags.contains("--json")) {
    std::cout << payment.dump(2) << '\n';
    return;
  }
  const auto credits = payment["credits"].get<int>();
  const auto spent = payment["shortfall"].get<int>();
  std::cout << "Payment " << payment["charge_id"].get<std::string>() << before
            << " refunded: " << payment["amount"] << " Stars went back to user "
            << payment["tg_user_id"] << ", " << credits - spent << " credits were taken, " << spent
            << " had been spent.\n";
}

} // namespace

int payments_list(const invocation& in) {
  const auto user = user_option(in);
  operator_database db{in.config.settings, operator_database::schema::ours};
  const auto payments = user ? db.value("SELECT payments_list($1::bigint)", {*user})
                             : db.value("SELECT payments_list(NULL)");
  if (in.flags.contains("--json"))
    std::cout << json{{"payments", payments}}.dump(2) << '\n';
  else
    std::cout << table_of(
      payments,
      {"CHARGE", "USER", "CREDITS", "AMOUNT", "CURRENCY", "PAID", "REFUNDED", "SHORTFALL"},
      {"charge_id", "tg_user_id", "credits", "amount", "currency", "created_at", "refunded_at",
       "shortfall"},
      "Nobody has paid yet.");
  return 0;
}

int payments_show(const invocation& in) {
  operator_database db{in.config.settings, operator_database::schema::ours};
  const auto payment = payment_of(db, in.words[0]);
  if (in.flags.contains("--json"))
    std::cout << payment.dump(2) << '\n';
  else
    std::cout << fields_text(payment) << '\n'
              << table_of(payment["ledger"], {"TIME", "CREDITS", "KIND"},
                          {"created_at", "amount", "kind"}, "It moved no credit.")
              << '\n'
              << table_of(payment["actions"], {"TIME", "OPERATOR", "VERB", "REASON"},
                          {"at", "operator", "verb", "reason"}, "No operator has touched it.");
  return 0;
}

int payments_refund(const invocation& in) {
  const auto& charge = in.words[0];
  const auto reason = reason_of(in);
  operator_database db{in.config.settings, operator_database::schema::ours};
  const auto found = payment_of(db, charge);
  if (found["refunded_at"].is_null())
    confirm(in, question_of(found));
  const auto asked =
    db.value("SELECT ask_for_refund($1, $2, $3)", {charge, operator_name(), reason});
  const bool is_new = !asked["action"].is_null();
  if (is_new) {
    ask_telegram(in.config.settings, db, asked);
    db.value("SELECT conclude_refund($1, $2::bigint, NULL)", {charge, asked["action"].dump()});
  }
  print_refund(in, payment_of(db, charge), is_new ? " is" : " was already");
  return 0;
}

} // namespace neurocards::verbs
