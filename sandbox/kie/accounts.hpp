#pragma once

#include "sandbox/limiter.hpp"
#include "sandbox/settings.hpp"

#include <map>
#include <memory>

namespace neurocards::sandbox::kie {

struct account {
  std::string name;
  double credits = 0;
  sliding_window creations{};
};

/// Who pays for a key. A key that nobody declared is an account of its own.
class accounts {
public:
  explicit accounts(const settings& s) : set_(s) {}

  /// Makes one account of these keys.
  void declare(const std::string& name, const std::vector<std::string>& keys, double credits);

  /// Null when only declared keys are known and this is none.
  account* of(const std::string& key);

  /// False: this key has asked too often within the last second.
  bool may_query(const std::string& key, steady_time now);

  nlohmann::json list() const;
  void clear();

private:
  const settings& set_;
  std::map<std::string, std::shared_ptr<account>> by_key_;
  std::unordered_map<std::string, sliding_window> queries_;
};

} // namespace neurocards::sandbox::kie
