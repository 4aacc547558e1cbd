#include "actors/news_release.hpp"

#include "actors/run_after.hpp"

namespace neurocards {

using namespace std::chrono_literals;

namespace {

constexpr auto step = 200ms;         // between two releases
constexpr auto search_interval = 2s; // while there is no broadcast

} // namespace

void news_release::start() {
  stop();
  pace_.begin(context_.now());
  come_again(step);
}

void news_release::come_again(caf::timespan delay) {
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
  context_.self
    ->request(context_.store, caf::infinite,
              store::release_news{messages}) // infinite: the database always answers
    .then(context_.leader.in_this_term<store::released_news>(
            [this](const store::released_news& got) { on_released(got); }),
          context_.leader.in_this_term<caf::error>([this](const caf::error& err) {
            if (const auto times = context_.worth_telling("news"))
              log::warn("notifier.news_not_released", "error", err, "times", *times);
            come_again(search_interval);
          }));
}

void news_release::on_released(const store::released_news& got) {
  pace_.count(got.messages);
  if (got.messages > 0)
    written_();
  come_again(got.running ? caf::timespan{step} : caf::timespan{search_interval});
}

} // namespace neurocards
