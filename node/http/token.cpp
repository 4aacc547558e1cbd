#include "node/http/token.hpp"

#include <algorithm>
#include <cctype>
#include <optional>

namespace neurocards {

namespace {

std::optional<std::string> base64_decoded(std::string_view text) {
  std::string result;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    static constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if (c == '=')
      break;
    const auto value = alphabet.find(c);
    if (value == std::string_view::npos)
      return std::nullopt;
    bits = (bits << 6) | static_cast<unsigned>(value);
    count += 6;
    if (count >= 8) {
      count -= 8;
      result += static_cast<char>((bits >> count) & 0xff);
    }
  }
  return result;
}

/// What follows the scheme, which is written in any case; nullopt: it is another scheme.
std::optional<std::string_view> after_scheme(std::string_view authorization,
                                             std::string_view scheme) {
  const bool fits =
    authorization.size() > scheme.size()
    && std::equal(scheme.begin(), scheme.end(), authorization.begin(),
                  [](unsigned char a, unsigned char b) { return std::tolower(b) == a; });
  return fits ? std::optional{authorization.substr(scheme.size())} : std::nullopt;
}

/// User name and password.
std::optional<std::pair<std::string, std::string>> basic_pair(std::string_view authorization) {
  const auto coded = after_scheme(authorization, "basic ");
  const auto pair = coded ? base64_decoded(*coded) : std::nullopt;
  const auto colon = pair ? pair->find(':') : std::string::npos;
  if (colon == std::string::npos)
    return std::nullopt;
  return std::pair{pair->substr(0, colon), pair->substr(colon + 1)};
}

} // namespace

std::string shown_token(std::string_view authorization) {
  if (const auto bearer = after_scheme(authorization, "bearer "))
    return std::string{*bearer};
  const auto pair = basic_pair(authorization);
  return pair ? pair->second : std::string{};
}

std::string shown_user(std::string_view authorization) {
  const auto pair = basic_pair(authorization);
  return pair ? pair->first : std::string{};
}

} // namespace neurocards
