#include "domain/telegram_errors.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace neurocards;
using namespace std::chrono_literals;
using telegram::fate;

namespace {

telegram::reply said(int code, const char* description) {
  telegram::reply x;
  x.status = code;
  x.json = true;
  x.error_code = code;
  x.description = description;
  return x;
}

telegram::reply ended(http::outcome how) {
  telegram::reply x;
  x.how = how;
  return x;
}

struct line {
  telegram::reply said;
  fate means;
};

const std::vector<line> corpus = {
  {said(400, "Bad Request: message is not modified: specified new message content is the same"),
   fate::sent},
  {said(400, "Bad Request: chat not found"), fate::drop},
  {said(400, "Bad Request: message text is empty"), fate::drop},
  {said(400, "Bad Request: message is too long"), fate::drop},
  {said(400, "Bad Request: BUTTON_DATA_INVALID"), fate::drop},
  {said(400, "Bad Request: can't parse entities: Unsupported start tag \"x\" at byte offset 3"),
   fate::plain},
  {said(400, "Bad Request: wrong file identifier/HTTP URL specified"), fate::upload_again},
  {said(400, "Bad Request: wrong remote file identifier specified: Wrong string length"),
   fate::upload_again},
  {said(400, "Bad Request: wrong file_id or the file is temporarily unavailable"),
   fate::upload_again},
  {said(400, "Bad Request: can't use file of type Document as Video"), fate::upload_again},
  {said(400, "Bad Request: failed to get HTTP URL content"), fate::upload_again},
  {said(413, "Request Entity Too Large"), fate::send_link},
  {said(401, "Unauthorized"), fate::unauthorized},
  {said(404, "Not Found"), fate::unauthorized},
  {said(403, "Forbidden: bot was blocked by the user"), fate::blocked},
  {said(403, "Forbidden: user is deactivated"), fate::blocked},
  {said(403, "Forbidden: bot can't initiate conversation with a user"), fate::blocked},
  {said(403, "Forbidden: bot was kicked from the group chat"), fate::blocked},
  {said(400, "Forbidden: bot was blocked by the user"), fate::blocked}, // codes may change
  {said(500, "Internal Server Error: restart"), fate::retry},
  {said(502, ""), fate::retry},
  {said(409, "Conflict: terminated by setWebhook request"), fate::retry},
  {ended(http::outcome::not_sent), fate::retry},
  {ended(http::outcome::not_started), fate::retry},
  {ended(http::outcome::interrupted), fate::retry},
  {ended(http::outcome::local_fault), fate::drop},
};

} // namespace

TEST_CASE("Telegram's answers decide a message's fate") {
  for (const line& x : corpus) {
    INFO(x.said.error_code << " " << x.said.description);
    CHECK(to_string(telegram::classify(x.said).what) == to_string(x.means));
  }
}

TEST_CASE("a flood is waited out as long as Telegram says") {
  telegram::reply x = said(429, "Too Many Requests: retry after 7");
  x.retry_after = 7;
  const telegram::send_verdict verdict = telegram::classify(x);
  CHECK(verdict.what == fate::retry);
  CHECK(verdict.flood);
  CHECK(verdict.wait == 7s);
  x.retry_after = 0;
  CHECK(telegram::classify(x).wait == 1s);
}

TEST_CASE("a chat that moved says where to") {
  telegram::reply x = said(400, "Bad Request: group chat was upgraded to a supergroup chat");
  x.migrate_to = -1001;
  CHECK(telegram::classify(x).what == fate::migrated);
  CHECK(telegram::classify(x).migrate_to == chat_id{-1001});
}

TEST_CASE("an answer that got lost may mean a message that arrived") {
  CHECK(telegram::classify(ended(http::outcome::interrupted)).maybe_sent);
  CHECK_FALSE(telegram::classify(ended(http::outcome::not_sent)).maybe_sent);
  CHECK_FALSE(telegram::classify(ended(http::outcome::not_started)).maybe_sent);
  telegram::reply proxy;
  proxy.status = 502;
  CHECK(telegram::classify(proxy).maybe_sent);
  CHECK_FALSE(telegram::classify(said(500, "Internal Server Error")).maybe_sent);
}

TEST_CASE("what others answer in Telegram's place decides nothing about a message") {
  for (const int status : {400, 401, 403, 404, 407, 451, 502}) {
    CAPTURE(status);
    telegram::reply page;
    page.status = page.error_code = status;
    page.description = "<html>Forbidden: bot was blocked by the user</html>";
    const auto verdict = telegram::classify(page);
    CHECK(verdict.what == fate::retry);
    CHECK(verdict.maybe_sent);
  }
  telegram::reply too_large;
  too_large.status = too_large.error_code = 413; // from a proxy in front of Telegram
  CHECK(telegram::classify(too_large).what == fate::send_link);
  telegram::reply flood;
  flood.status = flood.error_code = 429;
  CHECK(telegram::classify(flood).flood);
}

TEST_CASE("success is success, and some failures of edits are none") {
  telegram::reply x;
  x.status = 200;
  x.json = x.ok = true;
  CHECK(telegram::classify(x).what == fate::sent);
  CHECK(telegram::harmless(x));
  CHECK(telegram::harmless(said(
    400, "Bad Request: query is too old and response timeout expired or query ID is invalid")));
  CHECK(telegram::harmless(said(400, "Bad Request: message to delete not found")));
  CHECK_FALSE(telegram::harmless(said(400, "Bad Request: message is too long")));
}

TEST_CASE("a place that is gone is told from a chat that is gone") {
  for (const char* text :
       {"Bad Request: message thread not found", "Bad Request: TOPIC_CLOSED",
        "Bad Request: TOPIC_DELETED", "Bad Request: topic not found",
        "Bad Request: business connection not found", "Bad Request: BUSINESS_CONNECTION_INVALID"}) {
    telegram::reply x;
    x.status = x.error_code = 400;
    x.json = true;
    x.description = text;
    CHECK_MESSAGE(to_string(telegram::classify(x).what) == "misplaced", text);
  }
}
