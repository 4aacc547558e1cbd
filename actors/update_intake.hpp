#pragma once

#include "clients/telegram.hpp"
#include "protocol/actors.hpp"
#include "protocol/store/inbox.hpp"
#include "protocol/store/request_list.hpp"

#include <functional>

#include <caf/expected.hpp>

namespace neurocards {

/// What `update_intake` asks the database.
using intake_store_actor = store_actor<store::put_updates>;

/// Puts received updates into the inbox. An update that the database refuses is found by halving
/// its batch, and stored without its content: it must neither be lost without a trace nor keep all
/// others out for ever.
class update_intake {
public:
  using rows = std::vector<store::inbox_update>;

  /// The ids not seen before, or why nothing is known to be stored.
  using callback = std::function<void(caf::expected<std::vector<update_id>>)>;

  /// `receiver`: see `store::put_updates`.
  update_intake(telegram_gateway_actor::pointer self, intake_store_actor store, uuid receiver);

  void put(rows, callback done);

private:
  void on_refused(rows, const caf::error&, callback done);

  telegram_gateway_actor::pointer self_;
  intake_store_actor store_;
  uuid receiver_;
};

/// The row an update is stored as.
store::inbox_update to_row(const telegram::received_update&);

} // namespace neurocards
