#include "clients/telegram.hpp"
#include "node/cli/asker.hpp"
#include "node/cli/operator_action.hpp"
#include "node/cli/operator_database.hpp"
#include "node/cli/rows_text.hpp"
#include "node/cli/verbs.hpp"
#include "node/service_faults.hpp"

#include <iostream>

#include <nlohmann/json.hpp>

/// `neurocards reconcile`: after a restore, the database against Telegram's list of transactions.
namespace neurocards::verbs {

namespace {

using nlohmann::json;
using star_purchases::comparison;
using star_purchases::transaction;

constexpr int page = 100; // the most that Telegram gives at once

std::vector<transaction> ask_for_transactions(const config::all& settings) {
  const telegram::api api{settings.telegram.api_url, settings.secrets.bot_token, patience,
                          settings.telegram.proxy};
  asker http;
  std::vector<transaction> result;
  for (;;) {
    const auto got = http.ask(api.get_star_transactions(static_cast<int64_t>(result.size()), page));
    const auto list = telegram::parse_star_transactions(got);
    if (!list)
      throw std::runtime_error{"Telegram does not tell its star transactions: "
                               + telegram_fault(got)};
    result.insert(result.end(), list->begin(), list->end());
    if (list->empty())
      return result;
  }
}

/// As `bring_purchases_back` (SQL) takes them.
json to_json(const std::vector<star_purchases::missing>& purchases) {
  auto result = json::array();
  for (const auto& x : purchases)
    result.push_back({{"charge", x.payment.charge_id},
                      {"user", x.payer.user.value},
                      {"username", x.payer.username},
                      {"first_name", x.payer.first_name},
                      {"language", x.payer.language_code},
                      {"credits", x.credits},
                      {"stars", x.payment.amount},
                      {"payload", x.payment.payload}});
  return result;
}

std::string counted(size_t count, const std::string& one) {
  return std::to_string(count) + " " + one + (count == 1 ? "" : "s");
}

void print(const comparison& found, const json& done) {
  std::cout << "Telegram lists " << counted(found.purchases, "purchase") << " and "
            << counted(found.refunds, "refund") << "; " << done["brought"]
            << " purchases were missing and are back, with " << done["credits"] << " credits; "
            << done["refunded"] << " refunds were missing and took " << done["credits_taken"]
            << " credits.\n";
  if (done["restored"] == true)
    std::cout << counted(done["jobs_ended"].get<size_t>(), "job")
              << " without a task ended, their credits given back. What else happened after "
              << row_of({{"known_at", done["known_until"]}}, {"known_at"})[0]
              << " is not known: neurocards audit says so for 30 days.\n";
  for (const auto& charge : found.unheard_of)
    std::cout << "note: Telegram does not list the payment " << charge << " (another bot's?)\n";
}

} // namespace

int reconcile(const invocation& in) {
  const auto& settings = in.config.settings;
  const auto reason = reason_of(in);
  operator_database db{settings, operator_database::schema::ours};
  const auto state = db.value("SELECT what_was_restored()");
  const auto found = star_purchases::compare(
    ask_for_transactions(settings),
    {state["charges"].get<std::set<std::string>>(), state["refunded"].get<std::set<std::string>>()},
    settings.credits.packs);
  // Where nodes work nothing was restored: their jobs are in good hands.
  const bool ends_jobs = state["nodes_work"] == false && !in.flags.contains("--keep-jobs");
  const auto jobs = ends_jobs ? state["jobs_without_task"].get<size_t>() : 0;
  if (jobs > 0 || !found.to_bring_back.empty() || !found.given_back.empty())
    confirm(in, counted(found.to_bring_back.size(), "purchase") + " will be brought back, "
                  + counted(found.given_back.size(), "refund")
                  + " will take what is unspent of theirs, and " + counted(jobs, "job")
                  + " without a task ended with the credit given back (--keep-jobs: run them, "
                    "though KIE may have been paid for them since the backup). Go on?");
  const auto done = db.value("SELECT reconcile($1::jsonb, $2::boolean, $3, $4, "
                             "ARRAY(SELECT jsonb_array_elements_text($5::jsonb)))",
                             {to_json(found.to_bring_back).dump(), ends_jobs ? "true" : "false",
                              operator_name(), reason, json(found.given_back).dump()});
  if (in.flags.contains("--json"))
    std::cout << json{{"brought", done["brought"]},       {"credits", done["credits"]},
                      {"jobs_ended", done["jobs_ended"]}, {"known_until", done["known_until"]},
                      {"restored", done["restored"]},     {"given_back", found.given_back},
                      {"refunded", done["refunded"]},     {"credits_taken", done["credits_taken"]},
                      {"unheard_of", found.unheard_of}}
                   .dump(2)
              << '\n';
  else
    print(found, done);
  return 0;
}

} // namespace neurocards::verbs
