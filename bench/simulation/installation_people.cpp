#include "bench/simulation/installation.hpp"

#include <algorithm>
#include <cmath>

namespace neurocards::simulation {

namespace {

using namespace std::chrono_literals;

/// Of the product's `painter_config` (actors/card_painter.hpp).
constexpr duration refresh_interval = 3s;
constexpr int refreshes_each_time = 15;

} // namespace

/// Of one bot.
double installation::orders_per_second(double hour) const {
  const auto& people = given_.people;
  double videos_each = 0;
  for (const auto& [videos, share] : people.videos)
    videos_each += videos * share;
  const double within = std::fmod(hour, 24.0);
  // The middle of each hour has its share; in between it moves evenly.
  const double place = std::fmod(within + 23.5, 24.0);
  const auto before = static_cast<size_t>(place) % 24;
  const double part = place - std::floor(place);
  const double share = people.day[before] * (1 - part) + people.day[(before + 1) % 24] * part;
  return share * people.videos_per_second / videos_each / given_.equipment.bots;
}

/// The next visit of a Poisson process whose rate moves: by thinning.
void installation::plan_visit(uint32_t bot) {
  const double most = orders_per_second(given_.measured_from + 0.5);
  auto when = now_;
  do {
    when += from_seconds(-std::log(1 - random()) / most);
  } while (random() * most > orders_per_second(hour_of(when)) && when < end_);
  agenda_.add(when, happening::user_comes, bot);
}

void installation::come(uint32_t bot) {
  plan_visit(bot);
  order draft;
  draft.bot = bot;
  draft.chat = std::uniform_int_distribution<int64_t>{1, given_.people.chats_per_bot}(chance_);
  draft.replies_left = given_.people.replies_before_order;
  double drawn = random();
  for (const auto& [videos, share] : given_.people.videos) {
    draft.videos = videos;
    if ((drawn -= share) < 0)
      break;
  }
  act(orders_.add(draft));
}

/// He writes or presses a button, and is answered.
void installation::act(uint32_t number) {
  auto& draft = orders_[number];
  if (draft.replies_left == 0)
    return launch(number);
  --draft.replies_left;
  ++tally().replies;
  say(message_kind::reply, number, draft);
}

void installation::launch(uint32_t number) {
  auto& placed = orders_[number];
  placed.is_launched = true;
  placed.waiting = placed.videos;
  ++tally().orders;
  tally().ordered += static_cast<uint64_t>(placed.videos);
  say(message_kind::accepted, number, placed);
  say(message_kind::progress, number, placed);
  open_orders_[placed.bot].push_back(number);
  const auto count = placed.videos;
  const auto user = placed.chat + placed.bot * int64_t{given_.people.chats_per_bot};
  for (int i = 0; i < count; ++i) {
    job ordered;
    ordered.order = number;
    ordered.ordered = now_;
    queue_.add(jobs_.add(ordered), user);
  }
  claim_somewhere();
}

void installation::say(message_kind kind, uint32_t subject, const order& to) {
  message said{kind, subject, to.chat, to.bot, now_};
  ++unsent_;
  tally().most_unsent = std::max(tally().most_unsent, unsent_);
  bots_[to.bot].add(messages_.add(said), to.chat, now_);
  wake(said.bot);
}

void installation::wake(uint32_t number) {
  auto& sender = bots_[number];
  const auto next = sender.next();
  if (!next)
    return;
  const auto when = std::max(*next, now_);
  if (sender.wakes > now_ && sender.wakes <= when)
    return; // it will be asked earlier
  sender.wakes = when;
  agenda_.add(when, happening::bot_may_send, number);
}

void installation::send(uint32_t number) {
  auto& sender = bots_[number];
  while (const auto taken = sender.take(now_)) {
    const auto& said = messages_[*taken];
    auto& seen = tally();
    ++seen.messages;
    seen.refreshes += said.kind == message_kind::refresh ? 1 : 0;
    seen.until_sent.add(now_ - said.committed);
    const bool is_video = said.kind == message_kind::video;
    plan(is_video ? given_.services.video : given_.services.message, happening::message_answered,
         *taken);
  }
  if (sender.wakes <= now_) // else it was woken for what has been sent meanwhile
    sender.wakes = {};
  wake(number);
}

void installation::end_of_message(uint32_t number) {
  const auto said = messages_[number];
  messages_.remove(number);
  --unsent_;
  bots_[said.bot].answered(said.chat, now_);
  wake(said.bot);
  if (said.kind == message_kind::reply) {
    const auto thinks = -std::log(1 - random()) * seconds(given_.people.thinks);
    plan(from_seconds(thinks), happening::user_acts, said.subject);
  } else if (said.kind == message_kind::video) {
    tally().until_video.add(now_ - jobs_[said.subject].ordered);
    jobs_.remove(said.subject);
  }
}

/// As sql/functions/paint_cards.sql: of the open orders checked longest ago.
void installation::check_progress(uint32_t number) {
  plan(with_jitter(refresh_interval, random()), happening::progress_checked, number);
  auto& open = open_orders_[number];
  std::vector<uint32_t> busy;
  for (int checked = 0; checked < refreshes_each_time && !open.empty();) {
    const auto first = open.front();
    open.pop_front();
    auto& shown = orders_[first];
    if (!bots_[number].is_quiet(shown.chat)) {
      busy.push_back(first); // its user hears of real news first
      continue;
    }
    ++checked;
    const auto state = shown.state(now_, claims_made_);
    if (state != shown.shown) {
      shown.shown = state;
      say(message_kind::refresh, first, shown);
    }
    if (shown.ended == shown.videos)
      orders_.remove(first);
    else
      open.push_back(first);
  }
  open.insert(open.begin(), busy.begin(), busy.end());
}

} // namespace neurocards::simulation
