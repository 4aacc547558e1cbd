#pragma once

#include "protocol/ids.hpp"
#include "protocol/store/request.hpp"

#include <string>
#include <vector>

/// Reaching people: operators of what needs one of them, all users with news.
namespace neurocards::store {

/// Something needs a person. Operators are told by `tell_operators`, each cause and subject at most
/// once an hour, however often and by how many nodes it is raised.
struct raise_alert {
  std::string cause;   // as in domain/alerts
  std::string subject; // fingerprint of a key, name of a provider; may be empty
  std::string details; // JSON object with numbers
  using answer = committed;
  static constexpr request_traits traits{.name = "raise_alert"};
};

/// Raises what the database itself shows, and writes to operators' chats what is due. Answers how
/// many messages that were.
struct tell_operators {
  std::vector<chat_id> chats;
  std::vector<key_fingerprint> keys; // all that are configured, likewise the models
  std::vector<std::string> models;
  bool writes_scripts = false; // a maker of scripts is configured: templates are the exception
  using answer = count;
  static constexpr request_traits traits{.name = "tell_operators", .batch_limit = 1};
};

/// Writes the news of the oldest running broadcast to its next `limit` users.
struct release_news {
  int limit = 1;
  using answer = struct released_news;
  static constexpr request_traits traits{.name = "release_news", .batch_limit = 1};
};
struct released_news {
  int messages = 0;
  bool running = false; // a broadcast is; false: ask rarely
};

/// What Telegram calls the bot: links to it are made of that.
struct note_bot {
  std::string username;
  using answer = committed;
  static constexpr request_traits traits{.name = "note_bot", .batch_limit = 1};
};

} // namespace neurocards::store
