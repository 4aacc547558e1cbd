#include "sandbox/form.hpp"

#include <nlohmann/json.hpp>

#include <charconv>

namespace neurocards::sandbox {

std::optional<form> form::read(const http_server::request& req) {
  form result;
  for (const auto& [name, value] : req.query)
    result.values_[name] = value;
  const auto type = req.header("Content-Type");
  if (req.body.empty())
    return result;
  if (type.starts_with("application/json")) {
    const auto body = nlohmann::json::parse(req.body, nullptr, false);
    if (!body.is_object())
      return std::nullopt;
    for (const auto& [name, value] : body.items())
      if (!value.is_null())
        result.values_[name] = value.is_string() ? value.get<std::string>() : value.dump();
  } else if (type.starts_with("multipart/form-data")) {
    auto parts = parse_multipart(type, req.body);
    if (!parts)
      return std::nullopt;
    for (auto& p : *parts) {
      if (p.filename.empty() && p.content_type.empty())
        result.values_[p.name] = std::string{p.content};
      else
        result.files_[p.name] = std::move(p);
    }
  } else {
    for (auto& [name, value] : decode_form(req.body))
      result.values_[name] = std::move(value);
  }
  return result;
}

const std::string& form::text(std::string_view name) const {
  static const std::string none;
  const auto found = values_.find(name);
  return found == values_.end() ? none : found->second;
}

int64_t form::number(std::string_view name, int64_t otherwise) const {
  const auto& digits = text(name);
  int64_t value = otherwise;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

bool form::flag(std::string_view name) const {
  const auto& value = text(name);
  return value == "true" || value == "True" || value == "1";
}

const part* form::file(std::string_view name) const {
  const auto found = files_.find(name);
  return found == files_.end() ? nullptr : &found->second;
}

void form::set_file(part p) {
  auto name = p.name;
  files_[std::move(name)] = std::move(p);
}

} // namespace neurocards::sandbox
