#include "base/http_clients.hpp"

#include <algorithm>

namespace neurocards {

namespace {

bool is_loopback(const std::string& address) {
  return address.starts_with("127.") || address == "::1" || address.starts_with("::ffff:127.");
}

} // namespace

bool http_clients::make_room(const std::string& remote, const http_server::config& limits) {
  const auto same = by_address_.find(remote);
  const bool limited =
    limits.max_per_address > 0 && (limits.loopback_counts || !is_loopback(remote));
  const bool many_of_one =
    limited && same != by_address_.end() && same->second >= limits.max_per_address;
  if (!many_of_one && all_.size() < limits.max_connections) {
    if (const auto times = crowded_.over(); times > 0)
      log::info("http.has_room_again", "times", times);
    return true;
  }
  if (crowded_.should_log())
    log::warn("http.crowded", "connections", all_.size(), "of_one_address",
              same == by_address_.end() ? size_t{0} : same->second, "times", crowded_.count());
  return close_longest_waiting(many_of_one ? &remote : nullptr);
}

bool http_clients::close_longest_waiting(const std::string* remote) {
  const http_connection* longest = nullptr;
  for (const auto& [id, x] : all_)
    if (x->waits() && (remote == nullptr || x->remote() == *remote)
        && (longest == nullptr || x->since() < longest->since()))
      longest = x.get();
  if (longest == nullptr)
    return false;
  remove(longest->id());
  return true;
}

void http_clients::add(event_base* base, int fd, std::string remote,
                       const http_server::config& limits, http_connection::owner& by) {
  ++by_address_[remote];
  const auto id = ++last_id_;
  all_.emplace(id, std::make_unique<http_connection>(base, fd, id, std::move(remote), limits, by));
  count_ = all_.size();
}

void http_clients::remove(uint64_t id) {
  const auto found = all_.find(id);
  if (found == all_.end())
    return;
  const auto same = by_address_.find(found->second->remote());
  if (--same->second == 0)
    by_address_.erase(same);
  all_.erase(found);
  count_ = all_.size();
}

void http_clients::clear() {
  all_.clear();
  by_address_.clear();
  count_ = 0;
}

http_connection* http_clients::waiting(uint64_t id, uint64_t number) const {
  const auto found = all_.find(id);
  return found != all_.end() && found->second->owes(number) ? found->second.get() : nullptr;
}

http_connection* http_clients::streaming(uint64_t id, uint64_t number) const {
  const auto found = all_.find(id);
  return found != all_.end() && found->second->streams(number) ? found->second.get() : nullptr;
}

bool http_clients::busy() const {
  return std::any_of(all_.begin(), all_.end(), [](const auto& x) { return x.second->busy(); });
}

} // namespace neurocards
