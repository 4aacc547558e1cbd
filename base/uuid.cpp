#include "base/uuid.hpp"

#include <openssl/rand.h>

#include <cstdlib>

namespace neurocards {

namespace {

constexpr std::string_view digits = "0123456789abcdef";

bool dash_follows(size_t byte) {
  return byte == 3 || byte == 5 || byte == 7 || byte == 9;
}

std::optional<unsigned> digit(char c) {
  if (c >= '0' && c <= '9')
    return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f')
    return static_cast<unsigned>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F')
    return static_cast<unsigned>(c - 'A' + 10);
  return std::nullopt;
}

} // namespace

uuid uuid::random() {
  uuid result;
  if (RAND_bytes(result.bytes.data(), static_cast<int>(result.bytes.size())) != 1)
    std::abort(); // without randomness ids would repeat, and with them money
  result.bytes[6] = static_cast<uint8_t>((result.bytes[6] & 0x0f) | 0x40);
  result.bytes[8] = static_cast<uint8_t>((result.bytes[8] & 0x3f) | 0x80);
  return result;
}

std::optional<uuid> uuid::parse(std::string_view text) {
  if (text.size() != 36)
    return std::nullopt;
  uuid result;
  size_t position = 0;
  for (size_t i = 0; i < result.bytes.size(); ++i) {
    const auto high = digit(text[position]);
    const auto low = digit(text[position + 1]);
    if (!high || !low)
      return std::nullopt;
    result.bytes[i] = static_cast<uint8_t>(*high << 4 | *low);
    position += 2;
    if (dash_follows(i) && text[position++] != '-')
      return std::nullopt;
  }
  return result;
}

std::string to_string(const uuid& x) {
  std::string result;
  result.reserve(36);
  for (size_t i = 0; i < x.bytes.size(); ++i) {
    result += digits[x.bytes[i] >> 4];
    result += digits[x.bytes[i] & 15];
    if (dash_follows(i))
      result += '-';
  }
  return result;
}

} // namespace neurocards
