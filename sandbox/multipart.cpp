#include "sandbox/multipart.hpp"

#include "sandbox/text.hpp"

namespace neurocards::sandbox {

namespace {

/// Value of `name=value` or `name="value"` among the parameters of a header.
std::string parameter(std::string_view header, std::string_view name) {
  for (auto semicolon = header.find(';'); semicolon != header.npos; semicolon = header.find(';')) {
    header.remove_prefix(semicolon + 1);
    while (header.starts_with(' '))
      header.remove_prefix(1);
    if (!header.starts_with(name) || header.substr(name.size(), 1) != "=")
      continue;
    header.remove_prefix(name.size() + 1);
    if (!header.starts_with('"'))
      return std::string{header.substr(0, header.find_first_of("; "))};
    return std::string{header.substr(1, header.find('"', 1) - 1)};
  }
  return {};
}

void read_headers(std::string_view block, part& out) {
  while (!block.empty()) {
    const auto line = block.substr(0, block.find("\r\n"));
    block.remove_prefix(std::min(block.size(), line.size() + 2));
    const auto colon = line.find(':');
    if (colon == line.npos)
      continue;
    const auto name = lower(line.substr(0, colon));
    const auto value = line.substr(std::min(line.size(), line.find_first_not_of(' ', colon + 1)));
    if (name == "content-disposition") {
      out.name = parameter(value, "name");
      out.filename = parameter(value, "filename");
    } else if (name == "content-type") {
      out.content_type = value;
    }
  }
}

} // namespace

std::optional<std::vector<part>> parse_multipart(std::string_view content_type,
                                                 std::string_view body) {
  const auto boundary = parameter(content_type, "boundary");
  if (boundary.empty())
    return std::nullopt;
  const auto delimiter = "\r\n--" + boundary;
  const auto first = std::string_view{delimiter}.substr(2);
  const auto found = body.starts_with(first) ? 0 : body.find(delimiter);
  if (found == body.npos)
    return std::nullopt;
  auto position = found + (body.starts_with(first) ? first.size() : delimiter.size());
  std::vector<part> result;
  while (!body.substr(position).starts_with("--")) {
    const auto headers_end = body.find("\r\n\r\n", position);
    const auto next = headers_end == body.npos ? body.npos : body.find(delimiter, headers_end + 2);
    if (next == body.npos)
      return std::nullopt;
    part p;
    read_headers(body.substr(position, headers_end - position), p);
    const auto begin = headers_end + 4;
    p.content = next > begin ? body.substr(begin, next - begin) : std::string_view{};
    result.push_back(std::move(p));
    position = next + delimiter.size();
  }
  return result;
}

} // namespace neurocards::sandbox
