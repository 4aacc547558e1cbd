#include "clients/storage.hpp"

#include "clients/crypto.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace neurocards::storage {

namespace {

constexpr size_t longest_key = 512;

bool is_key_character(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.'
         || c == '_' || c == '/' || c == '-';
}

std::string signature_of(const secret& key, const storage_key& file, std::string_view expires) {
  return crypto::hex(
    crypto::hmac_sha256(key.reveal(), "GET\n" + file.value + "\n" + std::string{expires}));
}

} // namespace

std::string to_string(fault x) {
  constexpr std::array<std::string_view, 6> names{"none",        "not_found", "disk_full",
                                                  "unavailable", "refused",   "invalid"};
  return std::string{names[static_cast<size_t>(x)]};
}

bool key_valid(const storage_key& key) {
  const auto& text = key.value;
  if (text.empty() || text.size() > longest_key || text.back() == '/'
      || !std::all_of(text.begin(), text.end(), is_key_character))
    return false;
  char before = '/'; // no segment is empty or begins with a dot
  for (const char c : text) {
    if (before == '/' && (c == '/' || c == '.'))
      return false;
    before = c;
  }
  return true;
}

std::string content_type(const storage_key& key) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> types{{
    {".jpg", "image/jpeg"},
    {".jpeg", "image/jpeg"},
    {".png", "image/png"},
    {".webp", "image/webp"},
    {".mp4", "video/mp4"},
    {".json", "application/json"},
  }};
  for (const auto& [ending, type] : types)
    if (key.value.ends_with(ending))
      return std::string{type};
  return "application/octet-stream";
}

std::string link_signer::link(const storage_key& file, clock::time_point expires) const {
  if (public_url.empty() || key.empty() || !key_valid(file))
    return {};
  const auto expiry = std::to_string(
    std::chrono::duration_cast<std::chrono::seconds>(expires.time_since_epoch()).count());
  return public_url + "/files/" + expiry + "/" + signature_of(key, file, expiry) + "/" + file.value;
}

bool link_signer::valid(const storage_key& file, std::string_view expires,
                        std::string_view signature, clock::time_point now) const {
  int64_t expiry = 0;
  const auto [end, error] =
    std::from_chars(expires.data(), expires.data() + expires.size(), expiry);
  if (error != std::errc{} || end != expires.data() + expires.size() || key.empty()
      || !key_valid(file))
    return false;
  const auto today =
    std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  return today < expiry && crypto::equal(signature, signature_of(key, file, expires));
}

link_path read_link_path(const std::string& path) {
  const auto behind_time = path.find('/');
  const auto behind_signature = path.find('/', behind_time + 1);
  const bool signed_here = behind_time != 0 && behind_time != std::string::npos
                           && behind_signature != std::string::npos
                           && path.find_first_not_of("0123456789") == behind_time;
  if (!signed_here)
    return {"", "", storage_key{path}};
  return {path.substr(0, behind_time),
          path.substr(behind_time + 1, behind_signature - behind_time - 1),
          storage_key{path.substr(behind_signature + 1)}};
}

} // namespace neurocards::storage
