#pragma once

#include <string>
#include <string_view>

/// The few primitives that signatures need (OpenSSL).
namespace neurocards::crypto {

std::string hex(std::string_view bytes);
std::string base64(std::string_view bytes);

/// Raw 32 bytes.
std::string sha256(std::string_view);
std::string hmac_sha256(std::string_view key, std::string_view text);

/// Takes the same time wherever the two differ; their lengths are not hidden.
bool equal(std::string_view, std::string_view);

} // namespace neurocards::crypto
