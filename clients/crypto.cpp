#include "clients/crypto.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

namespace neurocards::crypto {

namespace {

using digest = std::array<unsigned char, EVP_MAX_MD_SIZE>;

std::string to_string(const digest& bytes, unsigned size) {
  return {bytes.begin(), bytes.begin() + size};
}

} // namespace

std::string hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string result;
  result.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    result += digits[byte >> 4U];
    result += digits[byte & 15U];
  }
  return result;
}

std::string base64(std::string_view bytes) {
  std::string result(4 * ((bytes.size() + 2) / 3) + 1, '\0'); // OpenSSL writes a final NUL
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(result.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  result.resize(static_cast<size_t>(size));
  return result;
}

std::string sha256(std::string_view text) {
  digest out{};
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), out.data(), &size, EVP_sha256(), nullptr);
  return to_string(out, size);
}

std::string hmac_sha256(std::string_view key, std::string_view text) {
  digest out{};
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), out.data(), &size);
  return to_string(out, size);
}

bool equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

} // namespace neurocards::crypto
