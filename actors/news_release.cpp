#include "actors/news_release.hpp"

#include "actors/lazy_timer.hpp"

namespace neurocards {

using namespace std::chrono_literals;

namespace {

constexpr caf::timespan step = 200ms;          // between two releases
constexpr caf::timespan search_interval = 10s; // while there is no broadcast and nobody wakes us
constexpr caf::timespan least_pause = 2s;      // between two searches, however often we are woken

} // namespace

void news_release::start() {
  stop();
  pace_.begin(context_.now());
  come_again(step);
}

/// Messages of all kinds wake the notifier, and few of them mean a broadcast.
void news_release::wake() {
  woken_ = true;
  if (searching_)
    come_again(std::max<caf::timespan>(searched_ + least_pause - context_.now(), step));
}

void news_release::search_later() {
  if (woken_)
    return come_again(least_pause);
  searched_ = context_.now();
  searching_ = true;
  next_.dispose();
  next_ = run_about_after(context_.self, search_interval, [this] { release(); });
}

void news_release::come_again(caf::timespan delay) {
  searching_ = false;
  next_.dispose();
  next_ = run_after(context_.self, delay, [this] { release(); });
}

void news_release::release() {
  if (!context_.leader.leading())
    return;
  pace_.set_rate(settings_->rate);
  const int messages = pace_.due(context_.now());
  if (messages == 0 || !idle_())
    return come_again(step);
  searching_ = false;
  woken_ = false;
  context_.self
    ->request(context_.store, caf::infinite,
              store::release_news{messages}) // infinite: the database always answers
    .then(context_.leader.in_this_term<store::released_news>(
            [this](const store::released_news& got) { on_released(got); }),
          context_.leader.in_this_term<caf::error>([this](const caf::error& err) {
            if (const auto times = context_.worth_telling("news"))
              log::warn("notifier.news_not_released", "error", err, "times", *times);
            come_again(least_pause);
          }));
}

void news_release::on_released(const store::released_news& got) {
  pace_.count(got.messages);
  if (got.messages > 0)
    written_();
  if (got.running)
    come_again(step);
  else
    search_later();
}

} // namespace neurocards
