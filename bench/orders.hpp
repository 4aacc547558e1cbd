#pragma once

#include "bench/server.hpp"
#include "protocol/actors.hpp"
#include "protocol/store/conversations.hpp"
#include "protocol/store/request_list.hpp"

namespace neurocards::bench {

/// Gives `users` (1 …) plenty of credits and puts `updates` (1 …) into the inbox.
void prepare_customers(test::empty_database&, int users, int updates);

/// One order of one video, as a conversation commits it. The update of order `n` belongs to user 1
/// + n % users.
store::commit_step order(int n, int users);

/// Places `count` orders, `at_once` waiting for their commit at any moment, and returns when all
/// are committed.
void place_orders(caf::actor_system&, const store_actor<store::commit_step>&, int count,
                  int at_once, int users);

} // namespace neurocards::bench
