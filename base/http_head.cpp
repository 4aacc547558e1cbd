#include "base/http_head.hpp"

#include <strings.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <utility>

namespace neurocards {

namespace {

constexpr int bad_request = 400;
constexpr int expectation_failed = 417;
constexpr int too_many_headers = 431;
constexpr int not_implemented = 501;
constexpr int unknown_version = 505;

constexpr size_t most_headers = 100;
constexpr size_t most_length_digits = 18;   // 64 bits hold them
constexpr size_t most_size_digits = 15;     // of a chunk, hexadecimal; 64 bits hold them
constexpr size_t most_overhead = 64 * 1024; // of one chunked body

constexpr std::array<std::string_view, 7> methods{"GET",    "POST",    "HEAD", "PUT",
                                                  "DELETE", "OPTIONS", "PATCH"};

bool equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

bool is_token(std::string_view x) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !x.empty() && std::all_of(x.begin(), x.end(), [&](unsigned char c) {
    return std::isalnum(c) || marks.find(static_cast<char>(c)) != marks.npos;
  });
}

bool is_visible(std::string_view x) {
  return std::all_of(x.begin(), x.end(), [](unsigned char c) { return c > ' ' && c != 0x7f; });
}

bool is_value(std::string_view x) {
  return std::all_of(x.begin(), x.end(),
                     [](unsigned char c) { return (c >= ' ' && c != 0x7f) || c == '\t'; });
}

std::string_view trimmed(std::string_view x) {
  while (!x.empty() && (x.front() == ' ' || x.front() == '\t'))
    x.remove_prefix(1);
  while (!x.empty() && (x.back() == ' ' || x.back() == '\t'))
    x.remove_suffix(1);
  return x;
}

/// Takes the next line from `text`, without its end. A lone LF ends a line as well.
std::string_view take_line(std::string_view& text) {
  auto line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(text.size(), line.size() + 1));
  if (line.ends_with('\r'))
    line.remove_suffix(1);
  return line;
}

/// Whether one word of a list like "keep-alive, Upgrade" is `word`.
bool lists(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const auto part = list.substr(0, list.find(','));
    list.remove_prefix(std::min(list.size(), part.size() + 1));
    if (equal(trimmed(part), word))
      return true;
  }
  return false;
}

/// 0, or the status that refuses the line.
int read_request_line(std::string_view line, http_head& out, bool& old) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == line.npos || first == last)
    return bad_request;
  out.method = line.substr(0, first);
  out.target = line.substr(first + 1, last - first - 1);
  const auto version = line.substr(last + 1);
  if (!is_token(out.method) || out.target.empty() || !is_visible(out.target)
      || !version.starts_with("HTTP/"))
    return bad_request;
  if (version != "HTTP/1.1" && version != "HTTP/1.0")
    return unknown_version;
  old = version == "HTTP/1.0";
  out.keep_alive = !old;
  return std::find(methods.begin(), methods.end(), out.method) != methods.end() ? 0
                                                                                : not_implemented;
}

/// What several headers say together of the body.
struct framing {
  std::optional<std::string> length;
  bool chunked = false;
};

/// Notes what a header means to the connection. 0, or the status that refuses it.
int read_header(std::string_view name, std::string_view value, http_head& out, framing& body) {
  if (equal(name, "Content-Length")) {
    const bool number = !value.empty() && value.size() <= most_length_digits
                        && std::all_of(value.begin(), value.end(),
                                       [](unsigned char c) { return std::isdigit(c) != 0; });
    if (!number || (body.length && *body.length != value))
      return bad_request;
    body.length = value;
  } else if (equal(name, "Transfer-Encoding")) {
    if (body.chunked)
      return bad_request;
    if (!equal(value, "chunked"))
      return not_implemented;
    body.chunked = true;
  } else if (equal(name, "Connection")) {
    if (lists(value, "close"))
      out.keep_alive = false;
  } else if (equal(name, "Expect")) {
    if (!equal(value, "100-continue"))
      return expectation_failed;
    out.expects_continue = true;
  }
  return 0;
}

} // namespace

