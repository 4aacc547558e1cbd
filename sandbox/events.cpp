#include "sandbox/events.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace neurocards::sandbox {

constexpr size_t events_kept = 5000;

void event_log::add(nlohmann::json event) {
  event["number"] = ++last_;
  events_.push_back(event.dump());
  if (events_.size() > events_kept)
    events_.pop_front();
  auto waiting = std::exchange(waiting_, {});
  for (auto& w : waiting)
    w.who.send(200, after(last_ - 1));
}

std::string event_log::after(uint64_t since) const {
  const auto count = std::min<uint64_t>(last_ - std::min(since, last_), events_.size());
  std::string list;
  for (auto e = events_.end() - static_cast<std::ptrdiff_t>(count); e != events_.end(); ++e)
    list += (list.empty() ? "" : ",") + *e;
  return "{\"last\":" + std::to_string(last_) + ",\"events\":[" + list + "]}";
}

uint64_t event_log::wait(uint64_t since, http_server::responder r) {
  if (since < last_) {
    r.send(200, after(since));
    return 0;
  }
  waiting_.push_back({++last_waiter_, std::move(r)});
  return last_waiter_;
}

void event_log::expire(uint64_t id) {
  const auto found =
    std::find_if(waiting_.begin(), waiting_.end(), [&](const waiter& w) { return w.id == id; });
  if (found == waiting_.end())
    return;
  found->who.send(200, after(last_));
  waiting_.erase(found);
}

void event_log::clear() {
  events_.clear(); // numbers go on, so that a watcher does not miss what comes next
}

} // namespace neurocards::sandbox
