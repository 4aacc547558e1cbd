#include "node/config/addresses.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace neurocards::config {

bool is_url(const std::string& x) {
  const auto body = x.rfind("https://", 0) == 0 ? 8u : x.rfind("http://", 0) == 0 ? 7u : 0u;
  const auto fits = [](unsigned char c) {
    return c > ' ' && c < 0x7F && c != '"' && c != '<' && c != '>';
  };
  return body != 0 && x.size() > body && std::all_of(x.begin(), x.end(), fits) && x[body] != '/'
         && x[body] != ':';
}

bool is_proxy(const std::string& x) {
  constexpr std::array<std::string_view, 6> schemes{"http",    "https",  "socks4",
                                                    "socks4a", "socks5", "socks5h"};
  const auto end = x.find("://");
  std::string_view remainder{x};
  if (end != std::string::npos) {
    if (std::find(schemes.begin(), schemes.end(), remainder.substr(0, end)) == schemes.end())
      return false;
    remainder.remove_prefix(end + 3);
  }
  const auto position = remainder.find('@');
  const auto host = position == remainder.npos ? remainder : remainder.substr(position + 1);
  return !host.empty() && host.find('@') == host.npos && remainder.find('/') == remainder.npos
         && remainder.find_first_of(" \t\n\"<>") == remainder.npos;
}

std::string without_password(std::string shown) {
  const auto position = shown.rfind('@');
  if (position == std::string::npos)
    return shown;
  const auto scheme = shown.find("://");
  const size_t from = scheme < position ? scheme + 3 : shown.starts_with('"') ? 1 : 0;
  return shown.replace(from, position - from, "***");
}

} // namespace neurocards::config
