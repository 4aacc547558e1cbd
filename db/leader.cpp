#include "db/leader.hpp"

#include "db/candidate.hpp"
#include "db/election.hpp"

namespace neurocards::db {

leader::leader(std::shared_ptr<election> on, leader_config config, callback changed)
  : election_(std::move(on)),
    candidate_(std::make_shared<candidate>(std::move(config), std::move(changed))) {
  election_->join(candidate_);
}

leader::~leader() {
  election_->leave(*candidate_);
}

} // namespace neurocards::db
