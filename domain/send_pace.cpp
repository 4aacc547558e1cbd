#include "domain/send_pace.hpp"

#include <algorithm>
#include <cmath>

namespace neurocards {

namespace {

using namespace std::chrono_literals;

constexpr double least_rate = 1e-3;     // sends per second; a rate of zero would never end
constexpr double reserve = 0.994;       // share of the rate that is planned for
constexpr double margin = 1.001;        // the network moves sends closer together
constexpr size_t longest_window = 1000; // sends remembered
constexpr auto catch_up = 100ms;        // of lateness is made up for by sending closer together
constexpr auto flood_memory = 10s;
constexpr size_t flood_chats = 3;    // so many at once are no coincidence
constexpr size_t first_sweep = 1024; // chats that cool down

send_pace::duration seconds(double x) {
  return send_pace::duration{std::llround(x * 1e9)};
}

} // namespace

send_pace::send_pace(double rate, double per_chat_rate) : sweep_size_(first_sweep) {
  set_rates(rate, per_chat_rate);
}

void send_pace::set_rates(double rate, double per_chat_rate) {
  spacing_ = seconds(1 / (std::max(rate, least_rate) * reserve));
  chat_spacing_ = seconds(1 / std::max(per_chat_rate, least_rate));
  window_sends_ = std::clamp(static_cast<size_t>(std::ceil(rate)), size_t{1}, longest_window);
  window_ = seconds(static_cast<double>(window_sends_) / std::max(rate, least_rate) * margin);
  while (recent_.size() > window_sends_)
    recent_.pop_front();
  slot_ = std::min(slot_, recent_.empty() ? slot_ : recent_.back() + spacing_);
}

void send_pace::begin(time_point now) {
  began_ = now;
}

void send_pace::add(chat_id chat, time_point now) {
  const auto found = cooling_.find(chat);
  const auto alone = found == cooling_.end() ? now : std::max(now, found->second);
  const auto from = std::max(alone, began_ + chat_spacing_);
  if (in_line_.insert(chat).second)
    line_.insert({from, ++last_order_, chat});
}

std::optional<chat_id> send_pace::take(time_point now) {
  if (line_.empty() || line_.begin()->from > now || opens() > now)
    return std::nullopt;
  const auto chat = line_.begin()->chat;
  line_.erase(line_.begin());
  in_line_.erase(chat);
  slot_ = std::max(slot_, now - catch_up) + spacing_;
  recent_.push_back(now);
  if (recent_.size() > window_sends_)
    recent_.pop_front();
  return chat;
}

std::optional<send_pace::time_point> send_pace::next() const {
  if (line_.empty())
    return std::nullopt;
  return std::max(line_.begin()->from, opens());
}

bool send_pace::idle(time_point now) const {
  return paused_until() <= now && (line_.empty() || line_.begin()->from > now);
}

void send_pace::answered(chat_id chat, time_point now) {
  cool_down(chat, now + chat_spacing_, now);
}

bool send_pace::flooded(chat_id chat, time_point now, duration wait) {
  cool_down(chat, now + wait, now);
  std::erase_if(floods_,
                [&](const flood& x) { return x.chat == chat || x.when + flood_memory < now; });
  floods_.push_back({now, chat});
  if (floods_.size() < flood_chats)
    return false;
  floods_.clear();
  hold_all(now + wait);
  return true;
}

void send_pace::hold_all(time_point until) {
  pause_ = std::max(pause_, until);
}

void send_pace::clear() {
  line_.clear();
  in_line_.clear();
}

send_pace::time_point send_pace::paused_until() const {
  return std::max(pause_, began_ + window_);
}

send_pace::time_point send_pace::opens() const {
  const auto even = std::max(paused_until(), slot_);
  return recent_.size() < window_sends_ ? even : std::max(even, recent_.front() + window_);
}

void send_pace::cool_down(chat_id chat, time_point until, time_point now) {
  auto& end = cooling_[chat];
  end = std::max(end, until);
  if (cooling_.size() < sweep_size_)
    return;
  std::erase_if(cooling_, [&](const auto& x) { return x.second <= now; });
  sweep_size_ = std::max(first_sweep, 2 * cooling_.size());
}

std::chrono::milliseconds notification_backoff(int tries, double random) {
  constexpr std::chrono::milliseconds first = 1s;
  constexpr std::chrono::milliseconds longest = 10min;
  const auto doublings = std::clamp(tries, 0, 20);
  const auto plain = std::min(first * (1 << doublings), longest);
  return std::chrono::milliseconds{
    std::llround(static_cast<double>(plain.count()) * (0.9 + 0.2 * random))};
}

} // namespace neurocards
