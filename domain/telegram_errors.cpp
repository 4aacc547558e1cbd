#include "domain/telegram_errors.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace neurocards::telegram {

namespace {

struct row {
  int code;              // error_code; 0: any
  std::string_view text; // within the description, lower case; empty: any
  send_result result;
};

// From top to bottom, the first row that matches wins. Codes may change (Bot API), so what has a
// telling text is matched by text under any 4xx.
constexpr std::array rows = {
  row{0, "message is not modified", send_result::sent},
  row{0, "can't parse entities", send_result::plain},
  row{0, "message thread not found", send_result::misplaced},
  row{0, "topic_", send_result::misplaced}, // TOPIC_CLOSED, TOPIC_DELETED, TOPIC_ID_INVALID
  row{0, "topic not found", send_result::misplaced},
  row{0, "topic is closed", send_result::misplaced},
  row{0, "business connection", send_result::misplaced},
  row{0, "business_connection", send_result::misplaced},
  row{0, "business_peer", send_result::misplaced},
  row{0, "bot was blocked by the user", send_result::blocked},
  row{0, "user is deactivated", send_result::blocked},
  row{0, "bot can't initiate conversation", send_result::blocked},
  row{0, "bot was kicked", send_result::blocked},
  row{0, "bot is not a member", send_result::blocked},
  row{0, "chat not found", send_result::drop}, // a wrong number, or somebody who never started us
  row{0, "peer_id_invalid", send_result::blocked},
  row{0, "wrong file identifier", send_result::upload_again},
  row{0, "wrong remote file identifier", send_result::upload_again},
  row{0, "wrong file_id", send_result::upload_again},
  row{0, "file reference", send_result::upload_again},
  row{0, "can't use file of type", send_result::upload_again},
  row{0, "failed to get http url content", send_result::upload_again},
  row{0, "wrong type of the web page content", send_result::upload_again},
  row{0, "wrong http url specified", send_result::upload_again},
  row{0, "request entity too large", send_result::send_link},
  row{0, "file is too big", send_result::send_link},
  row{413, "", send_result::send_link},
  row{401, "", send_result::unauthorized},
  row{404, "", send_result::unauthorized}, // the path holds the token: a wrong one is answered so
  row{403, "", send_result::blocked},
  row{400, "", send_result::drop},
};

constexpr std::array harmless_texts = {
  std::string_view{"message is not modified"},  std::string_view{"message to delete not found"},
  std::string_view{"message can't be deleted"}, std::string_view{"message to edit not found"},
  std::string_view{"query is too old"},         std::string_view{"query id is invalid"},
};

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

send_result send_result_of(const reply& x, int code) {
  const std::string text = lower(x.description);
  for (const row& candidate : rows)
    if ((candidate.code == 0 || candidate.code == code)
        && text.find(candidate.text) != std::string::npos)
      return candidate.result;
  return send_result::drop;
}

} // namespace

std::string to_string(send_result x) {
  constexpr std::array names = {"sent",      "retry", "drop",     "blocked",      "upload_again",
                                "send_link", "plain", "migrated", "unauthorized", "misplaced"};
  return names[static_cast<size_t>(x)];
}

send_verdict classify(const reply& x) {
  send_verdict result;
  if (x.outcome == http::outcome::interrupted || x.outcome == http::outcome::too_large) {
    result.maybe_sent = true;
    return result;
  }
  if (x.outcome == http::outcome::local_fault || x.outcome == http::outcome::forbidden_address) {
    result.result =
      send_result::drop; // a file of ours that cannot be read will not become readable
    return result;
  }
  if (x.outcome == http::outcome::not_sent || x.outcome == http::outcome::not_started)
    return result;
  const int code = x.json && x.error_code != 0 ? x.error_code : x.status;
  if (x.json && x.ok) {
    result.result = send_result::sent;
  } else if (x.migrate_to != 0) {
    result.result = send_result::migrated;
    result.migrate_to = chat_id{x.migrate_to};
  } else if (code == 429) {
    result.flood = true;
    result.wait = std::chrono::seconds{std::max(1, x.retry_after)};
  } else if (code >= 500 || code < 400 || (!x.json && code != 413)) {
    result.wait = std::chrono::seconds{std::max(0, x.retry_after)};
    // Without Telegram's JSON somebody on the way has answered (a proxy, a page that blocks), who
    // knows nothing of the message, of its reader, nor of what happened behind him.
    result.maybe_sent = !x.json;
  } else if (code == 409) {
    result.result = send_result::retry;
  } else {
    result.result = send_result_of(x, code);
  }
  return result;
}

refund_result classify_refund(const reply& x) {
  if (x.outcome == http::outcome::interrupted || x.outcome == http::outcome::too_large)
    return refund_result::unknown;
  if (x.outcome != http::outcome::answered)
    return refund_result::not_done; // it never left
  if (x.ok || lower(x.description).find("charge_already_refunded") != std::string::npos)
    return refund_result::done;
  const int code = x.error_code != 0 ? x.error_code : x.status;
  return x.json && code >= 400 && code < 500 ? refund_result::not_done : refund_result::unknown;
}

bool harmless(const reply& x) {
  const std::string text = lower(x.description);
  return x.ok
         || std::any_of(harmless_texts.begin(), harmless_texts.end(), [&](std::string_view known) {
              return text.find(known) != std::string::npos;
            });
}

} // namespace neurocards::telegram
