#pragma once

#include "sandbox/form.hpp"
#include "sandbox/telegram/reply.hpp"
#include "sandbox/telegram/webhook.hpp"
#include "sandbox/world.hpp"

#include <map>

namespace neurocards::sandbox::telegram {

/// Updates on their way to the bot: kept until confirmed or too old, handed out by getUpdates or
/// pushed to a webhook.
class update_queue {
public:
  explicit update_queue(world& w);

  /// Queues `body` under the name of its kind, if the bot wants that kind. Returns its number, or
  /// 0.
  int64_t add(const std::string& kind, int64_t chat, const nlohmann::json& body);

  /// Queues an update as it is, with its own update_id, even a used one.
  int64_t add_raw(nlohmann::json update);

  void get_updates(const form& f, exchange x);
  reply set_webhook(const form& f);
  reply delete_webhook(const form& f);
  reply webhook_info() const;

  /// The next number, for instance at random after a quiet week.
  void jump_to(int64_t id) { next_id_ = id; }

  size_t pending() const { return waiting_.size(); }
  bool polled() const { return poll_.has_value(); } // somebody waits for the next update
  void clear();

private:
  struct poll {
    exchange call;
    int64_t limit;
    uint64_t id;
  };

  bool wanted(const std::string& kind) const;
  void push(int64_t chat, pending_update u);
  std::string batch(int64_t limit);
  void answer(poll p);
  void confirm_below(int64_t offset);
  void read_allowed(const form& f);

  world& world_;
  std::map<int64_t, pending_update> waiting_;
  std::vector<std::string> allowed_; // empty: the default set
  std::optional<poll> poll_;
  uint64_t last_poll_ = 0;
  int64_t next_id_ = 700'000'001;
  int64_t previous_offset_ = -1;
  int64_t previous_start_ = 0; // time of the scaled clock
  std::shared_ptr<webhook> webhook_;
};

} // namespace neurocards::sandbox::telegram
