#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace neurocards::test {

/// Everything that happened outside the actor under test, in order: names of database requests,
/// labels of HTTP requests, "put_file", "write_prompt" and the like.
class journal {
public:
  void note(std::string entry) { lines_.push_back(std::move(entry)); }
  void clear() { lines_.clear(); }

  /// One text, so that a failing test shows both sides.
  std::string text() const {
    std::string result;
    for (const auto& line : lines_)
      result += (result.empty() ? "" : " ") + line;
    return result;
  }

  int count(std::string_view entry) const {
    return static_cast<int>(std::count(lines_.begin(), lines_.end(), entry));
  }

private:
  std::vector<std::string> lines_;
};

/// Lets a fake keep its answers back until the test releases them.
class brake {
public:
  void hold(std::string entry) { held_ = std::move(entry); }
  bool holds(std::string_view entry) const { return entry == held_; }
  void keep(std::function<void()> answer) { kept_.push_back(std::move(answer)); }
  size_t kept() const { return kept_.size(); }

  /// The answers that were kept back; nothing is held any more.
  std::vector<std::function<void()>> release() {
    held_.clear();
    return std::exchange(kept_, {});
  }

private:
  std::string held_;
  std::vector<std::function<void()>> kept_;
};

} // namespace neurocards::test
