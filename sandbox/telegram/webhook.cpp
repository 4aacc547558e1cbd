#include "sandbox/telegram/webhook.hpp"

#include <charconv>

namespace neurocards::sandbox::telegram {

constexpr milliseconds longest_delay{60'000};
constexpr int64_t longest_retry_after = 3600; // seconds

webhook::webhook(world& w, target to, std::map<int64_t, pending_update>& waiting)
  : world_(w), to_(std::move(to)), waiting_(waiting) {}

void webhook::push(int64_t chat, int64_t update) {
  auto& l = lanes_[chat];
  l.updates.push_back(update);
  if (l.updates.size() == 1 && !l.busy) {
    ready_.push_back(chat);
    advance();
  }
}

void webhook::advance() {
  while (!stopped_ && !ready_.empty() && in_flight_ < to_.max_connections) {
    const auto chat = ready_.front();
    ready_.pop_front();
    send(chat);
  }
}

void webhook::send(int64_t chat) {
  auto& l = lanes_[chat];
  while (!l.updates.empty()) {
    const auto next = waiting_.find(l.updates.front());
    if (next != waiting_.end() && next->second.expires_at > world_.clock.now())
      break;
    if (next != waiting_.end())
      waiting_.erase(next); // given up: its life is over
    l.updates.pop_front();
  }
  if (l.updates.empty()) {
    lanes_.erase(chat);
    return;
  }
  l.busy = true;
  ++in_flight_;
  const auto id = l.updates.front();
  outbound::request r{
    .url = to_.url, .body = waiting_.at(id).json, .headers = {"Content-Type: application/json"}};
  if (!to_.secret.empty())
    r.headers.push_back("X-Telegram-Bot-Api-Secret-Token: " + to_.secret);
  world_.net.send(std::move(r), [self = shared_from_this(), chat, id](const outbound::result& res) {
    self->on_answer(chat, id, res);
  });
}

void webhook::on_answer(int64_t chat, int64_t update, const outbound::result& res) {
  if (stopped_)
    return;
  --in_flight_;
  if (res.status < 200 || res.status > 299) {
    retry(chat, res);
  } else {
    auto& l = lanes_[chat];
    waiting_.erase(update);
    l.updates.pop_front();
    l.busy = false;
    l.delay = milliseconds{0};
    if (l.updates.empty())
      lanes_.erase(chat);
    else
      ready_.push_back(chat);
  }
  advance();
}

void webhook::retry(int64_t chat, const outbound::result& res) {
  last_error_date_ = real_now() / 1000;
  last_error_ = res.status == 0 ? "Connection failed: " + res.error
                                : "Wrong response from the webhook: " + std::to_string(res.status);
  auto& l = lanes_[chat];
  l.delay = l.delay.count() == 0 ? milliseconds{world_.set.webhook_retry}
                                 : std::min(longest_delay, l.delay * 2);
  auto wait = l.delay;
  int64_t seconds = 0;
  const auto& asked = res.retry_after;
  std::from_chars(asked.data(), asked.data() + asked.size(), seconds);
  if (seconds > 0)
    wait = milliseconds{1000 * std::min(seconds, longest_retry_after)};
  world_.run_after(wait, [self = shared_from_this(), chat] {
    if (self->stopped_)
      return;
    self->lanes_[chat].busy = false;
    self->ready_.push_back(chat);
    self->advance();
  });
}

} // namespace neurocards::sandbox::telegram
