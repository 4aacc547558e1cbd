#pragma once

#include "actors/recent_figures.hpp"
#include "actors/watched_actor.hpp"
#include "base/changing.hpp"
#include "clients/provider.hpp"
#include "protocol/actors.hpp"

#include <map>
#include <memory>

namespace neurocards {

/// Its life is in its clock; it can be told to ask at once.
using price_watch_actor = caf::typed_actor<caf::result<void>(wake_atom)>;

struct price_config {
  provider::service provider;         // one with a list
  changing<models::catalogue> models; // those in use
  caf::timespan first{std::chrono::minutes{1}};
  caf::timespan interval{std::chrono::hours{24}};
};

/// Reads a provider's public list of prices, page by page, and shows which models of the catalogue
/// cost something else there; each difference is logged once. Where the list does not answer,
/// nothing is said: nothing depends on it.
class price_watch {
public:
  static constexpr const char* name = "price_watch";

  price_watch(price_watch_actor::pointer self, price_config, http_agent_actor,
              std::shared_ptr<recent_figures>);
  price_watch_actor::behavior_type make_behavior();

private:
  void begin();
  void begin_later(caf::timespan delay);
  void ask(int page);
  void on_page(int page, const http::response&);
  void compare();

  price_watch_actor::pointer self_;
  price_config config_;
  http_agent_actor http_;
  std::shared_ptr<recent_figures> shown_;
  std::vector<prices::listed> rows_;
  std::map<std::string, std::string> told_; // by model
  bool reading_ = false;
  caf::disposable next_;
};

using price_watch_impl = watched_impl<price_watch_actor, price_watch>;

} // namespace neurocards
