#include "domain/telegram_errors.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace neurocards;
using namespace std::chrono_literals;
using telegram::send_result;

namespace {

telegram::reply said(int code, const char* description) {
  telegram::reply x;
  x.status = code;
  x.json = true;
  x.error_code = code;
  x.description = description;
  return x;
}

telegram::reply ended(http::outcome outcome) {
  telegram::reply x;
  x.outcome = outcome;
  return x;
}

struct line {
  telegram::reply said;
  send_result means;
};

const std::vector<line> corpus = {
  {said(400, "Bad Request: message is not modified: specified new message content is the same"),
   send_result::sent},
  {said(400, "Bad Request: chat not found"), send_result::drop},
  {said(400, "Bad Request: message text is empty"), send_result::drop},
  {said(400, "Bad Request: message is too long"), send_result::drop},
  {said(400, "Bad Request: BUTTON_DATA_INVALID"), send_result::drop},
  {said(400, "Bad Request: can't parse entities: Unsupported start tag \"x\" at byte offset 3"),
   send_result::plain},
  {said(400, "Bad Request: wrong file identifier/HTTP URL specified"), send_result::upload_again},
  {said(400, "Bad Request: wrong remote file identifier specified: Wrong string length"),
   send_result::upload_again},
  {said(400, "Bad Request: wrong file_id or the file is temporarily unavailable"),
   send_result::upload_again},
  {said(400, "Bad Request: can't use file of type Document as Video"), send_result::upload_again},
  {said(400, "Bad Request: failed to get HTTP URL content"), send_result::upload_again},
  {said(413, "Request Entity Too Large"), send_result::send_link},
  {said(401, "Unauthorized"), send_result::unauthorized},
  {said(404, "Not Found"), send_result::unauthorized},
  {said(403, "Forbidden: bot was blocked by the user"), send_result::blocked},
  {said(403, "Forbidden: user is deactivated"), send_result::blocked},
  {said(403, "Forbidden: bot can't initiate conversation with a user"), send_result::blocked},
  {said(403, "Forbidden: bot was kicked from the group chat"), send_result::blocked},
  {said(400, "Forbidden: bot was blocked by the user"), send_result::blocked}, // codes may change
  {said(500, "Internal Server Error: restart"), send_result::retry},
  {said(502, ""), send_result::retry},
  {said(409, "Conflict: terminated by setWebhook request"), send_result::retry},
  {ended(http::outcome::not_sent), send_result::retry},
  {ended(http::outcome::not_started), send_result::retry},
  {ended(http::outcome::interrupted), send_result::retry},
  {ended(http::outcome::local_fault), send_result::drop},
};

} // namespace

TEST_SUITE_BEGIN("unit/domain/telegram_errors");

TEST_CASE("telegram_errors: Telegram's answers decide a message's send result") {
  for (const line& x : corpus) {
    INFO(x.said.error_code << " " << x.said.description);
    CHECK(to_string(telegram::classify(x.said).result) == to_string(x.means));
  }
}

TEST_CASE("telegram_errors: a flood is waited out as long as Telegram says") {
  telegram::reply x = said(429, "Too Many Requests: retry after 7");
  x.retry_after = 7;
  const telegram::send_verdict verdict = telegram::classify(x);
  CHECK(verdict.result == send_result::retry);
  CHECK(verdict.flood);
  CHECK(verdict.wait == 7s);
  x.retry_after = 0;
  CHECK(telegram::classify(x).wait == 1s);
}

TEST_CASE("telegram_errors: a chat that moved says where to") {
  telegram::reply x = said(400, "Bad Request: group chat was upgraded to a supergroup chat");
  x.migrate_to = -1001;
  CHECK(telegram::classify(x).result == send_result::migrated);
  CHECK(telegram::classify(x).migrate_to == chat_id{-1001});
}

TEST_CASE("telegram_errors: an answer that got lost may mean a message that arrived") {
  CHECK(telegram::classify(ended(http::outcome::interrupted)).maybe_sent);
  CHECK_FALSE(telegram::classify(ended(http::outcome::not_sent)).maybe_sent);
  CHECK_FALSE(telegram::classify(ended(http::outcome::not_started)).maybe_sent);
  telegram::reply proxy;
  proxy.status = 502;
  CHECK(telegram::classify(proxy).maybe_sent);
  CHECK_FALSE(telegram::classify(said(500, "Internal Server Error")).maybe_sent);
}

TEST_CASE(
  "telegram_errors: what others answer in Telegram's place decides nothing about a message") {
  for (const int status : {400, 401, 403, 404, 407, 451, 502}) {
    CAPTURE(status);
    telegram::reply page;
    page.status = page.error_code = status;
    page.description = "<html>Forbidden: bot was blocked by the user</html>";
    const auto verdict = telegram::classify(page);
    CHECK(verdict.result == send_result::retry);
    CHECK(verdict.maybe_sent);
  }
  telegram::reply too_large;
  too_large.status = too_large.error_code = 413; // from a proxy in front of Telegram
  CHECK(telegram::classify(too_large).result == send_result::send_link);
  telegram::reply flood;
  flood.status = flood.error_code = 429;
  CHECK(telegram::classify(flood).flood);
}

TEST_CASE("telegram_errors: success is success, and some failures of edits are none") {
  telegram::reply x;
  x.status = 200;
  x.json = x.ok = true;
  CHECK(telegram::classify(x).result == send_result::sent);
  CHECK(telegram::harmless(x));
  CHECK(telegram::harmless(said(
    400, "Bad Request: query is too old and response timeout expired or query ID is invalid")));
  CHECK(telegram::harmless(said(400, "Bad Request: message to delete not found")));
  CHECK_FALSE(telegram::harmless(said(400, "Bad Request: message is too long")));
}

TEST_CASE("telegram_errors: a refund is done, not done, or has to be asked for again") {
  using telegram::refund_result;
  telegram::reply done;
  done.status = 200;
  done.json = done.ok = true;
  telegram::reply page;
  page.status = page.error_code = 403; // whoever answers in Telegram's place
  for (const auto& [said_to_it, result] : std::vector<std::pair<telegram::reply, refund_result>>{
         {done, refund_result::done},
         {said(400, "Bad Request: CHARGE_ALREADY_REFUNDED"), refund_result::done},
         {said(400, "Bad Request: CHARGE_ID_INVALID"), refund_result::not_done},
         {said(401, "Unauthorized"), refund_result::not_done},
         {said(429, "Too Many Requests: retry after 7"), refund_result::not_done},
         {said(500, "Internal Server Error"), refund_result::unknown},
         {page, refund_result::unknown},
         {ended(http::outcome::interrupted), refund_result::unknown},
         {ended(http::outcome::too_large), refund_result::unknown},
         {ended(http::outcome::not_sent), refund_result::not_done},
         {ended(http::outcome::not_started), refund_result::not_done}}) {
    CAPTURE(said_to_it.description);
    CHECK(telegram::classify_refund(said_to_it) == result);
  }
}

TEST_CASE("telegram_errors: a place that is gone is told from a chat that is gone") {
  for (const char* text :
       {"Bad Request: message thread not found", "Bad Request: TOPIC_CLOSED",
        "Bad Request: TOPIC_DELETED", "Bad Request: topic not found",
        "Bad Request: business connection not found", "Bad Request: BUSINESS_CONNECTION_INVALID"}) {
    telegram::reply x;
    x.status = x.error_code = 400;
    x.json = true;
    x.description = text;
    CHECK_MESSAGE(to_string(telegram::classify(x).result) == "misplaced", text);
  }
}

TEST_SUITE_END();
