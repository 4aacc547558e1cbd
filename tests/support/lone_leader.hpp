#pragma once

#include "db/election.hpp"
#include "db/leader.hpp"

namespace neurocards::test {

/// An election that competes every 50 ms.
inline std::shared_ptr<db::election> quick_election(db::connection_config connection) {
  return std::make_shared<db::election>(db::election_config{
    .connection = std::move(connection), .interval = std::chrono::milliseconds{50}});
}

/// A leader with an election of its own, as in a process that competes for one role.
struct lone_leader : db::leader {
  lone_leader(db::connection_config connection, db::leader_config config, callback changed)
    : db::leader(quick_election(std::move(connection)), std::move(config), std::move(changed)) {}
};

} // namespace neurocards::test
