#include "clients/upload_body.hpp"

#include "base/uuid.hpp"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <utility>

namespace neurocards::http {

namespace {

/// A name in quotes: what would end it, or its line, is written as browsers do.
std::string in_quotes(std::string_view name) {
  std::string result{"\""};
  for (const char c : name)
    switch (c) {
      case '"':
        result += "%22";
        break;
      case '\r':
        result += "%0D";
        break;
      case '\n':
        result += "%0A";
        break;
      default:
        result += c;
    }
  return result + '"';
}

std::string head_of(const part& x) {
  std::string result = "Content-Disposition: form-data; name=" + in_quotes(x.name);
  auto file_name = x.file_name;
  if (file_name.empty() && !x.file.empty())
    file_name = std::filesystem::path{x.file}.filename();
  if (!file_name.empty())
    result += "; filename=" + in_quotes(file_name);
  auto type = x.content_type;
  if (type.empty() && !x.file.empty())
    type = "application/octet-stream";
  if (!type.empty())
    result += "\r\nContent-Type: " + type;
  return result + "\r\n\r\n";
}

} // namespace

upload_body::upload_body(const request& content, storage::file_worker& disk,
                         const std::function<void()>& changed) {
  if (content.body_file.empty())
    write_form(content.parts, disk, changed);
  else
    segments_.push_back({{}, std::make_shared<file_source>(content.body_file, disk, changed)});
}

upload_body::~upload_body() {
  for (const auto& x : segments_)
    if (x.file)
      x.file->drop();
}

void upload_body::write_form(const std::vector<part>& parts, storage::file_worker& disk,
                             const std::function<void()>& changed) {
  const auto boundary = to_string(uuid::random());
  content_type_ = "multipart/form-data; boundary=" + boundary;
  std::string text;
  for (const auto& x : parts) {
    text += "--" + boundary + "\r\n" + head_of(x);
    if (x.file.empty()) {
      text += x.value;
    } else {
      segments_.push_back({std::exchange(text, {}), {}});
      segments_.push_back({{}, std::make_shared<file_source>(x.file, disk, changed)});
    }
    text += "\r\n";
  }
  segments_.push_back({text + "--" + boundary + "--\r\n", {}});
}

bool upload_body::has_files() const {
  return std::ranges::any_of(segments_, [](const auto& x) { return x.file != nullptr; });
}

void upload_body::find_sizes() {
  for (const auto& x : segments_)
    if (x.file)
      x.file->find_size();
}

bool upload_body::known() const {
  return std::ranges::all_of(segments_, [](const auto& x) {
    return !x.file || x.file->size() || x.file->error_number() != 0;
  });
}

int64_t upload_body::segment::size() const {
  return file ? file->size().value_or(0) : static_cast<int64_t>(text.size());
}

int64_t upload_body::size() const {
  int64_t result = 0;
  for (const auto& x : segments_)
    result += x.size();
  return result;
}

file_source::portion upload_body::take(char* out, size_t room) {
  waiting_ = false;
  while (current_ < segments_.size() && within_ == segments_[current_].size()) {
    ++current_;
    within_ = 0;
  }
  if (current_ == segments_.size())
    return {};
  const auto& from = segments_[current_];
  const auto most = std::min(room, static_cast<size_t>(from.size() - within_));
  file_source::portion result{most, std::nullopt};
  if (from.file)
    result = from.file->take(out, most);
  else
    std::memcpy(out, from.text.data() + within_, most);
  within_ += static_cast<int64_t>(result.bytes);
  waiting_ = result.none.has_value();
  return result;
}

void upload_body::go_to(int64_t offset) {
  current_ = 0;
  waiting_ = false;
  while (current_ + 1 < segments_.size() && offset >= segments_[current_].size())
    offset -= segments_[current_++].size();
  within_ = offset;
  for (auto i = current_; i < segments_.size(); ++i)
    if (segments_[i].file)
      segments_[i].file->go_to(i == current_ ? within_ : 0);
}

const file_source* upload_body::broken() const {
  for (const auto& x : segments_)
    if (x.file && x.file->error_number() != 0)
      return x.file.get();
  return nullptr;
}

const file_source* upload_body::awaited() const {
  if (waiting_)
    return segments_[current_].file.get();
  for (const auto& x : segments_)
    if (x.file && !x.file->size())
      return x.file.get();
  return nullptr;
}

} // namespace neurocards::http
