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

} // namespace

std::string shown_token(std::string_view authorization) {
  const auto is_scheme = [&](std::string_view scheme) {
    return authorization.size() > scheme.size()
           && std::equal(scheme.begin(), scheme.end(), authorization.begin(),
                         [](unsigned char a, unsigned char b) { return std::tolower(b) == a; });
  };
  if (is_scheme("bearer "))
    return std::string{authorization.substr(7)};
  if (!is_scheme("basic "))
    return {};
  const auto pair = base64_decoded(authorization.substr(6));
  const auto colon = pair ? pair->find(':') : std::string::npos;
  return colon == std::string::npos ? std::string{} : pair->substr(colon + 1);
}

} // namespace neurocards
