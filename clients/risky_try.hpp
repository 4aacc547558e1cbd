#pragma once

#include <cstdint>
#include <string>

namespace neurocards::storage {

/// A try of something that may end the whole process, as decoding a stranger's picture may, which
/// is done by other people's code. What comes again at the next start would end that as well, for
/// ever: so a try is written down on disk before it begins, and struck off when it has ended.
/// Blocking.
class risky_try {
public:
  /// `name`: of what is tried, anything; it is written down in `folder`.
  risky_try(const std::string& folder, const std::string& name);
  ~risky_try();
  risky_try(const risky_try&) = delete;
  risky_try& operator=(const risky_try&) = delete;

  /// Three tries before this one have never ended: it is not to be made. That is forgotten when
  /// the folder is cleaned of old files.
  bool is_hopeless() const { return never_ended_ >= 3; }

  /// The file in which the tries of `name` are written down, a byte for each.
  static std::string note_of(const std::string& folder, const std::string& name);

private:
  std::string note_;
  uint64_t never_ended_ = 0;
};

} // namespace neurocards::storage
