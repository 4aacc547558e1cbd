#include "actors/bot_name.hpp"

#include "actors/backoff.hpp"
#include "actors/run_after.hpp"
#include "base/jitter.hpp"
#include "base/log.hpp"

namespace neurocards {

using namespace std::chrono_literals;

bot_name::bot_name(bot_name_actor::pointer self, bot_name_config config, http_agent_actor http,
                   bot_store_actor store)
  : self_(self), config_(std::move(config)), http_(std::move(http)), store_(std::move(store)) {}

bot_name_actor::behavior_type bot_name::make_behavior() {
  ask();
  return {
    [this](wake_atom) { ask(); },
  };
}

void bot_name::ask() {
  self_
    ->request(http_, caf::infinite, config_.api.get_me()) // infinite: http_agent always answers
    .then([this](const http::response& got) { on_answer(got); },
          [](const caf::error&) {}); // the agent has died: so will this node
}

void bot_name::ask_later(caf::timespan delay) {
  next_.dispose();
  next_ = run_after(self_, delay, [this] { ask(); });
}

void bot_name::on_answer(const http::response& got) {
  const auto answer = telegram::parse_answer(got);
  if (!answer.ok() || answer.username.empty())
    return ask_later(backoff(++failures_, 1s, 1min));
  failures_ = 0;
  self_->request(store_, caf::infinite, store::note_bot{answer.username})
    .then([this](store::committed) { ask_later(with_jitter(config_.interval)); },
          [this](const caf::error& err) {
            if (worth_a_line(++failures_))
              log::warn("bot_name.not_kept", "error", err, "times", failures_);
            ask_later(backoff(failures_, 1s, 1min));
          });
}

} // namespace neurocards
