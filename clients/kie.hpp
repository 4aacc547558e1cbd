#pragma once

#include "domain/kie_errors.hpp"
#include "protocol/http.hpp"
#include "protocol/ids.hpp"

#include <optional>
#include <string_view>
#include <variant>

/// KIE's "jobs" API: requests for the http engine, and readers of what comes back. Readers report
/// KIE's signals as they are; what a signal means for a job is `domain/kie_errors`' business.
namespace neurocards::kie {

/// The first 16 hex digits of the key's SHA-256.
key_fingerprint fingerprint(const secret& key);

// ── createTask ───────────────────────────────────────────────────────────────────────────────────

struct created {
  kie_task_id task;
  int code = 200; // another one: refused in words, yet there is a task; recordInfo decides
};

/// Not `created`: `classify` tells whether a task may exist all the same.
using create_result = std::variant<created, signal>;

/// What may be a task's id: it goes into the database, logs and addresses.
bool is_task_id(const std::string&);

[[nodiscard]] create_result parse_created(const http::response&);

// ── recordInfo and callbacks ─────────────────────────────────────────────────────────────────────

struct in_progress {
  std::string state;           // waiting, queuing, generating, or one this program does not know
  std::optional<int> progress; // percent
};

struct succeeded {
  std::string url;                    // resultJson.resultUrls[0]
  std::optional<double> credits = {}; // that KIE took for it
};

/// KIE says success, but there is no usable URL in its answer.
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

[[nodiscard]] task_state parse_record_info(const http::response&);

/// Whether an end contradicts itself: a success without a usable result, a failure that has one or
/// that says nothing. KIE may be writing the rest at this moment.
[[nodiscard]] bool contradicts_itself(const task_state&);

/// What a callback says. Its signature does not cover the body: wake up and poll recordInfo.
struct callback {
  kie_task_id task;
  task_state state;
};

/// nullopt: not JSON, or it names no task.
std::optional<callback> parse_callback(std::string_view body);

/// Whether a callback's X-Webhook-Timestamp is of these minutes; without that no signature holds.
bool timestamp_fresh(std::string_view timestamp, std::chrono::system_clock::time_point now,
                     std::chrono::seconds tolerance = std::chrono::seconds{300});

/// Checks the headers X-Webhook-Timestamp and X-Webhook-Signature of a callback.
bool signature_valid(const secret& webhook_key, const kie_task_id& task, std::string_view timestamp,
                     std::string_view signature, std::chrono::system_clock::time_point now,
                     std::chrono::seconds tolerance = std::chrono::seconds{300});

// ── other answers ────────────────────────────────────────────────────────────────────────────────

/// Balance of an account in KIE's credits.
using credit_result = std::variant<double, signal>;
[[nodiscard]] credit_result parse_credit(const http::response&);

/// A URL: where an uploaded file lies, or a fresh link to a result.
using url_result = std::variant<std::string, signal>;
[[nodiscard]] url_result parse_download_url(const http::response&);
[[nodiscard]] url_result parse_upload(const http::response&);

/// Whether what `download` saved is a video, by its bytes: an error page may come with "200 OK",
/// and any type.
[[nodiscard]] bool brought_video(const http::response&);

/// Why fetching a result failed; to be asked only of answers that are not `ok()`.
[[nodiscard]] signal download_signal(const http::response&);

// ── requests ─────────────────────────────────────────────────────────────────────────────────────

/// Makes requests; the key differs from call to call.
class api {
public:
  /// Base URLs without a trailing slash, e.g. "https://api.kie.ai".
  api(std::string base_url, std::string upload_url, std::chrono::milliseconds timeout);

  /// Goes out on a connection of its own, so that a server that closes an idle one at that moment
  /// cannot make the outcome ambiguous.
  /// `body` is models::create_task_body's.
  http::request create_task(const secret& key, std::string body) const;

  http::request record_info(const secret& key, const kie_task_id&) const;
  http::request credit(const secret& key) const;

  /// A link to a result that is valid for 20 minutes.
  http::request download_url(const secret& key, const std::string& result_url) const;

  /// Streams the file. `file_name` must be unique: an equal one is overwritten.
  http::request upload(const secret& key, const std::string& file, const std::string& file_name,
                       const std::string& content_type) const;

private:
  std::string base_url_;
  std::string upload_url_;
  std::chrono::milliseconds timeout_;
};

/// Clips have some tens of megabytes. What is longer is no clip, and would only fill the disk.
constexpr int64_t max_video_bytes = int64_t{512} << 20;

/// Fetches a result; no key is sent. Redirects are followed. `private_addresses` is true only for
/// simulated services.
http::request download(const std::string& url, const std::string& save_to, int64_t max_bytes,
                       std::chrono::milliseconds timeout, bool private_addresses);

} // namespace neurocards::kie
