#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Reading small JSON objects of our own leniently: what is missing or of another type is empty.
/// (Answers of others are parsed in clients/, where speed matters more.)
namespace neurocards::json {

/// An object, or a part of one; keeps the text it came from alive.
class object {
public:
  struct node;

  explicit object(std::shared_ptr<const node>);

  /// Empty: absent or no string.
  std::string text(std::string_view name) const;
  bool has_text(std::string_view name) const;

  /// 0: absent, no number, or none that int64_t can hold.
  int64_t number(std::string_view name) const;
  bool flag(std::string_view name) const;

  std::optional<object> child(std::string_view name) const;
  std::vector<std::string> texts(std::string_view name) const;

  /// The objects in an array.
  std::vector<object> objects(std::string_view name) const;

  /// The objects in an array of arrays of objects.
  std::vector<std::vector<object>> rows(std::string_view name) const;

private:
  std::shared_ptr<const node> node_;
};

/// Nullopt: not JSON, or not an object.
std::optional<object> parse_object(std::string_view text);

} // namespace neurocards::json
