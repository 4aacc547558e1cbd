#include "clients/provider_answers.hpp"

#include "clients/crypto.hpp"
#include "domain/retry.hpp"
#include "domain/videos.hpp"

#include <algorithm>

namespace neurocards::provider {

namespace {

constexpr size_t text_limit = 500; // bytes
constexpr int64_t slowest = 1024;  // bytes/s

} // namespace

std::string excerpt(std::string_view text) {
  return wire::excerpt(text, text_limit);
}

std::string first_text(std::optional<wire::element> x,
                       std::initializer_list<std::string_view> names) {
  for (const auto name : names)
    if (auto text = wire::loose_text(wire::member(x, name)); !text.empty())
      return text;
  return {};
}

std::string first_words(std::optional<wire::element> x,
                        std::initializer_list<std::string_view> names) {
  auto text = first_text(x, names);
  for (const auto name : names)
    if (const auto packed = wire::member(x, name);
        packed && text.empty() && (packed->is_object() || packed->is_array()))
      text = wire::compact(*packed);
  return text;
}

signal to_signal(call from, const http::response& response, std::optional<wire::element> root) {
  signal result;
  result.from = from;
  result.outcome = response.outcome;
  if (response.outcome != http::outcome::answered) {
    result.message = excerpt(response.error);
    return result;
  }
  result.status = response.status;
  result.retry_after = retry::parse_retry_after(response.retry_after);
  result.json = wire::is_object(root);
  if (!result.json) {
    result.message = excerpt(response.body);
    return result;
  }
  const auto code = wire::integer(wire::member(root, "code")).value_or(0);
  result.code = static_cast<int>(std::clamp<int64_t>(code, -1, 99'999));
  result.message = excerpt(first_words(root, {"msg", "message", "error"}));
  return result;
}

wire::document read(const http::response& response, wire::cut_rule cut) {
  const bool came = response.outcome == http::outcome::answered;
  return wire::document{came ? std::string_view{response.body} : std::string_view{}, cut};
}

bool is_web_address(const std::string& url) {
  return (url.starts_with("https://") || url.starts_with("http://"))
         && std::ranges::none_of(url, [](unsigned char c) { return c <= ' ' || c == 0x7F; });
}

key_fingerprint fingerprint(const secret& key) {
  return key_fingerprint{crypto::hex(crypto::sha256(key.reveal())).substr(0, 16)};
}

bool is_task_id(const std::string& x) {
  constexpr size_t longest = 128; // KIE's have 32 to 36 characters
  return !x.empty() && x.size() <= longest
         && std::all_of(x.begin(), x.end(), [](unsigned char c) { return c > ' ' && c < 0x7f; });
}

bool contradicts_itself(const task_state& state) {
  if (std::holds_alternative<without_result>(state))
    return true;
  const auto* end = std::get_if<failed>(&state);
  if (end == nullptr)
    return false;
  const auto& code = end->reason.fail_code;
  const bool says_nothing =
    end->reason.fail_msg.empty() && (code.empty() || code == "0" || code == "200");
  return says_nothing || end->has_result;
}

http::request download(const std::string& url, const std::string& save_to, int64_t max_bytes,
                       std::chrono::milliseconds timeout, bool private_addresses,
                       const std::string& proxy) {
  http::request result;
  result.url = url;
  result.label = "video.download";
  result.save_to = save_to;
  result.max_bytes = max_bytes;
  result.timeout = timeout;
  result.min_speed = slowest;
  result.follow = true;
  result.private_addresses = private_addresses;
  result.proxy = proxy;
  return result;
}

bool brought_video(const http::response& response) {
  return response.ok() && videos::is_video(response.prefix);
}

signal download_signal(const http::response& response) {
  const auto doc = read(response);
  return to_signal(call::download, response, doc.root());
}

} // namespace neurocards::provider
