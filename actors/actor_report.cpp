#include "actors/actor_report.hpp"

#include "actors/actor_instance.hpp"
#include "actors/actor_kinds.hpp"
#include "actors/actor_threads.hpp"
#include "actors/stalls.hpp"
#include "actors/timer_lag.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace neurocards::actor_report {

namespace {

using nlohmann::json;
using std::chrono::steady_clock;

double ms(int64_t ns) {
  return static_cast<double>(ns) / 1e6;
}

double ms(std::chrono::nanoseconds x) {
  return ms(x.count());
}

/// The moment that all figures of one report are about.
struct moment {
  steady_clock::time_point now = steady_clock::now();
  std::map<uint64_t, running_handler> running; // by actor

  moment() {
    for (const auto* thread : actor_threads())
      if (const auto x = thread->running())
        running[x->id] = *x;
  }

  /// Age of the oldest message that waits in a mailbox, at most. 0: none waits.
  int64_t oldest_ns(const actor_instance& x) const {
    if (x.waiting.load(std::memory_order_relaxed) <= 0)
      return 0;
    const auto since = x.oldest_since.load(std::memory_order_relaxed);
    if (since != 0)
      return std::max<int64_t>((now.time_since_epoch()).count() - since, 0);
    const auto busy = running.find(x.id()); // nobody watched when it came
    return busy == running.end()
             ? 0
             : std::chrono::nanoseconds{std::max(now - busy->second.since, {})}.count();
  }
};

json handler_json(const running_handler& x, steady_clock::time_point now) {
  return {{"kind", x.kind->name},
          {"id", x.id},
          {"message", text_of(x.key)},
          {"ms", ms(std::max(now - x.since, {}))}};
}

json quantiles(const duration_histogram& x) {
  if (x.count() == 0)
    return {{"p50", nullptr}, {"p99", nullptr}};
  return {{"p50", ms(x.quantile(0.5))}, {"p99", ms(x.quantile(0.99))}};
}

/// Of one kind.
class kind_report {
public:
  kind_report(actor_kind& kind, const moment& snapshot)
    : kind_(kind), snapshot_(snapshot), details_(kind.details.read(snapshot.now, kind.busy_ns)),
      seconds_(std::chrono::duration<double>{snapshot.now - details_.since}.count()) {}

  json figures() const {
    int64_t waiting = 0;
    int64_t oldest = 0;
    for_each_instance(kind_, [&](const actor_instance& x) {
      waiting += std::max<int64_t>(x.waiting.load(std::memory_order_relaxed), 0);
      oldest = std::max(oldest, snapshot_.oldest_ns(x));
    });
    auto ended = json::object();
    for (size_t i = 0; i < actor_end_names.size(); ++i)
      ended[std::string{actor_end_names[i]}] = kind_.ended[i].load();
    auto took = quantiles(details_.took);
    took["max"] = details_.took.count() == 0 ? json() : json(ms(details_.took.max()));
    return {{"kind", kind_.name},
            {"alive", kind_.alive.load()},
            {"spawned", kind_.spawned.load()},
            {"ended", std::move(ended)},
            {"waiting", waiting},
            {"oldest_ms", ms(oldest)},
            {"wait_ms", quantiles(details_.waited)},
            {"handle_ms", std::move(took)},
            {"rate", rate(details_.took.count())},
            {"busy", busy()},
            {"rejected", kind_.rejected.load()},
            {"unhandled", kind_.unhandled.load()},
            {"stalls", kind_.stalls.load() + running_stalls(kind_)}};
  }

