#include "sandbox/text.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace neurocards::sandbox {

namespace {

bool continues(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

/// Bytes of the sequence that `lead` begins; 0 when it cannot begin one.
size_t sequence_size(unsigned char lead) {
  if (lead < 0x80)
    return 1;
  if (lead >= 0xC2 && lead < 0xE0)
    return 2;
  if (lead >= 0xE0 && lead < 0xF0)
    return 3;
  return lead >= 0xF0 && lead < 0xF5 ? 4 : 0;
}

/// Overlong forms, surrogates and code points above U+10FFFF show in the second byte.
bool second_fits(unsigned char lead, unsigned char second) {
  switch (lead) {
    case 0xE0:
      return second >= 0xA0;
    case 0xED:
      return second < 0xA0;
    case 0xF0:
      return second >= 0x90;
    case 0xF4:
      return second < 0x90;
    default:
      return true;
  }
}

bool is_blank(char c) {
  return c == ' ' || c == '\n' || c == '\t';
}

} // namespace

bool valid_utf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const auto size = sequence_size(lead);
    if (size == 0 || i + size > text.size())
      return false;
    for (size_t k = 1; k < size; ++k)
      if (!continues(text[i + k]))
        return false;
    if (size > 1 && !second_fits(lead, static_cast<unsigned char>(text[i + 1])))
      return false;
    i += size;
  }
  return true;
}

size_t code_points(std::string_view text) {
  return static_cast<size_t>(
    std::count_if(text.begin(), text.end(), [](char c) { return !continues(c); }));
}

size_t utf16_units(std::string_view text) {
  const auto outside_bmp = std::count_if(
    text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0xF0; });
  return code_points(text) + static_cast<size_t>(outside_bmp);
}

std::string cleaned(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (const char c : text) {
    if (c == '\r')
      continue;
    const bool control = static_cast<unsigned char>(c) < 0x20 && c != '\n';
    result += control ? ' ' : c;
  }
  const auto first = std::find_if_not(result.begin(), result.end(), is_blank);
  const auto last =
    std::find_if_not(result.rbegin(), std::make_reverse_iterator(first), is_blank).base();
  return {first, last};
}

std::string lower(std::string_view text) {
  std::string result{text};
  for (char& c : result)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c + 32);
  return result;
}

std::string decode_base64(std::string_view text) {
  if (text.starts_with("data:"))
    text.remove_prefix(std::min(text.size(), text.find(',') + 1));
  while (!text.empty() && is_blank(text.back()))
    text.remove_suffix(1);
  std::vector<unsigned char> out(text.size() / 4 * 3 + 3);
  const auto size = EVP_DecodeBlock(out.data(), reinterpret_cast<const unsigned char*>(text.data()),
                                    static_cast<int>(text.size()));
  if (size < 0)
    return {};
  const auto padding = text.ends_with("==") ? 2U : text.ends_with("=") ? 1U : 0U;
  return {out.begin(), out.begin() + size - padding};
}

std::string encode_base64(std::string_view bytes) {
  std::vector<unsigned char> out((bytes.size() + 2) / 3 * 4 + 1);
  const auto size =
    EVP_EncodeBlock(out.data(), reinterpret_cast<const unsigned char*>(bytes.data()),
                    static_cast<int>(bytes.size()));
  return {out.begin(), out.begin() + size};
}

std::string sha256(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr);
  return hex({reinterpret_cast<const char*>(digest.data()), size});
}

std::string hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string result;
  result.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    result += digits[static_cast<unsigned char>(c) >> 4];
    result += digits[static_cast<unsigned char>(c) & 15];
  }
  return result;
}

} // namespace neurocards::sandbox
