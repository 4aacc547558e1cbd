#include "base/http_exchange.hpp"

#include <event2/buffer.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <fcntl.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace neurocards {

namespace {

using answer = http_server::answer;

std::string_view find(const http_server::fields& all, std::string_view name) {
  for (const auto& [key, value] : all)
    if (key.size() == name.size() && strncasecmp(key.data(), name.data(), name.size()) == 0)
      return value;
  return {};
}

std::string method_of(evhttp_request* req) {
  switch (evhttp_request_get_command(req)) {
    case EVHTTP_REQ_GET:
      return "GET";
    case EVHTTP_REQ_POST:
      return "POST";
    case EVHTTP_REQ_HEAD:
      return "HEAD";
    case EVHTTP_REQ_PUT:
      return "PUT";
    case EVHTTP_REQ_DELETE:
      return "DELETE";
    case EVHTTP_REQ_OPTIONS:
      return "OPTIONS";
    default:
      return "PATCH";
  }
}

struct byte_range {
  int64_t first = 0;
  int64_t size = 0; // 0: not satisfiable
};

/// Reads `bytes=a-b`, `bytes=a-` or `bytes=-n` against a file of `size` bytes. nullopt: no such
/// header, or one that may be ignored (several ranges, another unit).
std::optional<byte_range> read_range(const char* header, int64_t size) {
  std::string_view text{header ? header : ""};
  if (!text.starts_with("bytes=") || text.find(',') != text.npos || text.find('-') == text.npos)
    return std::nullopt;
  text.remove_prefix(6);
  const auto dash = text.find('-');
  const auto number = [](std::string_view digits) {
    int64_t x = -1;
    std::from_chars(digits.data(), digits.data() + digits.size(), x);
    return x;
  };
  const auto from = number(text.substr(0, dash));
  const auto to = number(text.substr(dash + 1));
  if (from < 0 && to < 0)
    return std::nullopt;
  if (from < 0)
    return byte_range{std::max<int64_t>(0, size - to), std::min(to, size)};
  const auto last = to < 0 ? size - 1 : std::min(to, size - 1);
  return byte_range{from, std::max<int64_t>(0, last - from + 1)};
}

/// `fd` is closed whatever happens. evbuffer_add_file() leaves it open when it fails.
bool add_segment(evbuffer* out, int fd, byte_range part) {
  auto* segment = evbuffer_file_segment_new(fd, part.first, part.size, EVBUF_FS_CLOSE_ON_FREE);
  if (segment == nullptr) {
    close(fd);
    return false;
  }
  const bool added = evbuffer_add_file_segment(out, segment, 0, part.size) == 0;
  evbuffer_file_segment_free(segment); // `out` holds it as long as it needs it
  return added;
}

/// Puts the file's wanted part into `out` and turns `x` into 206, 416 or 404 where due. The bytes
/// go from the file to the socket by sendfile.
void add_file(evhttp_request* req, answer& x, evbuffer* out) {
  const int fd = open(x.file.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat info {};
  if (fd < 0 || fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
    if (fd >= 0)
      close(fd);
    x.status = 404;
    return;
  }
  byte_range part{0, info.st_size};
  const auto* header = evhttp_find_header(evhttp_request_get_input_headers(req), "Range");
  if (const auto range = read_range(header, info.st_size); range && x.status == 200) {
    part = *range;
    const auto total = "/" + std::to_string(info.st_size);
    x.status = part.size > 0 ? 206 : 416;
    x.headers.emplace_back("Content-Range",
                           part.size > 0 ? "bytes " + std::to_string(part.first) + "-"
                                             + std::to_string(part.first + part.size - 1) + total
                                         : "bytes *" + total);
  }
  x.headers.emplace_back("Accept-Ranges", "bytes");
  if (part.size == 0) {
    close(fd);
    return;
  }
  evbuffer_set_flags(out, EVBUFFER_FLAG_DRAINS_TO_FD);
  if (!add_segment(out, fd, part))
    x = answer{503, {}, {}, {}, false};
}

} // namespace

void send_answer(evhttp_request* req, http_server::answer x) {
  auto* headers = evhttp_request_get_output_headers(req);
  auto* content = evbuffer_new();
  if (x.file.empty())
    evbuffer_add(content, x.body.data(), x.body.size());
  else
    add_file(req, x, content);
  for (const auto& [name, value] : x.headers)
    evhttp_add_header(headers, name.c_str(), value.c_str());
  if (x.chunked) {
    evhttp_send_reply_start(req, x.status, nullptr);
    evhttp_send_reply_chunk(req, content);
    evhttp_send_reply_end(req);
  } else {
    const auto length = std::to_string(evbuffer_get_length(content));
    evhttp_add_header(headers, "Content-Length", length.c_str());
    const bool bare = evhttp_request_get_command(req) == EVHTTP_REQ_HEAD;
    evhttp_send_reply(req, x.status, nullptr, bare ? nullptr : content);
  }
  evbuffer_free(content);
}

http_server::request read_request(evhttp_request* req) {
  http_server::request result;
  result.method = method_of(req);
  const auto* uri = evhttp_request_get_evhttp_uri(req);
  if (const char* path = evhttp_uri_get_path(uri))
    result.path = percent_decode(path);
  if (const char* query = evhttp_uri_get_query(uri))
    result.query = decode_form(query);
  const auto* headers = evhttp_request_get_input_headers(req);
  for (const auto* h = headers->tqh_first; h != nullptr; h = h->next.tqe_next)
    result.headers.emplace_back(h->key, h->value);
  auto* input = evhttp_request_get_input_buffer(req);
  result.body.resize(evbuffer_get_length(input));
  evbuffer_remove(input, result.body.data(), result.body.size());
  char* address = nullptr;
  uint16_t port = 0;
  evhttp_connection_get_peer(evhttp_request_get_connection(req), &address, &port);
  result.remote = address ? address : "";
  return result;
}

std::string_view http_server::request::header(std::string_view name) const {
  return find(headers, name);
}

std::string_view http_server::request::param(std::string_view name) const {
  for (const auto& [key, value] : query)
    if (key == name)
      return value;
  return {};
}

http_server::fields decode_form(std::string_view text) {
  http_server::fields result;
  while (!text.empty()) {
    const auto pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    if (pair.empty())
      continue;
    const auto equals = pair.find('=');
    const auto decode = [](std::string_view part) {
      std::string plain{part};
      std::replace(plain.begin(), plain.end(), '+', ' ');
      return percent_decode(plain);
    };
    result.emplace_back(decode(pair.substr(0, equals)),
                        equals == pair.npos ? "" : decode(pair.substr(equals + 1)));
  }
  return result;
}

std::string percent_decode(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    unsigned char byte = 0;
    const auto* digits = text.data() + i + 1;
    if (text[i] == '%' && i + 2 < text.size()
        && std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
      result += static_cast<char>(byte);
      i += 2;
    } else {
      result += text[i];
    }
  }
  return result;
}

} // namespace neurocards
