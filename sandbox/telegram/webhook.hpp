#pragma once

#include "sandbox/world.hpp"

#include <deque>
#include <map>
#include <unordered_map>

namespace neurocards::sandbox::telegram {

struct pending_update {
  int64_t id = 0;
  int64_t chat = 0;
  int64_t expires_at = 0; // time of the scaled clock
  std::string json;
};

/// Pushes updates to the bot: one at a time per chat, several chats in parallel, each until the bot
/// says 2xx or the update is too old.
class webhook : public std::enable_shared_from_this<webhook> {
public:
  struct target {
    std::string url;
    std::string secret{};
    int64_t max_connections = 40;
  };

  webhook(world& w, target to, std::map<int64_t, pending_update>& waiting);

  void push(int64_t chat, int64_t update);

  /// From here on nothing is sent and no answer counts.
  void stop() { stopped_ = true; }

  const target& to() const { return to_; }
  int64_t last_error_date() const { return last_error_date_; }
  const std::string& last_error() const { return last_error_; }

private:
  struct lane {
    std::deque<int64_t> updates;
    bool busy = false; // one is under way, or waits for its repetition
    milliseconds delay{0};
  };

  void advance();
  void send(int64_t chat);
  void on_answer(int64_t chat, int64_t update, const outbound::result& res);
  void retry(int64_t chat, const outbound::result& res);

  world& world_;
  target to_;
  std::map<int64_t, pending_update>& waiting_;
  std::unordered_map<int64_t, lane> lanes_;
  std::deque<int64_t> ready_; // chats whose next update may go
  int64_t in_flight_ = 0;
  bool stopped_ = false;
  int64_t last_error_date_ = 0;
  std::string last_error_;
};

} // namespace neurocards::sandbox::telegram
