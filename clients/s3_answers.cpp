#include "clients/s3_answers.hpp"

#include "clients/files.hpp"
#include "clients/wire_json.hpp"
#include "clients/xml_reader.hpp"

#include <strings.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <utility>

namespace neurocards::storage {

namespace {

constexpr size_t error_limit = 8 * 1024; // of an error document that is looked at
constexpr size_t excerpt_limit = 200;

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
  if (x.fault == fault::not_found)
    x.fault = fault::invalid; // the file to be put is not there
  return x;
}

} // namespace

std::string xml_text(std::string_view xml, std::string_view name) {
  const auto found = xml::find(xml, name);
  return found ? xml::content(found->inside) : std::string{};
}

result s3_failure(const http::response& answer) {
  if (answer.outcome == http::outcome::local_fault)
    return local_failure(answer);
  result x;
  if (answer.outcome != http::outcome::answered) {
    const bool bad = answer.outcome == http::outcome::too_large
                     || answer.outcome == http::outcome::forbidden_address;
    x.fault = bad ? fault::invalid : fault::unavailable;
    x.error = wire::excerpt(answer.error, excerpt_limit);
    return x;
  }
  const auto code = xml_text(std::string_view{answer.body}.substr(0, error_limit), "Code");
  x.fault = fault_of(answer.status, code);
  x.error = "HTTP " + std::to_string(answer.status);
  if (!code.empty())
    x.error += " " + wire::excerpt(code, excerpt_limit);
  return x;
}

result parse_s3_list(std::string_view xml) {
  result x;
  const auto list = xml::find(xml, "ListBucketResult");
  if (!list) {
    x.fault = fault::unavailable;
    x.error = "not a list of objects";
    return x;
  }
  const auto truncated = xml_text(list->inside, "IsTruncated");
  if (strcasecmp(truncated.c_str(), "true") == 0)
    x.next = xml_text(list->inside, "NextContinuationToken");
  for (auto object = xml::find(list->inside, "Contents"); object;
       object = xml::find(object->after, "Contents")) {
    entry found{storage_key{xml_text(object->inside, "Key")}, 0,
                to_time(xml_text(object->inside, "LastModified"))};
    const auto size = xml_text(object->inside, "Size");
    std::from_chars(size.data(), size.data() + size.size(), found.bytes);
    found.bytes = std::max<int64_t>(found.bytes, 0);
    if (key_valid(found.key))
      x.entries.push_back(std::move(found));
  }
  return x;
}

} // namespace neurocards::storage
