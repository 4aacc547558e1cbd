#include "node/node_watch.hpp"

#include "actors/actor_threads.hpp"
#include "actors/run_after.hpp"
#include "node/config/certificates.hpp"
#include "node/spare_memory.hpp"

#include <sys/statvfs.h>

#include <algorithm>

namespace neurocards {

using namespace std::chrono_literals;

namespace {

constexpr caf::timespan interval = 5s;
constexpr auto shown_for = 30s; // disks are measured on a thread that may hang on one

/// What the threads of the scheduler have worked, the handlers that run included.
int64_t busy_ns(std::chrono::steady_clock::time_point now) {
  int64_t result = 0;
  for (const auto* thread : actor_threads()) {
    if (thread->may_block())
      continue; // an actor's own
    result += thread->busy_ns();
    if (const auto handler = thread->running())
      result += std::max<int64_t>(0, std::chrono::nanoseconds{now - handler->since}.count());
  }
  return result;
}

/// On the disk's thread.
void show_room(recent_figures& to, const std::string& path) {
  struct statvfs room {};
  if (::statvfs(path.empty() ? "." : path.c_str(), &room) != 0)
    return;
  to.set({"neurocards_storage_free_bytes"},
         static_cast<double>(room.f_bavail) * static_cast<double>(room.f_frsize),
         std::chrono::steady_clock::now() + shown_for);
}

void show_expiry(recent_figures& to, const config::tls& ours) {
  if (const auto when = config::expiry_of_certificate(ours))
    to.set({"neurocards_certificate_expiry_timestamp_seconds"}, static_cast<double>(*when),
           std::chrono::steady_clock::now() + shown_for);
}

} // namespace

node_watch::node_watch(node_watch_actor::pointer self, services x)
  : self_(self), services_(std::move(x)), last_(std::chrono::steady_clock::now()),
    busy_ns_(busy_ns(last_)) {}

node_watch_actor::behavior_type node_watch::make_behavior() {
  measure();
  return {
    [this](wake_atom) { measure(); },
  };
}

void node_watch::measure() {
  next_.dispose();
  next_ = run_after(self_, interval, [this] { measure(); });
  measure_scheduler(std::chrono::steady_clock::now());
  measure_disk();
  measure_redis();
}

void node_watch::measure_scheduler(time_point now) {
  const auto busy = busy_ns(now);
  const auto passed = std::chrono::nanoseconds{now - last_}.count();
  const auto threads = static_cast<int64_t>(self_->system().scheduler().num_workers());
  const auto most = static_cast<double>(std::max<int64_t>(1, passed * threads));
  services_.recent->set({"neurocards_scheduler_busy_ratio"},
                        std::clamp(static_cast<double>(busy - busy_ns_) / most, 0.0, 1.0),
                        now + shown_for);
  last_ = now;
  busy_ns_ = busy;
}

void node_watch::measure_disk() {
  services_.disk(
    [to = services_.recent, path = services_.settings.storage.path,
     ours = services_.settings.cluster.tls] {
      show_room(*to, path);
      show_expiry(*to, ours);
      give_spare_memory_back(); // what takes a while is for this thread, too
      return storage::result{};
    },
    [](const storage::result&) {});
}

void node_watch::measure_redis() {
  if (!services_.beacon)
    return;
  const bool up = services_.beacon->healthy();
  if (std::exchange(redis_up_, up) && !up)
    services_.counts.reconnects("redis").inc();
}

} // namespace neurocards
