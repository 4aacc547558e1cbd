#include "clients/s3_answers.hpp"

#include "clients/files.hpp"
#include "clients/wire_json.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <utility>

namespace neurocards::storage {

namespace {

constexpr size_t error_limit = 8 * 1024; // of an error document that is looked at
constexpr size_t excerpt_limit = 200;

std::string decoded(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, char>, 5> entities{
    {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}}};
  std::string out;
  while (!text.empty()) {
    const auto found = std::find_if(entities.begin(), entities.end(),
                                    [text](const auto& x) { return text.starts_with(x.first); });
    out += found == entities.end() ? text.front() : found->second;
    text.remove_prefix(found == entities.end() ? 1 : found->first.size());
  }
  return out;
}

/// What lies between the first `<name>` and the next `</name>`.
std::string_view between(std::string_view xml, std::string_view name) {
  const std::string open = "<" + std::string{name} + ">";
  const std::string close = "</" + std::string{name} + ">";
  const auto from = xml.find(open);
  if (from == std::string_view::npos)
    return {};
  const auto to = xml.find(close, from);
  return to == std::string_view::npos ? std::string_view{}
                                      : xml.substr(from + open.size(), to - from - open.size());
}

clock::time_point to_time(const std::string& text) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  if (std::sscanf(text.c_str(), "%4d-%2u-%2uT%2d:%2d:%2d", &year, &month, &day, &hour, &minute,
                  &second)
      != 6)
    return {};
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month},
                                         std::chrono::day{day}};
  // Far from our time the clock's nanoseconds overflow.
  if (!date.ok() || year < 1970 || year > 2200)
    return {};
  return std::chrono::sys_days{date} + std::chrono::hours{hour} + std::chrono::minutes{minute}
         + std::chrono::seconds{second};
}

fault fault_of(int status, const std::string& code) {
  if (code == "NoSuchBucket")
    return fault::refused;
  if (code == "RequestTimeout" || code == "SlowDown" || code == "OperationAborted")
    return fault::unavailable;
  if (status == 404)
    return fault::not_found;
  if (status >= 500 || status == 408 || status == 429)
    return fault::unavailable;
  return fault::refused; // wrong key, region, bucket, clock; or a request we should not make
}

result local_failure(const http::response& answer) {
  auto x = files::failure(answer.error_number, answer.error);
  x.error = wire::excerpt(answer.error, excerpt_limit);
  if (x.what == fault::not_found)
    x.what = fault::invalid; // the file to be put is not there
  return x;
}

} // namespace

std::string xml_text(std::string_view xml, std::string_view name) {
  return decoded(between(xml, name));
}

result s3_failure(const http::response& answer) {
  if (answer.how == http::outcome::local_fault)
    return local_failure(answer);
  result x;
  if (answer.how != http::outcome::answered) {
    const bool bad =
      answer.how == http::outcome::too_large || answer.how == http::outcome::forbidden_address;
    x.what = bad ? fault::invalid : fault::unavailable;
    x.error = wire::excerpt(answer.error, excerpt_limit);
    return x;
  }
  const auto code = xml_text(std::string_view{answer.body}.substr(0, error_limit), "Code");
  x.what = fault_of(answer.status, code);
  x.error = "HTTP " + std::to_string(answer.status);
  if (!code.empty())
    x.error += " " + wire::excerpt(code, excerpt_limit);
  return x;
}

result parse_s3_list(std::string_view xml) {
  result x;
  if (xml.find("<ListBucketResult") == xml.npos) {
    x.what = fault::unavailable;
    x.error = "not a list of objects";
    return x;
  }
  if (xml_text(xml, "IsTruncated") == "true")
    x.next = xml_text(xml, "NextContinuationToken");
  while (true) {
    const auto object = between(xml, "Contents");
    if (object.empty())
      return x;
    entry found{storage_key{xml_text(object, "Key")}, 0, to_time(xml_text(object, "LastModified"))};
    const auto size = xml_text(object, "Size");
    std::from_chars(size.data(), size.data() + size.size(), found.bytes);
    found.bytes = std::max<int64_t>(found.bytes, 0);
    if (key_valid(found.key))
      x.entries.push_back(std::move(found));
    xml.remove_prefix(static_cast<size_t>(object.data() - xml.data()) + object.size());
  }
}

} // namespace neurocards::storage