  void add_details(json& to) const {
    for (const auto& [key, x] : details_.messages)
      to["messages"].push_back({{"kind", kind_.name},
                                {"message", text_of(key)},
                                {"rate", rate(x.took.count())},
                                {"p50_ms", ms(x.took.quantile(0.5))},
                                {"p99_ms", ms(x.took.quantile(0.99))},
                                {"max_ms", ms(x.took.max())},
                                {"count", x.took.count()},
                                {"errors", x.errors}});
    for (const auto& [way, count] : details_.flows)
      to["flows"].push_back({{"from", way.first},
                             {"to", kind_.name},
                             {"message", text_of(way.second)},
                             {"rate", rate(count)}});
    add_dead(to, details_.lost, "ended");
    add_dead(to, details_.unhandled, "unhandled");
  }

private:
  void add_dead(json& to, const std::map<message_key, int64_t>& counts, const char* reason) const {
    for (const auto& [key, count] : counts)
      to["dead_letters"].push_back(
        {{"kind", kind_.name}, {"message", text_of(key)}, {"count", count}, {"reason", reason}});
  }

  /// Threads that it kept busy on average; a handler that runs still is in it.
  double busy() const {
    auto sum = kind_.busy_ns.load() - details_.busy_ns;
    for (const auto& [_, x] : snapshot_.running)
      if (x.kind == &kind_)
        sum += std::chrono::nanoseconds{snapshot_.now - std::max(x.since, details_.since)}.count();
    return rate(sum) / 1e9;
  }

  /// Per second, in the window of the details.
  double rate(int64_t count) const {
    return seconds_ > 0 && details_.since != steady_clock::time_point{}
             ? static_cast<double>(count) / seconds_
             : 0;
  }

  actor_kind& kind_;
  const moment& snapshot_;
  details_window details_;
  double seconds_;
};

/// What a thread was busy since the last question but one, half a minute ago at least.
class busy_windows {
public:
  double ratio(const actor_thread* thread, int64_t busy_ns, steady_clock::time_point now) {
    const std::lock_guard hold{mutex_};
    auto& [former, current] =
      starts_.try_emplace(thread, start{now, busy_ns}, start{now, busy_ns}).first->second;
    if (now - current.since >= std::chrono::seconds{30})
      former = std::exchange(current, start{now, busy_ns});
    const auto passed = std::chrono::nanoseconds{now - former.since}.count();
    return passed <= 0 ? 0
                       : std::clamp(static_cast<double>(busy_ns - former.busy_ns)
                                      / static_cast<double>(passed),
                                    0.0, 1.0);
  }

private:
  struct start {
    steady_clock::time_point since;
    int64_t busy_ns;
  };

  std::mutex mutex_;
  std::map<const actor_thread*, std::pair<start, start>> starts_;
};

json threads_json(const moment& snapshot) {
  static busy_windows windows;
  auto list = json::array();
  size_t n = 0;
  for (const auto* thread : actor_threads()) {
    const auto x = thread->running();
    const auto running =
      x ? std::chrono::nanoseconds{std::max(snapshot.now - x->since, {})}.count() : 0;
    list.push_back({{"n", n++},
                    {"own", thread->may_block()},
                    {"busy", windows.ratio(thread, thread->busy_ns() + running, snapshot.now)},
                    {"now", x ? handler_json(*x, snapshot.now) : json()}});
  }
  return list;
}

double unix_seconds(std::chrono::system_clock::time_point x) {
  return std::chrono::duration<double>{x.time_since_epoch()}.count();
}

std::string field_of(const std::string& sort) {
  if (sort == "oldest")
    return "oldest_ms";
  return sort == "busy" ? "busy_s" : sort == "age" ? "age_s" : "waiting";
}

/// What is told of one instance, still without its label.
json instance_json(const actor_instance& x, const moment& snapshot) {
  const auto busy = snapshot.running.find(x.id());
  json result{
    {"id", x.id()},
    {"waiting", std::max<int64_t>(x.waiting.load(std::memory_order_relaxed), 0)},
    {"oldest_ms", ms(snapshot.oldest_ns(x))},
    {"age_s", std::chrono::duration<double>{snapshot.now - x.spawned_at}.count()},
    {"handled", x.handled.load(std::memory_order_relaxed)},
    {"busy_s", static_cast<double>(x.busy_ns.load(std::memory_order_relaxed)) / 1e9},
    {"now", busy == snapshot.running.end() ? json() : handler_json(busy->second, snapshot.now)}};
  add_last_message(result, x, snapshot.now);
  return result;
}

/// What instances are sorted by.
double measure(const actor_instance& x, const moment& snapshot, const std::string& sort) {
  if (sort == "oldest")
    return static_cast<double>(snapshot.oldest_ns(x));
  if (sort == "busy")
    return static_cast<double>(x.busy_ns.load(std::memory_order_relaxed));
  if (sort == "age")
    return std::chrono::duration<double>{snapshot.now - x.spawned_at}.count();
  return static_cast<double>(x.waiting.load(std::memory_order_relaxed));
}

} // namespace

