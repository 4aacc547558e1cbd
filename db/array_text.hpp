#pragma once

#include "base/strong_id.hpp"
#include "base/uuid.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace neurocards::db {

/// The shortest text that reads back as the same number.
std::string decimal(double number);

/// Writes one PostgreSQL array in its text form: {1,2} or {"a","b\"c",NULL}. libpqxx 6 cannot pass
/// arrays itself. NUL characters, which PostgreSQL cannot store, are left out.
class array_text {
public:
  void add_null();
  void add(std::string_view text);
  void add(bool value);
  void add(int64_t number);
  void add(int number) { add(static_cast<int64_t>(number)); }
  void add(double number);
  void add(size_t number) { add(static_cast<int64_t>(number)); }
  void add(const char*) = delete; // would become a bool

  /// NULL for an empty text.
  void add_or_null(std::string_view text);

  /// A JSON document. Escaped NUL characters (\u0000) are left out: jsonb refuses them.
  void add_json(std::string_view document);

  void add(const uuid& id);
  void add(std::chrono::milliseconds duration) { add(static_cast<int64_t>(duration.count())); }

  template <class T, class Tag>
  void add(const strong_id<T, Tag>& id) {
    add(id.value);
  }

  /// NULL for nullopt.
  template <class T>
  void add(const std::optional<T>& value) {
    if (value)
      add(*value);
    else
      add_null();
  }

  std::string str() const { return text_ + "}"; }

private:
  void separate();

  std::string text_ = "{";
};

} // namespace neurocards::db
