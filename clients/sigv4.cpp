#include "clients/sigv4.hpp"

#include "clients/crypto.hpp"

#include <initializer_list>

namespace neurocards::sigv4 {

namespace {

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view unsigned_payload = "UNSIGNED-PAYLOAD";

bool is_plain(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'
         || c == '.' || c == '_' || c == '~';
}

std::string encode(std::string_view text, char kept) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string result;
  result.reserve(text.size());
  for (const char c : text) {
    if (is_plain(c) || c == kept) {
      result += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    result += '%';
    result += digits[byte >> 4U];
    result += digits[byte & 15U];
  }
  return result;
}

std::string joined(std::string_view between, std::initializer_list<std::string_view> texts) {
  std::string result;
  for (const auto& text : texts) {
    if (&text != texts.begin())
      result += between;
    result += text;
  }
  return result;
}

std::string signed_names(const pairs& headers) {
  std::string result;
  for (const auto& [name, value] : headers) {
    if (!result.empty())
      result += ';';
    result += name;
  }
  return result;
}

std::string scope_of(const credentials& who, std::string_view time) {
  return joined("/", {time.substr(0, 8), who.region, "s3/aws4_request"});
}

} // namespace

std::string encode_path(std::string_view path) {
  return encode(path, '/');
}

std::string encode_component(std::string_view text) {
  return encode(text, '-'); // a plain character: nothing else is kept
}

std::string encode_query(const pairs& query) {
  pairs encoded; // sorted by the encoded names
  for (const auto& [name, value] : query)
    encoded[encode_component(name)] = encode_component(value);
  std::string result;
  for (const auto& [name, value] : encoded) {
    if (!result.empty())
      result += '&';
    result += name + "=" + value;
  }
  return result;
}

std::string canonical_request(const exchange& x) {
  std::string headers;
  for (const auto& [name, value] : x.headers)
    headers += name + ":" + value + "\n";
  return joined("\n", {x.method, encode_path(x.path), encode_query(x.query), headers,
                       signed_names(x.headers), x.payload_hash});
}

std::string signing_key(const credentials& who, std::string_view time) {
  auto key = crypto::hmac_sha256("AWS4" + who.secret_key.reveal(), time.substr(0, 8));
  for (const std::string_view step :
       {std::string_view{who.region}, std::string_view{"s3"}, std::string_view{"aws4_request"}})
    key = crypto::hmac_sha256(key, step);
  return key;
}

std::string signature(const credentials& who, std::string_view time, const exchange& x) {
  const auto to_sign = joined("\n", {algorithm, time, scope_of(who, time),
                                     crypto::hex(crypto::sha256(canonical_request(x)))});
  return crypto::hex(crypto::hmac_sha256(signing_key(who, time), to_sign));
}

std::string authorization(const credentials& who, std::string_view time, const exchange& x) {
  return joined("", {algorithm, " Credential=", who.access_key, "/", scope_of(who, time),
                     ", SignedHeaders=", signed_names(x.headers),
                     ", Signature=", signature(who, time, x)});
}

std::string presigned_url(const credentials& who, std::string_view time, std::string_view method,
                          std::string_view origin, std::string_view host, std::string_view path,
                          int life) {
  exchange x;
  x.method = method;
  x.path = path;
  x.query = {{"X-Amz-Algorithm", std::string{algorithm}},
             {"X-Amz-Credential", who.access_key + "/" + scope_of(who, time)},
             {"X-Amz-Date", std::string{time}},
             {"X-Amz-Expires", std::to_string(life)},
             {"X-Amz-SignedHeaders", "host"}};
  x.headers = {{"host", std::string{host}}};
  x.payload_hash = unsigned_payload;
  return joined("", {origin, encode_path(path), "?", encode_query(x.query),
                     "&X-Amz-Signature=", signature(who, time, x)});
}

} // namespace neurocards::sigv4
