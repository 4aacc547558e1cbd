#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string>
#include <unordered_map>

namespace neurocards::sandbox::telegram {

/// A simulated user; his private chat with the bot has the same number.
struct person {
  int64_t id = 0;
  std::string first_name;
  std::string last_name{};
  std::string username{};
  std::string language_code = "ru";
  bool started = false; // has written to the bot, so that the bot may write to him
  bool blocked = false; // has shut the bot out

  nlohmann::json as_user() const;
  nlohmann::json as_chat() const;
};

class people {
public:
  /// Makes the person with a default name if he is not there.
  person& of(int64_t id);
  person* find(int64_t id);
  person* find_username(const std::string& name);

  const std::unordered_map<int64_t, person>& all() const { return all_; }
  void clear() { all_.clear(); }

private:
  std::unordered_map<int64_t, person> all_;
};

} // namespace neurocards::sandbox::telegram
