#include "actors/actor_inspector.hpp"

#include "actors/actor_kinds.hpp"
#include "actors/actor_report.hpp"
#include "actors/actor_watch.hpp"
#include "actors/post.hpp"
#include "actors/run_after.hpp"

#include <memory>

#include <nlohmann/json.hpp>

namespace neurocards {

namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using std::chrono::steady_clock;

/// An actor that has not come to a probe by then does not answer.
constexpr caf::timespan probe_patience = 1s;

/// How long is measured at least before `detail` is told.
constexpr auto measured_for = 1s;

std::string dump(const json& x) {
  return x.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// An actor of that kind; null: it has ended, or never was.
caf::weak_actor_ptr find_instance(const actors_query& query) {
  caf::weak_actor_ptr result;
  if (auto* kind = find_kind(query.kind))
    for_each_instance(*kind, [&](actor_instance& x) {
      if (x.id() == query.id)
        result = x.address();
    });
  return result;
}

/// What an instance says of itself, told inside it.
json told_by(actor_instance& x, steady_clock::time_point asked) {
  x.is_probed = true;
  const auto now = steady_clock::now();
  const auto waited = std::chrono::duration<double, std::milli>{now - asked};
  json result{{"label", x.label()},
              {"waiting", std::max<int64_t>(x.waiting.load(), 0)},
              {"handled", x.handled.load()},
              {"answered_ms", waited.count()},
              {"describe", json::parse(x.describe(), nullptr, false)}};
  actor_report::add_last_message(result, x, now);
  return result;
}

/// What others see of one that does not come to the probe; null: it has ended meanwhile.
json seen_from_outside(const actors_query& query) {
  json found;
  actor_report::add_instances(found, {{}, query.kind, 0, {}, 0, false});
  for (const auto& x : found.value("instances", json::array()))
    if (x["id"] == query.id)
      return x;
  return nullptr;
}

} // namespace

std::string unanswered(const std::string& node, const std::string& error) {
  return dump({{"node", node}, {"error", error}});
}

void actor_inspector::answer(const actors_query& query, callback done) {
  const auto watched_since = actor_watch::renew();
  if (query.id != 0)
    return probe(query, std::move(done));
  if (!query.kind.empty())
    return tell_instances(query, done);
  const auto left = watched_since + measured_for - steady_clock::now();
  if (!query.detail || left <= 0s)
    return tell_kinds(done);
  run_after(self_, std::chrono::duration_cast<caf::timespan>(left),
            [this, done = std::move(done)] { tell_kinds(done); });
}

void actor_inspector::tell_kinds(const callback& done) const {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  json result{{"node", node_},
              {"version", version_},
              {"profiler", true}, // times by message, without CAF's own
              {"at", std::chrono::duration<double>{now}.count()}};
  actor_report::add_kinds(result);
  done(dump(result));
}

void actor_inspector::tell_instances(const actors_query& query, const callback& done) const {
  json result{{"node", node_}, {"kind", query.kind}};
  actor_report::add_instances(result, query);
  done(dump(result));
}

void actor_inspector::probe(const actors_query& query, callback done) {
  json head{{"node", node_}, {"kind", query.kind}, {"id", query.id}};
  const auto target = find_instance(query);
  const auto open = std::make_shared<callback>(std::move(done)); // empty: answered
  const auto tell = [open, head](const json& more) {
    auto whole = head;
    whole.update(more);
    if (const auto answered = std::exchange(*open, nullptr))
      answered(dump(whole));
  };
  if (!target)
    return tell({{"missing", true}});
  const auto ask = [target, tell, asked = steady_clock::now(),
                    me = caf::weak_actor_ptr{self_->ctrl()}] {
    auto* strong = target.get() ? target->get() : nullptr;
    auto* known = dynamic_cast<actor_instance*>(strong);
    if (!known)
      return;
    post(me, [tell, told = told_by(*known, asked)] { tell(told); });
  };
  post(target, ask);
  run_after(self_, probe_patience, [tell, query, open] {
    if (!*open)
      return;
    auto seen = seen_from_outside(query);
    if (seen.is_null())
      return tell({{"missing", true}});
    seen["stuck"] = true;
    tell(seen);
  });
}

} // namespace neurocards
