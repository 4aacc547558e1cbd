#include "base/http_exchange.hpp"

#include <event2/buffer.h>
#include <fcntl.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <ctime>
#include <map>
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

struct byte_range {
  int64_t first = 0;
  int64_t size = 0; // 0: not satisfiable
};

/// Reads `bytes=a-b`, `bytes=a-` or `bytes=-n` against a file of `size` bytes. nullopt: no such
/// header, or one that may be ignored (several ranges, another unit).
std::optional<byte_range> read_range(std::string_view text, int64_t size) {
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
void add_file(std::string_view range_header, answer& x, evbuffer* out) {
  const int fd = open(x.file.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat info {};
  if (fd < 0 || fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
    const bool exhausted = fd < 0 && (errno == EMFILE || errno == ENFILE);
    if (fd >= 0)
      close(fd);
    x.status = exhausted ? 503 : 404;
    return;
  }
  byte_range part{0, info.st_size};
  if (const auto range = read_range(range_header, info.st_size); range && x.status == 200) {
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

std::string date_now() {
  const auto now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, 40> text{};
  return {text.data(),
          std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts)};
}

/// Status, date and the answer's own headers, each with the end of its line.
std::string head_of(const answer& x) {
  std::string head = "HTTP/1.1 " + std::to_string(x.status) + " ";
  head.append(reason_of(x.status)).append("\r\nDate: ").append(date_now()).append("\r\n");
  for (const auto& [name, value] : x.headers)
    if (value.find_first_of("\r\n") == value.npos) // a value ends no header
      head.append(name).append(": ").append(value).append("\r\n");
  return head;
}

} // namespace

std::string_view reason_of(int status) {
  static const std::map<int, std::string_view> table{
    {100, "Continue"},
    {200, "OK"},
    {201, "Created"},
    {204, "No Content"},
    {206, "Partial Content"},
    {302, "Found"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {413, "Content Too Large"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
  };
  const auto found = table.find(status);
  return found == table.end() ? "Status" : found->second;
}

void write_answer(evbuffer* out, answer x, const answer_form& form) {
  auto* content = evbuffer_new();
  if (x.file.empty())
    evbuffer_add(content, x.body.data(), x.body.size());
  else
    add_file(form.range, x, content);
  const auto size = evbuffer_get_length(content);
  auto head = head_of(x);
  if (!form.keep)
    head += "Connection: close\r\n";
  const bool bodiless = x.status == 204 || x.status == 304;
  const bool chunked = x.chunked && !form.bare && !bodiless && size > 0;
  if (chunked)
    head += "Transfer-Encoding: chunked\r\n";
  else if (!bodiless)
    head += "Content-Length: " + std::to_string(size) + "\r\n";
  head += "\r\n";
  evbuffer_add(out, head.data(), head.size());
  if (chunked)
    evbuffer_add_printf(out, "%zx\r\n", size);
  if (!form.bare && !bodiless)
    evbuffer_add_buffer(out, content);
  if (chunked)
    evbuffer_add(out, "\r\n0\r\n\r\n", 7);
  evbuffer_free(content);
}

void write_stream_head(evbuffer* out, const answer& x) {
  const auto head = head_of(x) + "Connection: close\r\n\r\n";
  evbuffer_add(out, head.data(), head.size());
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
