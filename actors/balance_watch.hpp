#pragma once

#include "actors/recent_figures.hpp"
#include "actors/watched_actor.hpp"
#include "base/secret.hpp"
#include "clients/provider.hpp"
#include "protocol/actors.hpp"
#include "protocol/store/reach.hpp"
#include "protocol/store/request_list.hpp"

#include <memory>
#include <vector>

namespace neurocards {

/// What `balance_watch` asks the database.
using balance_store_actor = store_actor<store::raise_alert>;

/// Its life is in its clock; it can be told to ask at once.
using balance_watch_actor = caf::typed_actor<caf::result<void>(wake_atom)>;

struct balance_config {
  provider::service provider;
  std::vector<secret> keys;
  caf::timespan interval{std::chrono::minutes{10}};
};

/// Shows how many credits each key has left. A balance that could not be read three times
/// running is shown no more: nobody knows it. One that runs low is raised for the operators.
class balance_watch {
public:
  static constexpr const char* name = "balance_watch";

  balance_watch(balance_watch_actor::pointer self, balance_config, http_agent_actor,
                balance_store_actor, std::shared_ptr<recent_figures>);
  balance_watch_actor::behavior_type make_behavior();

private:
  void ask();
  void on_answer(const key_fingerprint&, const http::response&);
  void raise(const key_fingerprint&, double balance);

  balance_watch_actor::pointer self_;
  balance_config config_;
  http_agent_actor http_;
  balance_store_actor store_;
  std::shared_ptr<recent_figures> shown_;
  caf::disposable next_;
};

using balance_watch_impl = watched_impl<balance_watch_actor, balance_watch>;

} // namespace neurocards
