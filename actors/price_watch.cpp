#include "actors/price_watch.hpp"

#include "actors/run_after.hpp"
#include "base/jitter.hpp"
#include "base/log.hpp"

#include <algorithm>

namespace neurocards {

price_watch::price_watch(price_watch_actor::pointer self, price_config config,
                         http_agent_actor http, std::shared_ptr<recent_figures> shown)
  : self_(self), config_(std::move(config)), http_(std::move(http)), shown_(std::move(shown)) {}

price_watch_actor::behavior_type price_watch::make_behavior() {
  begin_later(config_.first);
  return {
    [this](wake_atom) { begin(); },
  };
}

void price_watch::begin_later(caf::timespan delay) {
  next_.dispose();
  next_ = run_after(self_, with_jitter(delay), [this] { begin(); });
}

void price_watch::begin() {
  begin_later(config_.interval);
  if (std::exchange(reading_, true))
    return;
  rows_.clear();
  ask(1);
}

void price_watch::ask(int page) {
  self_
    ->request(http_, caf::infinite, config_.provider.prices(page)) // infinite: http_agent answers
    .then([this, page](const http::response& got) { on_page(page, got); },
          [this](const caf::error&) { reading_ = false; }); // the agent has died: so will this node
}

void price_watch::on_page(int page, const http::response& got) {
  auto read = config_.provider.read_prices(got);
  if (!read) {
    reading_ = false;
    return log::debug("price_watch.list_not_read", "page", page);
  }
  std::ranges::move(read->rows, std::back_inserter(rows_));
  if (page < std::min(read->pages, prices::most_pages))
    return ask(page + 1);
  reading_ = false;
  compare();
}

void price_watch::compare() {
  const auto place = [](const std::string& model) {
    return recent_figures::place{"neurocards_kie_listed_price_credits", "model", model};
  };
  const auto until = std::chrono::steady_clock::now() + config_.interval * 2;
  auto before = std::exchange(told_, {});
  for (const auto& x : prices::differences(*config_.models.now(), rows_)) {
    const auto said = prices::describe(x);
    if (before[x.slug] != said)
      log::warn("price_watch.price_differed", "model", x.slug, "difference", said, "advice",
                "write the listed price and its day into kie.models; what videos cost is read from "
                "the provider's own answers");
    before.erase(x.slug);
    shown_->set(place(x.slug), x.theirs.front(), until);
    told_.emplace(x.slug, said);
  }
  for (const auto& [model, said] : before)
    shown_->remove(place(model));
  log::debug("price_watch.prices_compared", "rows", rows_.size(), "differences", told_.size());
  rows_ = {};
}

} // namespace neurocards
