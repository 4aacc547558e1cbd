#pragma once

#include "base/uuid.hpp"

#include <optional>
#include <string>
#include <string_view>

/// What buttons carry: `<version>:<action>[:<id>][:<argument>]`, at most 64 bytes. An id is a uuid
/// in 22 characters of base64url; it binds a button to its draft or job, so that old buttons are
/// known.
namespace neurocards::flow {

enum class action : uint8_t {
  agree, // argument: version of the terms
  menu,
  cabinet,
  history,
  help,
  create,
  shop,
  buy_pack,        // argument: the pack
  choose_template, // id: draft; argument: template
  no_wishes,       // id: draft
  edit_prompt,     // id: draft; argument: "ok", "add", "new"
  choose_count,    // id: draft; argument: number
  launch,          // id: draft
  resume,          // id: draft
  cancel,          // id: draft
  once_more,       // id: job
  send_again,      // id: job
  take_back,       // id: job
  history_page,    // argument: its number, from 0 for the latest orders
  invite,
  news_on,
  news_off,
};

struct pressed {
  action chosen = action::menu;
  uuid id;
  std::string argument;
};

std::string data_of(action, const uuid& id = {}, std::string_view argument = {});

/// Nullopt: not ours, of another version, or malformed.
std::optional<pressed> parse_data(std::string_view data);

/// 22 characters of base64url without padding, and back.
std::string compact(const uuid&);
std::optional<uuid> parse_compact(std::string_view);

} // namespace neurocards::flow
