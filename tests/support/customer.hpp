#pragma once

#include "tests/support/world.hpp"

#include <map>

namespace neurocards::test {

/// A user who orders videos by pressing what the bot shows him, and starts over when nothing
/// happens for a long time. Never waits: `step` does what can be done now. Of every fourth user's
/// photo a frame is made, which takes longer than all else (`world::photo`).
class customer {
public:
  customer(sandbox_process& services, int64_t user) : services_(services), user_(user) {}

  /// Wants `count` videos (1, 3 or 5), once the orders before are placed.
  void wants(int count) { wishes_.push_back(count); }
  void step();

  bool content() const { return wishes_.empty(); }
  int64_t user() const { return user_; }
  int placed() const { return placed_; } // orders confirmed
  int videos() const { return videos_; } // in them
  int restarts() const { return restarts_; }
  /// The update of each confirmation, and the data of its button.
  const std::map<int64_t, std::string>& confirmations() const { return confirmations_; }
  const std::vector<int64_t>& updates() const { return updates_; } // all he caused

private:
  enum class stage { idle, terms, kind, wishes, count, confirm };

  void begin();
  void send_photo();
  void send(const nlohmann::json& update);
  void enter(stage);
  bool press(const std::string& text);
  bool sees(const std::string& text);
  nlohmann::json news();
  void confirmed();

  sandbox_process& services_;
  int64_t user_;
  std::vector<int> wishes_; // the first is being ordered
  stage stage_ = stage::idle;
  std::chrono::steady_clock::time_point entered_{};
  int64_t mark_ = 0; // only what comes after this message counts
  bool agreed_ = false;
  int placed_ = 0;
  int videos_ = 0;
  int restarts_ = 0;
  std::map<int64_t, std::string> confirmations_;
  std::string draft_;                // the order at hand; empty: not known yet
  std::vector<std::string> pressed_; // data of all buttons he pressed, in order
  std::vector<int64_t> updates_;
};

} // namespace neurocards::test
