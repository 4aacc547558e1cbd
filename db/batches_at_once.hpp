#pragma once

#include "protocol/store/conversations.hpp"

namespace neurocards::db {

/// How many batches of a kind run at once. More of them merge less.
template <class Request>
struct batches_at_once {
  static constexpr int most = 1;
};

/// Steps are what costs PostgreSQL most: one backend would bound all orders. Nobody has steps in
/// two of them, for one would wait for the other's locks.
template <>
struct batches_at_once<store::commit_step> {
  static constexpr int most = 2;

  static int64_t owner(const store::commit_step& x) {
    const bool is_nobodys = x.who.user == user_id{};
    return is_nobodys ? x.chat.value : x.who.user.value; // a private chat has the id of its user
  }
};

} // namespace neurocards::db
