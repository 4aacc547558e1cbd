#pragma once

#include "protocol/store/conversations.hpp"
#include "protocol/telegram.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What a conversation remembers between two updates: the columns `state` and `data` of `sessions`.
namespace neurocards::flow {

enum class state : uint8_t {
  idle,
  awaiting_photo,
  awaiting_description,
  awaiting_template,
  awaiting_wishes,
  awaiting_own_prompt,
  awaiting_count,
  awaiting_confirmation,
};

/// The published name.
std::string to_string(state);

/// Nullopt: no such state (or none stored yet).
std::optional<state> parse_state(std::string_view);

/// What the next text in `awaiting_own_prompt` does to the script.
enum class script_edit : uint8_t { replace, add };

/// One order in the making.
struct draft {
  draft_id id;
  storage_key photo;
  std::string description;
  std::optional<order_template> chosen_template;
  std::optional<std::string> wishes; // empty text: none wanted; nullopt: not asked yet
  std::string own_prompt;
  bool own_prompt_approved = false;
  script_edit edit = script_edit::replace;
  int count = 0;
  bool launched = false; // and lacks nothing but credits: goes on when they are paid for

  friend bool operator==(const draft&, const draft&) = default;
};

/// A photo that came before consent: it is fetched when the consent comes.
struct early_photo {
  telegram::file_ref file;
  bool is_document = false;
  std::string caption;

  friend bool operator==(const early_photo&, const early_photo&);
};

struct session {
  std::optional<draft> order;
  bool asked_for_photo = false; // without an order: idle or awaiting_photo
  bool paused = false;          // the order waits while its owner uses the menu
  std::string album;            // media group of the last album message
  bool album_has_photo = false; // `order` (or `early`) came from it
  bool album_answered = false;
  std::optional<early_photo> early;
  telegram::place where;         // what was asked stands there; a button under it may not say so
  std::vector<draft_id> ordered; // the last few, to tell a second press from a stale button

  friend bool operator==(const session&, const session&) = default;
};

/// The first thing an order still lacks; `awaiting_confirmation` when it lacks nothing.
state next_step(const draft&);

state state_of(const session&);

/// Remembers that a draft became an order.
void remember_ordered(session&, draft_id);

/// Never fails: what cannot be read is as if it had never been written. `lost` of the result tells
/// that an order was under way by `state` and is not in `data`.
struct stored_session {
  session value;
  bool lost = false;
};
stored_session parse_session(std::string_view state_name, std::string_view data);

store::session_row to_row(const session&);

} // namespace neurocards::flow
