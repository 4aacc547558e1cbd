#pragma once

#include <cstdlib>
#include <optional>
#include <string>

namespace neurocards::test {

/// A variable of our own environment as a case needs it; afterwards it is again what it was,
/// however the case ends: others of its file run in the same process.
class variable {
public:
  /// nullopt: not set.
  variable(std::string name, const std::optional<std::string>& value) : name_(std::move(name)) {
    if (const char* before = std::getenv(name_.c_str()))
      before_ = before;
    *this = value;
  }

  ~variable() { *this = before_; }

  variable(const variable&) = delete;
  variable& operator=(const variable&) = delete;

  variable& operator=(const std::optional<std::string>& value) {
    if (value)
      ::setenv(name_.c_str(), value->c_str(), 1);
    else
      ::unsetenv(name_.c_str());
    return *this;
  }

private:
  std::string name_;
  std::optional<std::string> before_;
};

} // namespace neurocards::test
