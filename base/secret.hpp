#pragma once

#include <string>

namespace neurocards {

/// A value that must not appear in logs, metrics, the database or process arguments. It prints and
/// formats as "***"; `reveal` is called only where the value goes out on the wire.
class secret {
public:
  secret() = default;
  explicit secret(std::string value) : value_(std::move(value)) {}

  const std::string& reveal() const { return value_; }
  bool empty() const { return value_.empty(); }

  friend bool operator==(const secret&, const secret&) = default;

private:
  std::string value_;
};

inline std::string to_string(const secret& x) {
  return x.empty() ? "" : "***";
}

} // namespace neurocards
