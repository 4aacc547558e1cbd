#pragma once

#include "base/http_server.hpp"
#include "sandbox/multipart.hpp"

#include <map>
#include <optional>

namespace neurocards::sandbox {

/// The parameters of a call, wherever they came from: query, form, JSON or multipart body. Values
/// that are not strings in a JSON body stand here as JSON text, as they do in a form.
class form {
public:
  /// Keeps views into `req.body`, which has to live as long. nullopt: the body cannot be read.
  static std::optional<form> read(const http_server::request& req);

  /// Empty when absent.
  const std::string& text(std::string_view name) const;
  bool has(std::string_view name) const { return values_.contains(name); }
  int64_t number(std::string_view name, int64_t otherwise = 0) const;
  bool flag(std::string_view name) const; // "true", "1"
  const part* file(std::string_view name) const;

  const std::map<std::string, std::string, std::less<>>& values() const { return values_; }

  void set(std::string name, std::string value) { values_[std::move(name)] = std::move(value); }

  /// Puts a file in the place of a value, for instance one that was fetched from its address.
  void set_file(part p);

private:
  std::map<std::string, std::string, std::less<>> values_;
  std::map<std::string, part, std::less<>> files_;
};

} // namespace neurocards::sandbox
