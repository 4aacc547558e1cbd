#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace neurocards::sandbox::telegram {

struct message {
  int64_t id = 0;
  int64_t chat = 0;
  bool from_bot = false;
  bool deleted = false;
  std::string json;                 // as the Bot API shows it
  std::string keyboard;             // a reply_markup that the Bot API does not show (JSON)
  std::string payload;              // of an invoice
  std::vector<std::string> earlier; // `json` before each edit
};

/// All messages of all chats. Numbers rise over all chats, as they do for a bot's private chats.
class chats {
public:
  /// Completes `body` with message_id, date and chat, and keeps it.
  message& add(nlohmann::json body, const nlohmann::json& chat, bool from_bot);

  /// Null when there is none, or it was deleted.
  message* find(int64_t chat, int64_t id);

  /// Keeps what the message was, and what it is from now on.
  void edit(message& m, const nlohmann::json& body);

  /// The messages of a chat by number; empty for an unknown one.
  const std::map<int64_t, message>& of(int64_t chat) const;

  void clear() { all_.clear(); }

private:
  std::unordered_map<int64_t, std::map<int64_t, message>> all_;
  int64_t last_id_ = 0;
};

} // namespace neurocards::sandbox::telegram
