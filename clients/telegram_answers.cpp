#include "clients/telegram.hpp"
#include "clients/wire_json.hpp"

#include <algorithm>
#include <charconv>

namespace neurocards::telegram {

namespace {

using wire::element;
using maybe = std::optional<element>;

constexpr size_t description_limit = 500; // bytes of what is kept of an unreadable body
constexpr int64_t longest_wait = 24 * 3600;

int to_seconds(std::optional<int64_t> x) {
  return static_cast<int>(std::clamp<int64_t>(x.value_or(0), 0, longest_wait));
}

int to_seconds(const std::string& header) {
  int64_t seconds = 0;
  const auto [end, error] = std::from_chars(header.data(), header.data() + header.size(), seconds);
  return error == std::errc{} ? to_seconds(std::optional{seconds}) : 0;
}

reply to_reply(const http::response& response, maybe root) {
  reply result;
  result.outcome = response.outcome;
  if (response.outcome != http::outcome::answered) {
    result.description = wire::excerpt(response.error, description_limit);
    return result;
  }
  result.status = response.status;
  const auto ok = wire::boolean(wire::member(root, "ok"));
  result.json = ok.has_value();
  result.ok = ok.value_or(false) && response.ok();
  result.retry_after = to_seconds(response.retry_after);
  if (result.ok)
    return result;
  if (!result.json) {
    result.error_code = response.status;
    result.description = wire::excerpt(response.body, description_limit);
    return result;
  }
  const auto code = wire::integer(wire::member(root, "error_code")).value_or(response.status);
  result.error_code = static_cast<int>(std::clamp<int64_t>(code, 0, 999));
  result.description = wire::text(root, "description");
  const auto parameters = wire::member(root, "parameters");
  if (const auto wait = wire::integer(wire::member(parameters, "retry_after")))
    result.retry_after = to_seconds(wait);
  result.migrate_to = wire::integer_or_zero(parameters, "migrate_to_chat_id");
  return result;
}

/// The id under which what we sent can be sent again.
std::string sent_file(maybe message) {
  for (const auto name : {"video", "animation", "document"}) // an mp4 may come back as animation
    if (auto id = wire::text(wire::member(message, name), "file_id"); !id.empty())
      return id;
  std::string last; // sizes ascend
  for (const element x : wire::items(wire::member(message, "photo")))
    if (auto id = wire::text(x, "file_id"); !id.empty())
      last = std::move(id);
  return last;
}

} // namespace

answer parse_answer(const http::response& response) {
  const bool readable = response.outcome == http::outcome::answered;
  const wire::document doc{readable ? std::string_view{response.body} : std::string_view{}};
  answer result;
  result.envelope = to_reply(response, doc.root());
  if (!result.ok())
    return result;
  const auto content = wire::member(doc.root(), "result");
  result.message_id = wire::integer_or_zero(content, "message_id");
  result.username = wire::text(content, "username");
  result.file_id = wire::text(content, "file_id");
  if (result.file_id.empty())
    result.file_id = sent_file(content);
  result.file_path = wire::text(content, "file_path");
  result.file_bytes = std::max<int64_t>(wire::integer_or_zero(content, "file_size"), 0);
  return result;
}

} // namespace neurocards::telegram