void add_last_message(json& to, const actor_instance& x, steady_clock::time_point now) {
  const auto key = x.last_message.load(std::memory_order_relaxed);
  to["last_message"] = nullptr;
  to["last_at"] = nullptr;
  if (key == 0)
    return;
  const std::chrono::nanoseconds done{x.last_done.load(std::memory_order_relaxed)};
  const auto ago = std::max<std::chrono::nanoseconds>(now.time_since_epoch() - done, {});
  to["last_message"] = text_of(key);
  to["last_at"] =
    unix_seconds(std::chrono::system_clock::now()
                 - std::chrono::duration_cast<std::chrono::system_clock::duration>(ago));
}

json stalls() {
  auto list = json::array();
  for (const auto& x : recent_stalls())
    list.push_back({{"kind", x.handler.kind->name},
                    {"id", x.handler.id},
                    {"message", text_of(x.handler.key)},
                    {"ms", ms(x.lasted)},
                    {"at", unix_seconds(x.began)},
                    {"running", x.running}});
  return list;
}

void add_kinds(json& to) {
  const moment snapshot;
  for (const auto* list : {"kinds", "messages", "flows", "dead_letters"})
    to[list] = json::array();
  for (auto* kind : all_kinds()) {
    const kind_report report{*kind, snapshot};
    to["kinds"].push_back(report.figures());
    report.add_details(to);
  }
  to["threads"] = threads_json(snapshot);
  to["stalls"] = stalls();
  to["timer_lag_ms"] = ms(timer_lag().read(snapshot.now));
}

void add_instances(json& to, const actors_query& query) {
  auto* kind = find_kind(query.kind);
  if (!kind) {
    to["missing"] = true;
    return;
  }
  // There may be tens of thousands, and none is born or dies meanwhile: first only
  // what orders them.
  const moment snapshot;
  std::vector<std::pair<double, uint64_t>> order;
  for_each_instance(*kind, [&](const actor_instance& x) {
    order.emplace_back(measure(x, snapshot, query.sort), x.id());
  });
  to["total"] = order.size();
  const auto shown =
    query.limit > 0 ? std::min(order.size(), static_cast<size_t>(query.limit)) : order.size();
  std::ranges::partial_sort(order, order.begin() + static_cast<std::ptrdiff_t>(shown),
                            std::greater<>{});
  order.resize(shown);
  std::set<uint64_t> chosen;
  for (const auto& x : order)
    chosen.insert(x.second);
  auto list = json::array();
  for_each_instance(*kind, [&](const actor_instance& x) {
    if (!chosen.contains(x.id()))
      return;
    list.push_back(instance_json(x, snapshot));
    list.back()["label"] = x.label();
  });
  sort_instances(list, query.sort, query.limit);
  to["instances"] = std::move(list);
}

void sort_instances(json& instances, const std::string& by, int limit) {
  const auto field = field_of(by);
  auto& rows = instances.get_ref<json::array_t&>();
  std::ranges::stable_sort(rows, [&](const json& x, const json& y) {
    return x[field].get<double>() > y[field].get<double>();
  });
  if (limit > 0 && rows.size() > static_cast<size_t>(limit))
    rows.resize(static_cast<size_t>(limit));
}

} // namespace neurocards::actor_report
