#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace neurocards {

/// Whether Telegram can be reached at all, and takes our token. If not, the messages are not at
/// fault: all wait, and then one asks for all.
class telegram_outage {
public:
  using time_point = std::chrono::steady_clock::time_point;

  enum class sign : uint8_t {
    answered,    // whatever it says of the message
    refused,     // it does not take our token
    not_sent,    // it was not reached
    interrupted, // it may have been
  };

  struct reaction {
    bool recovered = false;          // it was out of reach until now
    std::optional<time_point> until; // nothing is to be sent before
  };

  /// `random` in [0, 1) spreads the pause by a tenth either way.
  reaction on_send(sign, time_point now, double random);

  /// Nothing has been answered since it failed: one send at a time.
  bool probing() const { return probing_; }

private:
  bool probing_ = false;
  int failures_ = 0; // to reach it, in a row
  time_point until_;
};

} // namespace neurocards
