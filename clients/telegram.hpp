#pragma once

#include "domain/star_purchases.hpp"
#include "domain/telegram_errors.hpp"
#include "domain/webhook.hpp"
#include "protocol/http.hpp"
#include "protocol/telegram.hpp"
#include "protocol/video_facts.hpp"

#include <span>
#include <string_view>

/// Telegram's Bot API: requests for the http engine, and readers of what comes back.
namespace neurocards::telegram {

/// An update as it came and as it is understood.
struct received_update {
  incoming parsed;
  std::string kind; // "message", "callback_query", …; "unknown" where Telegram's name is not ours
  std::string raw;  // compact JSON, fit for jsonb (no NUL)
};

/// What Telegram answered to any call, reduced to what callers act upon. Fields that the method
/// does not return stay empty.
struct answer {
  reply envelope;         // what `classify` reads
  int64_t message_id = 0; // of a sent or edited message
  std::string file_id;    // of the video, document or largest photo in it; of getFile
  std::string file_path;  // getFile
  int64_t file_bytes = 0; // likewise; 0: not told
  std::string username;   // getMe

  bool ok() const { return envelope.ok; }
};

/// getUpdates' answer. `status.ok()` is false also for a body that is no list of updates.
struct updates_answer {
  answer status;
  std::vector<received_update> updates; // ascending, each with an id
};

/// nullopt: not JSON, not an object, or without `update_id`. A known kind with unusable content is
/// an `unknown_update`, so that it can be confirmed.
std::optional<received_update> parse_update(std::string_view json);

updates_answer parse_updates(const http::response&);

answer parse_answer(const http::response&);

/// A file to be sent: by Telegram's id, by a URL that Telegram fetches, or uploaded from disk.
struct media {
  std::string file_id;
  std::string url;
  std::string file;      // path
  std::string file_name; // as the user sees it; with `file`
  std::string content_type = "application/octet-stream";
  std::string thumbnail = {}; // path of a JPEG; with `file`, empty: none
};

/// What accompanies a file.
struct caption {
  std::string html;
  keyboard buttons;
};

using neurocards::video_facts;

struct command {
  std::string name; // without the slash
  std::string description;

  friend bool operator==(const command&, const command&) = default;
};

/// getWebhookInfo's answer; nullopt: none, or not understood.
std::optional<webhook::facts> parse_webhook_info(const http::response&);

/// getMyCommands' answer; nullopt: none, or not understood.
std::optional<std::vector<command>> parse_commands(const http::response&);

/// getStarTransactions' answer; nullopt: none, or not understood.
std::optional<std::vector<star_purchases::transaction>>
parse_star_transactions(const http::response&);

/// The kinds of update that the product handles; Telegram remembers the list.
std::span<const std::string_view> allowed_updates();

/// Whether telegram.api-url names a server that somebody runs himself.
bool is_own_server(const std::string& api_url);

/// Makes requests for one bot.
class api {
public:
  /// `base_url` without a trailing slash, e.g. "https://api.telegram.org".
  /// Empty `proxy`: none.
  api(std::string base_url, secret token, std::chrono::milliseconds timeout,
      std::string proxy = {});

  http::request get_me() const;

  /// A long poll. `offset` 0: none yet. The HTTP time limit is that of the api, or `wait` and 10 s
  /// more where that is longer.
  http::request get_updates(int64_t offset, std::chrono::seconds wait, int limit = 100) const;

  /// Of all that ever were, the oldest first; `offset` is the number of those to skip.
  http::request get_star_transactions(int64_t offset, int limit) const;

  /// Gives the Stars of a payment back, as a whole. What became of it: `classify_refund`.
  http::request refund_star_payment(user_id, const std::string& charge) const;

  http::request delete_webhook() const;
  http::request get_webhook_info() const;
  http::request set_webhook(const std::string& url, const secret& secret_token,
                            int connections = 40) const;

  http::request send_message(const destination&, const outgoing&) const;

  /// Without `parse_mode`: for texts whose markup Telegram refused.
  http::request send_plain_message(const destination&, const outgoing&) const;

  http::request send_video(const destination&, const media&, const caption&,
                           const video_facts& = {}) const;

  http::request send_photo(const destination&, const media&, const caption&) const;

  http::request edit_message_text(const destination&, int64_t message_id, const outgoing&) const;

  /// Both are urgent: the user's client waits with a spinner, and a purchase dies after 10 s.
  http::request answer_callback_query(const std::string& query, const std::string& text = {},
                                      bool alert = false) const;
  /// Empty `refusal`: go ahead. Otherwise what the user is told.
  http::request answer_pre_checkout_query(const std::string& query,
                                          const std::string& refusal = {}) const;

  http::request send_invoice(const destination&, const invoice&) const;

  /// Whether somebody runs the server himself (github.com/tdlib/telegram-bot-api): its limits are
  /// others, and with `--local` its files lie on its disk.
  bool own_server() const;

  /// Of a file by multipart. A server of one's own without `--local` takes less, and says so.
  int64_t max_upload_bytes() const;

  /// Where `file_path` of its answer leads is `download`'s business; one that `lies_on_disk` may be
  /// copied from there.
  http::request get_file(const std::string& file_id) const;
  http::request download(const std::string& file_path, const std::string& save_to,
                         int64_t max_bytes = 20 << 20) const;

  /// True for a path on the server's own disk, which it names when it runs with `--local`. Telegram
  /// itself is not believed such a path.
  bool lies_on_disk(const std::string& file_path) const;

  /// Empty `language`: for everybody without a list of his own.
  http::request set_my_commands(std::span<const command>, const std::string& language) const;
  http::request get_my_commands(const std::string& language) const;

private:
  http::request call(std::string_view method, std::string json) const;
  http::request send_media(std::string_view method, std::string_view field, const destination&,
                           const media&, const caption&,
                           std::vector<std::pair<std::string, std::string>> extra) const;

  std::string base_url_;
  secret token_;
  std::chrono::milliseconds timeout_;
  std::string proxy_;
};

} // namespace neurocards::telegram