size_t end_of_head(std::string_view bytes, size_t from) {
  // The empty line may start with the last two bytes that were searched before.
  for (auto line_end = bytes.find('\n', from < 2 ? 0 : from - 2); line_end != bytes.npos;
       line_end = bytes.find('\n', line_end + 1)) {
    const auto following = bytes.substr(line_end + 1);
    if (following.starts_with('\n'))
      return line_end + 2;
    if (following.starts_with("\r\n"))
      return line_end + 3;
  }
  return 0;
}

std::variant<http_head, int> parse_head(std::string_view bytes) {
  http_head result;
  framing body;
  bool old = false;
  if (const int fault = read_request_line(take_line(bytes), result, old))
    return fault;
  for (auto line = take_line(bytes); !line.empty(); line = take_line(bytes)) {
    const auto colon = line.find(':');
    const auto name = line.substr(0, colon);
    const auto value = colon == line.npos ? std::string_view{} : trimmed(line.substr(colon + 1));
    if (colon == line.npos || !is_token(name) || !is_value(value))
      return bad_request; // folded lines too: they begin with a space
    if (result.headers.size() == most_headers)
      return too_many_headers;
    if (const int fault = read_header(name, value, result, body))
      return fault;
    result.headers.emplace_back(name, value);
  }
  if (body.chunked && (body.length || old))
    return bad_request; // two readers would see two ends
  if (body.chunked)
    result.length = std::nullopt;
  else if (body.length)
    result.length = std::stoull(*body.length);
  if (old)
    result.expects_continue = false; // it knows of none
  return result;
}

http_server::request to_request(http_head head, std::string remote) {
  http_server::request result;
  std::string_view target = head.target;
  if (!target.starts_with('/')) // http://host/path, as proxies are asked
    if (const auto scheme = target.find("://"); scheme != target.npos) {
      const auto path = target.find_first_of("/?", scheme + 3);
      target = path == target.npos ? std::string_view{"/"} : target.substr(path);
    }
  target = target.substr(0, target.find('#'));
  const auto mark = target.find('?');
  result.path = percent_decode(target.substr(0, mark));
  if (mark != target.npos)
    result.query = decode_form(target.substr(mark + 1));
  result.method = std::move(head.method);
  result.headers = std::move(head.headers);
  result.remote = std::move(remote);
  return result;
}

chunk_reader::outcome chunk_reader::read(std::string_view& in, std::string& body, size_t limit) {
  while (!in.empty()) {
    if (state_ == state::data) {
      const auto part = in.substr(0, std::min<uint64_t>(left_, in.size()));
      if (part.size() > limit - std::min(limit, body.size()))
        return outcome::too_long;
      body += part;
      in.remove_prefix(part.size());
      left_ -= part.size();
      if (left_ == 0)
        state_ = state::data_end;
      continue;
    }
    const auto next = take(in.front());
    in.remove_prefix(1);
    if (next != outcome::more)
      return next;
    if (state_ == state::data && left_ > limit - std::min(limit, body.size()))
      return outcome::too_long;
  }
  return outcome::more;
}

chunk_reader::outcome chunk_reader::take(char c) {
  if (c == '\n')
    return end_of_line();
  if (returned_)
    return outcome::broken; // a lone CR: others may take it for an end
  if (c == '\r') {
    returned_ = true;
    return outcome::more;
  }
  ++line_;
  if (state_ == state::data_end)
    return outcome::broken; // a chunk is longer than it said
  if (state_ != state::size)
    return ++overhead_ <= most_overhead ? outcome::more : outcome::broken;
  unsigned digit = 0;
  if (std::from_chars(&c, &c + 1, digit, 16).ptr == &c + 1) {
    left_ = left_ * 16 + digit;
    return ++digits_ <= most_size_digits ? outcome::more : outcome::broken;
  }
  if ((c != ';' && c != ' ' && c != '\t') || digits_ == 0)
    return outcome::broken;
  state_ = state::extension;
  return outcome::more;
}

chunk_reader::outcome chunk_reader::end_of_line() {
  const bool empty = std::exchange(line_, 0) == 0;
  returned_ = false;
  switch (state_) {
    case state::data_end:
      state_ = state::size;
      left_ = digits_ = 0;
      return outcome::more;
    case state::trailer:
      return empty ? outcome::whole : outcome::more;
    default:
      if (digits_ == 0)
        return outcome::broken;
      state_ = left_ > 0 ? state::data : state::trailer;
      return outcome::more;
  }
}

} // namespace neurocards
