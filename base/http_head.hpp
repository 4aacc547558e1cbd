#pragma once

#include "base/http_server.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

/// How a request of HTTP/1.1 is written (RFC 9112). Pure functions on bytes; strict where two
/// readers could disagree on where a request ends.
namespace neurocards {

struct http_head {
  std::string method; // one of those we serve
  std::string target; // as it came: path and query
  http_server::fields headers;
  std::optional<uint64_t> length = 0; // bytes of the body; nullopt: chunked
  bool keep_alive = true;
  bool expects_continue = false; // the body comes when it is asked for
};

/// Where the head at the beginning of `bytes` ends, its empty line included; 0: not yet. Searches
/// bytes from `from` on only: those before have been looked at.
size_t end_of_head(std::string_view bytes, size_t from = 0);

/// Reads a whole head; otherwise the status that refuses it.
std::variant<http_head, int> parse_head(std::string_view bytes);

/// The request as handlers see it, without a body.
http_server::request to_request(http_head, std::string remote);

/// Takes the chunked transfer coding apart as it comes in.
class chunk_reader {
public:
  enum class outcome : uint8_t { more, whole, broken, too_long };

  /// Appends to `body` what `in` brings of it, `limit` bytes in all at most, and takes what was
  /// read from the front of `in`.
  outcome read(std::string_view& in, std::string& body, size_t limit);

private:
  enum class state : uint8_t { size, extension, data, data_end, trailer };

  outcome take(char c);
  outcome end_of_line();

  state state_ = state::size;
  uint64_t left_ = 0;     // of the chunk
  size_t digits_ = 0;     // of its size
  size_t line_ = 0;       // bytes of the line at hand
  bool returned_ = false; // the last byte was a CR
  size_t overhead_ = 0;   // bytes of extensions and trailers so far
};

} // namespace neurocards
