#include "node/http/live_view.hpp"

#include "actors/actor_report.hpp"
#include "actors/lazy_timer.hpp"

#include <nlohmann/json.hpp>

namespace neurocards {

namespace {

using nlohmann::json;
using std::chrono::steady_clock;

constexpr std::chrono::seconds period{1};

std::string dump(const json& x) {
  return x.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// A JSON object and `configured` as one member more, without reading it.
std::string with_member(const std::string& object, const std::string& configured) {
  const auto body = object.find_first_not_of(" \n", 1);
  if (!object.starts_with('{') || body == std::string::npos)
    return object;
  return R"({"configured": )" + configured + (object[body] == '}' ? "" : ", ")
         + object.substr(body);
}

} // namespace

live_view::live_view(caf::event_based_actor* self, store_actor<store::snapshot> store,
                     std::string node, changing<std::string> configured, callback on_read)
  : self_(self), store_(std::move(store)), node_(std::move(node)),
    configured_(std::move(configured)), on_read_(std::move(on_read)) {}

void live_view::ask(callback done, std::chrono::seconds most_age) {
  if (last_ && steady_clock::now() - last_read_ < most_age)
    return done(last_);
  waiting_.push_back(std::move(done));
  read();
}

void live_view::expire() {
  last_ = nullptr;
  outdated_ = reading_;
}

void live_view::listen(http_server::responder to) {
  const auto now = steady_clock::now();
  const bool is_fresh = last_ && now - last_read_ < shelf_life;
  if (hub_.add(std::move(to), is_fresh ? event_frame("status", *last_) : "", now) && !is_fresh)
    read();
}

void live_view::start() {
  tick();
}

void live_view::tick() {
  const auto now = steady_clock::now();
  hub_.tick(now);
  if (hub_.empty()) {
    jobs_.forget();
    stalls_.forget();
  } else {
    tell_stalls();
  }
  const auto wait = hub_.empty() ? idle_period : last_ ? shelf_life : period;
  if (now - last_read_ >= wait)
    read();
  run_lazily_after(self_, period, [this] { tick(); });
}

void live_view::read() {
  if (std::exchange(reading_, true))
    return;
  self_->request(store_, patience, store::snapshot{})
    .then(
      [this](const store::snapshot_json& got) {
        settle(std::make_shared<const std::string>(with_member(got.text, *configured_.now())));
      },
      [this](const caf::error& err) { settle(err); });
}

void live_view::settle(const caf::expected<text>& got) {
  reading_ = false;
  if (std::exchange(outdated_, false))
    return read();
  last_read_ = steady_clock::now();
  last_ = got ? *got : nullptr;
  on_read_(got);
  for (const auto& done : std::exchange(waiting_, {}))
    done(got);
  if (got)
    tell(**got);
}

void live_view::tell(const std::string& snapshot) {
  if (hub_.empty())
    return;
  const auto now = steady_clock::now();
  if (now - last_told_ < period)
    return; // the next reading is told
  last_told_ = now;
  hub_.publish("status", snapshot, now);
  const auto state = json::parse(snapshot, nullptr, false);
  if (!state.is_object())
    return;
  for (const auto& x : jobs_.on_snapshot(state))
    hub_.publish("job", dump(x), now);
}

void live_view::tell_stalls() {
  const auto now = steady_clock::now();
  for (auto& x : stalls_.on_report(actor_report::stalls())) {
    x["node"] = node_;
    hub_.publish("stall", dump(x), now);
  }
}

} // namespace neurocards
