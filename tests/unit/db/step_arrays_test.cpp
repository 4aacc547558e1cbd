#include "db/step_arrays.hpp"

#include <map>

#include <doctest/doctest.h>

using namespace neurocards;

namespace {

uuid some_draft() {
  return uuid::parse("00000000-0000-0000-0000-000000000018").value();
}

/// A step in which no two fields say the same.
store::commit_step telling_step() {
  store::commit_step x;
  x.update = update_id{11};
  x.chat = chat_id{12};
  x.who = {user_id{13}, "username", "first", "language"};
  x.session = store::session_row{"state", R"({"in":"session"})"};
  x.session_version = 14;
  x.blocked = true;
  x.agreed = store::consent{"terms", 15};
  x.bought = store::purchase{
    "charge", 16, "currency", 17, "payload", {{notification_kind::job_done, R"({"notice":7})"}}};
  x.refunded = store::refunded_purchase{"back", "coin", 19, "bill"};
  x.order = store::new_order{
    .draft = draft_id{some_draft()},
    .most_unfinished = 18,
    .jobs = {{order_template::ugc, "key", storage_key{"photo"}, R"({"in":"job"})"}},
    .accepted_session = {"accepted", R"({"in":"accepted"})"},
    .accepted_notifications = {{notification_kind::job_started, R"({"notice":2})"}},
    .refused_session = {"refused", R"({"in":"refused"})"},
    .refused_notifications = {{notification_kind::job_failed, R"({"notice":4})"}},
    .too_many_notifications = {{notification_kind::job_retry, R"({"notice":5})"}},
    .repeated_notifications = {{notification_kind::invoice, R"({"notice":3})"}},
  };
  x.cancelled = store::cancellation{job_id{some_draft()},
                                    {{notification_kind::job_waiting, R"({"notice":6})"}}};
  x.resent = job_id{some_draft()};
  x.news = false;
  x.invited = store::invitation{user_id{20}, 21, 22};
  x.notifications = {{notification_kind::reply, R"({"notice":1})"}};
  return x;
}

std::map<std::string, std::string> expected_arrays() {
  return {
    {"p_updates", "{11}"},
    {"p_chats", "{12}"},
    {"p_users", "{13}"},
    {"p_usernames", R"({"username"})"},
    {"p_first_names", R"({"first"})"},
    {"p_languages", R"({"language"})"},
    {"p_states", R"({"state"})"},
    {"p_data", R"({"{\"in\":\"session\"}"})"},
    {"p_versions", "{14}"},
    {"p_blocked", "{t}"},
    {"p_consent_steps", "{1}"},
    {"p_consent_versions", R"({"terms"})"},
    {"p_consent_welcomes", "{15}"},
    {"p_bought_steps", "{1}"},
    {"p_bought_charges", R"({"charge"})"},
    {"p_bought_credits", "{16}"},
    {"p_bought_currencies", R"({"currency"})"},
    {"p_bought_amounts", "{17}"},
    {"p_bought_payloads", R"({"payload"})"},
    {"p_refunded_steps", "{1}"},
    {"p_refunded_charges", R"({"back"})"},
    {"p_refunded_currencies", R"({"coin"})"},
    {"p_refunded_amounts", "{19}"},
    {"p_refunded_payloads", R"({"bill"})"},
    {"p_order_steps", "{1}"},
    {"p_order_drafts", "{" + to_string(some_draft()) + "}"},
    {"p_order_sizes", "{1}"},
    {"p_order_keys", R"({"key"})"},
    {"p_order_limits", "{18}"},
    {"p_cancel_steps", "{1}"},
    {"p_cancel_jobs", "{" + to_string(some_draft()) + "}"},
    {"p_resend_steps", "{1}"},
    {"p_resend_jobs", "{" + to_string(some_draft()) + "}"},
    {"p_news", "{f}"},
    {"p_invited_steps", "{1}"},
    {"p_inviters", "{20}"},
    {"p_inviter_credits", "{21}"},
    {"p_invited_credits", "{22}"},
    {"p_accepted_states", R"({"accepted"})"},
    {"p_accepted_data", R"({"{\"in\":\"accepted\"}"})"},
    {"p_refused_states", R"({"refused"})"},
    {"p_refused_data", R"({"{\"in\":\"refused\"}"})"},
    {"p_job_steps", "{1}"},
    {"p_job_templates", R"({"ugc"})"},
    {"p_job_keys", R"({"key"})"},
    {"p_job_photos", R"({"photo"})"},
    {"p_job_inputs", R"({"{\"in\":\"job\"}"})"},
    {"p_notice_steps", "{1,1,1,1,1,1,1}"},
    {"p_notice_when", "{7,6,0,1,2,3,4}"},
    {"p_notice_kinds",
     R"({"job_done","job_waiting","reply","job_started","invoice","job_failed","job_retry"})"},
    {"p_notice_payloads",
     R"({"{\"notice\":7}","{\"notice\":6}","{\"notice\":1}","{\"notice\":2}","{\"notice\":3}",)"
     R"("{\"notice\":4}","{\"notice\":5}"})"},
  };
}

} // namespace

TEST_SUITE_BEGIN("unit/db/step_arrays");

TEST_CASE("step_arrays: every field of a step goes under the name of its parameter") {
  db::step_arrays arrays;
  arrays.add(telling_step());
  std::map<std::string, std::string> by_name;
  for (const auto& x : arrays.all()) {
    INFO(x.parameter);
    CHECK(by_name.emplace(x.parameter, x.value.value()).second);
  }
  const auto expected = expected_arrays();
  for (const auto& [name, value] : expected) {
    INFO(name);
    CHECK(by_name[name] == value);
  }
  CHECK(by_name.size() == expected.size());
}

TEST_SUITE_END();
