#pragma once

#include "protocol/http.hpp"
#include "protocol/ids.hpp"

#include <chrono>
#include <string>

/// What Telegram's answer to a message of ours means for that message.
namespace neurocards::telegram {

/// The envelope of an answer.
struct reply {
  http::outcome outcome = http::outcome::answered;
  int status = 0;    // HTTP
  bool json = false; // the body was an envelope
  bool ok = false;
  int error_code = 0;
  std::string description;
  int retry_after = 0;    // seconds; parameters.retry_after, else the header
  int64_t migrate_to = 0; // parameters.migrate_to_chat_id
};

enum class send_result : uint8_t {
  sent,         // delivered, or as good as
  retry,        // nothing is wrong with the message: try again after `wait`
  drop,         // will never be accepted; our own fault or nobody's
  blocked,      // the reader shut us out: drop all his messages
  upload_again, // Telegram does not know the file_id (any more), or could not fetch the address
  send_link,    // the file is too large to upload
  plain,        // the markup is refused: send again without parse_mode
  migrated,     // the chat has a new number: `migrate_to`
  unauthorized, // the token is wrong: stop sending, tell operators
  misplaced,    // its topic or connection is gone: send to the chat itself
};

std::string to_string(send_result);

struct send_verdict {
  send_result result = send_result::retry;
  std::chrono::milliseconds wait{0}; // of a retry; 0: the sender's own backoff decides
  bool flood = false;                // 429: this chat, or all, must be slower
  bool maybe_sent = false;           // a retry may show the message twice
  chat_id migrate_to;
};

send_verdict classify(const reply&);

/// What became of a refund of Stars that was asked for.
enum class refund_result : uint8_t {
  done,     // now, or before
  not_done, // nothing has happened, and will not by itself
  unknown,  // ask again: a second time does no harm
};

refund_result classify_refund(const reply&);

/// For edits, deletions and answered callbacks the same answers are harmless more often.
bool harmless(const reply&);

} // namespace neurocards::telegram
