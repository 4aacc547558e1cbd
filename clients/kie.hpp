#pragma once

#include "clients/provider.hpp"
#include "domain/kie_errors.hpp"

#include <optional>
#include <string_view>

/// KIE's "jobs" API: requests for the http engine, and readers of what comes back. Readers report
/// KIE's signals as they are; what a signal means for a job is `domain/kie_errors`' business.
namespace neurocards::kie {

// ── createTask ───────────────────────────────────────────────────────────────────────────────────

[[nodiscard]] create_result parse_created(const http::response&);

// ── recordInfo and callbacks ─────────────────────────────────────────────────────────────────────

[[nodiscard]] task_state parse_record_info(const http::response&);

/// What a callback says. Its signature does not cover the body: wake up and poll recordInfo.
struct callback {
  task_id task;
  task_state state;
};

/// nullopt: not JSON, or it names no task.
std::optional<callback> parse_callback(std::string_view body);

/// Whether a callback's X-Webhook-Timestamp is of these minutes; without that no signature holds.
bool timestamp_fresh(std::string_view timestamp, std::chrono::system_clock::time_point now,
                     std::chrono::seconds tolerance = std::chrono::seconds{300});

/// Checks the headers X-Webhook-Timestamp and X-Webhook-Signature of a callback.
bool signature_valid(const secret& webhook_key, const task_id& task, std::string_view timestamp,
                     std::string_view signature, std::chrono::system_clock::time_point now,
                     std::chrono::seconds tolerance = std::chrono::seconds{300});

// ── other answers ────────────────────────────────────────────────────────────────────────────────

[[nodiscard]] credit_result parse_credit(const http::response&);

[[nodiscard]] url_result parse_download_url(const http::response&);
[[nodiscard]] url_result parse_upload(const http::response&);

[[nodiscard]] std::optional<price_page> parse_prices(const http::response&);

// ── requests ─────────────────────────────────────────────────────────────────────────────────────

/// Makes requests; the key differs from call to call.
class api {
public:
  /// Base URLs without a trailing slash, e.g. "https://api.kie.ai". Empty `proxy`: none.
  api(std::string base_url, std::string upload_url, std::chrono::milliseconds timeout,
      std::string proxy = {});

  /// Goes out on a connection of its own, so that a server that closes an idle one at that moment
  /// cannot make the outcome ambiguous.
  /// `body` is models::create_task_body's.
  http::request create_task(const secret& key, std::string body) const;

  http::request record_info(const secret& key, const task_id&) const;
  http::request credit(const secret& key) const;

  /// A link to a result that is valid for 20 minutes.
  http::request download_url(const secret& key, const std::string& result_url) const;

  /// Streams the file. `file_name` must be unique: an equal one is overwritten.
  http::request upload(const secret& key, const std::string& file, const std::string& file_name,
                       const std::string& content_type) const;

  /// A page of the public list of prices, from 1: asked without a key.
  http::request prices(int page) const;

private:
  http::request json_request(const std::string& path, std::string label, const secret& key) const;

  std::string base_url_;
  std::string upload_url_;
  std::chrono::milliseconds timeout_;
  std::string proxy_;
};

/// KIE as a provider of videos.
provider::service service(const api&);

} // namespace neurocards::kie
