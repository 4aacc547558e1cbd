#include "domain/webhook.hpp"

#include "domain/markup.hpp"

#include <algorithm>
#include <array>

namespace neurocards::webhook {

namespace {

constexpr int64_t recent_seconds = 300; // Telegram tries again within a minute or two

/// Scheme and host: paths of foreign webhooks often hold a token.
std::string place_of(const std::string& url) {
  const auto begin = url.find("://");
  const auto host = begin == std::string::npos ? 0 : begin + 3;
  auto result = url.substr(0, url.find_first_of("/?#", host));
  if (const auto separator = result.rfind('@'); separator != std::string::npos && separator >= host)
    result.erase(host, separator + 1 - host);
  return markup::cut(markup::clean(result), 100);
}

std::string missing_kind(const facts& x, const wanted& want) {
  if (x.kinds.empty())
    return {};
  for (const auto kind : want.kinds)
    if (std::ranges::find(x.kinds, kind) == x.kinds.end())
      return std::string{kind};
  return {};
}

} // namespace

std::string to_string(fault x) {
  constexpr std::array names = {"none", "removed", "replaced", "kinds", "unwanted", "failing"};
  return names[static_cast<size_t>(x)];
}

verdict check(const facts& x, const wanted& want, int64_t now) {
  if (want.url.empty()) {
    if (x.url.empty())
      return {};
    return {fault::unwanted, "a webhook to " + place_of(x.url)
                               + " is set: with telegram.mode polling nothing can be fetched"};
  }
  if (x.url.empty())
    return {fault::removed, "no webhook is set at Telegram"};
  if (x.url != want.url)
    return {fault::replaced,
            "the webhook at Telegram leads to " + place_of(x.url)
              + (place_of(x.url) == place_of(want.url) ? " under another path" : "")
              + ", not to http.public-url"};
  if (const auto kind = missing_kind(x, want); !kind.empty())
    return {fault::kinds, "the webhook at Telegram does not ask for " + kind};
  if (x.last_error_at > now - recent_seconds && x.pending > 0)
    return {fault::failing, "Telegram cannot deliver updates"
                              + (x.ip_address.empty() ? "" : " to " + x.ip_address) + ": "
                              + markup::cut(markup::clean(x.last_error), 200) + "; "
                              + std::to_string(x.pending) + " wait"};
  return {};
}

} // namespace neurocards::webhook
