#pragma once

#include "domain/listed_prices.hpp"
#include "domain/provider.hpp"
#include "protocol/config.hpp"

#include <functional>
#include <optional>
#include <string_view>
#include <variant>

/// Services that make videos of a photo, each of them a value: what it is asked, how its answers
/// are read, and what they mean. How to add one: docs/providers.md.
namespace neurocards::provider {

/// The first 16 hex digits of the key's SHA-256.
key_fingerprint fingerprint(const secret& key);

// ── what comes back ──────────────────────────────────────────────────────────────────────────────

struct created {
  task_id task;
  int code = 200; // another one: refused in words, yet there is a task; a poll decides
};

/// Not `created`: `service::classify` tells whether a task may exist all the same.
using create_result = std::variant<created, signal>;

/// What may be a task's id: it goes into the database, logs and addresses.
bool is_task_id(const std::string&);

struct in_progress {
  std::string state;           // in the provider's words
  std::optional<int> progress; // percent
};

struct succeeded {
  std::string url;
  std::optional<double> cost = {}; // US$ that the provider took for it
};

/// The provider says success, but there is no usable URL in its answer.
struct without_result {
  std::string reason;
};

/// The task has failed for good.
struct failed {
  signal reason;
  bool has_result = false; // and there is a video all the same
};

/// The poll failed, not the task; an unknown task belongs here too.
struct poll_failed {
  signal reason;
};

using task_state = std::variant<in_progress, succeeded, without_result, failed, poll_failed>;

/// Whether an end contradicts itself: a success without a usable result, a failure that has one or
/// that says nothing. The provider may be writing the rest at this moment.
[[nodiscard]] bool contradicts_itself(const task_state&);

/// Balance of an account in the provider's units.
using credit_result = std::variant<double, signal>;

/// A URL: where an uploaded file lies, or a fresh link to a result.
using url_result = std::variant<std::string, signal>;

/// A page of a public list of prices; `pages`: how many there are.
struct price_page {
  std::vector<prices::listed> rows;
  int pages = 0;
};

// ── the value ────────────────────────────────────────────────────────────────────────────────────

/// A video that is to be made.
struct creation {
  const config::model& model;
  std::string prompt;
  std::string photo;    // its address, or itself as a data URI
  std::string callback; // address; empty: the provider is not to call back
  std::string token;    // of its announcement: a UUID that no other creation has
};

/// A provider. Functions that are null: there is no such thing.
struct service {
  std::string name; // as configuration, database and metrics call it
  std::function<http::request(const secret& key, const creation&)> create;
  create_result (*read_created)(const http::response&, const std::string& token) = nullptr;
  std::function<http::request(const secret& key, const task_id&)> poll;
  task_state (*read_poll)(const http::response&, const task_id&) = nullptr;
  verdict (*classify)(const signal&) = nullptr;

  /// Whether a refused creation says that the photo could not be fetched: another way may do.
  bool (*could_not_fetch)(const signal&) = nullptr;

  /// The same creation may be sent again under its token: it is made and paid for once. So nothing
  /// is waited for when it is unknown what became of one.
  bool repeatable = false;
  bool photo_in_request = false; // as a data URI: it need not lie anywhere

  /// Costs nothing, and tells whether the provider works at all; nullopt: it does.
  std::function<http::request(const secret& key)> probe;
  std::optional<signal> (*read_probe)(const http::response&) = nullptr;

  /// What is left of an account.
  std::function<http::request(const secret& key)> credit;
  credit_result (*read_credit)(const http::response&) = nullptr;

  /// Puts a photo where the provider can fetch it. `file_name` is used once.
  std::function<http::request(const secret& key, const std::string& file,
                              const std::string& file_name, const std::string& content_type)>
    upload;
  url_result (*read_upload)(const http::response&) = nullptr;

  /// Asks for a fresh link to a result.
  std::function<http::request(const secret& key, const std::string& url)> renew_link;
  url_result (*read_link)(const http::response&) = nullptr;

  /// A page, from 1, of the public list of its prices; nullopt: no such list came.
  std::function<http::request(int page)> prices;
  std::optional<price_page> (*read_prices)(const http::response&) = nullptr;

  std::string callback_path; // where it calls back at our public address; a token follows
};

// ── results, from whichever host they come ───────────────────────────────────────────────────────

/// Clips have some tens of megabytes. What is longer is no clip, and would only fill the disk.
constexpr int64_t max_video_bytes = int64_t{512} << 20;

/// Fetches a result; no key is sent. Redirects are followed. `private_addresses` is true only for
/// simulated services; behind a proxy it finds the addresses. Empty `proxy`: none.
http::request download(const std::string& url, const std::string& save_to, int64_t max_bytes,
                       std::chrono::milliseconds timeout, bool private_addresses,
                       const std::string& proxy = {});

/// Whether what `download` saved is a video, by its bytes: an error page may come with "200 OK",
/// and any type.
[[nodiscard]] bool brought_video(const http::response&);

/// Why fetching a result failed; to be asked only of answers that are not `ok()`.
[[nodiscard]] signal download_signal(const http::response&);

} // namespace neurocards::provider
