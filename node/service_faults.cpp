#include "node/service_faults.hpp"

#include "clients/kie.hpp"
#include "clients/openai.hpp"
#include "clients/telegram.hpp"

namespace neurocards {

namespace {

/// `words` if there are any, otherwise what is known about the exchange.
std::string or_exchange(const std::string& words, const http::response& got) {
  if (!words.empty())
    return words;
  return got.error.empty() ? "HTTP " + std::to_string(got.status) : got.error;
}

} // namespace

std::string telegram_fault(const http::response& got) {
  const auto answer = telegram::parse_answer(got);
  return answer.ok() ? "" : or_exchange(answer.envelope.description, got);
}

std::string webhook_address(const config::all& x) {
  return x.telegram.mode == config::telegram_mode::webhook ? x.http.public_url + "/telegram/webhook"
                                                           : "";
}

std::string webhook_fault(const http::response& got, const config::all& settings) {
  const auto found = telegram::parse_webhook_info(got);
  if (!found)
    return {};
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(
                     std::chrono::system_clock::now().time_since_epoch())
                     .count();
  return webhook::check(*found, {webhook_address(settings), telegram::allowed_updates()}, now)
    .words;
}

std::string provider_fault(const std::optional<provider::signal>& reason,
                           const http::response& got) {
  return reason ? or_exchange(provider::describe(*reason), got) : "";
}

std::string openai_fault(const http::response& got) {
  const auto reason = openai::parse_check(got);
  return reason ? or_exchange(reason->message, got) : "";
}

} // namespace neurocards
