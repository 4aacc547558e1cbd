#pragma once

#include "actors/gateway_config.hpp"
#include "actors/leadership.hpp"

namespace neurocards {

/// Takes updates in, wherever they come from: answers what cannot wait, stores them, brings what is
/// new to its conversation. Part of the actor `telegram_gateway`; not an actor itself.
class update_admission {
public:
  using updates = std::vector<telegram::received_update>;
  using callback = std::function<void(caf::expected<std::vector<update_id>> fresh)>;

  update_admission(telegram_gateway_actor::pointer self,
                   std::shared_ptr<const gateway_config> config);

  telegram_gateway_actor::pointer self() const { return self_; }
  const gateway_config& config() const { return *config_; }
  bool full() const { return router.unfinished() >= config_->capacity; }

  /// Whether updates may arrive here, so that what a dead conversation left must be read again
  /// here.
  bool serving() const;

  /// Ahead of all that waits: Telegram cancels a purchase after ten seconds. No money moves yet.
  void answer_checkout(const telegram::incoming&);

  /// `done` hears which of them were not stored before.
  void put(const updates&, callback done);

  /// In the order received.
  void hand_out(const updates&, const std::vector<update_id>& fresh);

  leadership leader;
  update_router router;
  bool draining = false;

private:
  void answer_checkout(const telegram::incoming&, const telegram::pre_checkout_query&,
                       flow::payer_access);

  telegram_gateway_actor::pointer self_;
  std::shared_ptr<const gateway_config> config_;
  update_intake intake_;
};

} // namespace neurocards
