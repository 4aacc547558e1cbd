#include "tests/chaos/arena.hpp"

#include <iostream>

namespace neurocards::test::chaos {

using namespace std::chrono_literals;

namespace {

constexpr int64_t first_user = 1001;

/// With odd seeds nobody waits as long for an orphan as a task takes: its video becomes a gift.
/// With even ones it is adopted, if KIE can call back.
void shape(test::world& w, uint64_t seed) {
  if (seed % 2 == 0)
    w.options.emplace_back("--kie.orphan-grace=8s");
  for (const auto* x :
       {"--limits.unfinished-jobs=0", "--limits.messages-per-minute=0",
        "--limits.photos-per-hour=0", "--credits.welcome=100000", "--kie.private-downloads=true",
        "--kie.key-cooldown=1s", "--kie.billing-rest=2s", "--kie.model-rest=2s",
        "--kie.http-timeout=4s", "--telegram.http-timeout=6s", "--openai.timeout=2s",
        "--drain.limit=3s", "--log.level=info"})
    w.options.emplace_back(x);
  w.services.post("settings", {{"kie_time", 2'500}, {"calls_kept", 100}});
}

} // namespace

// ── nodes ────────────────────────────────────────────────────────────────────────────────────────

node_places::node_places(test::world& w, diary& d, const plan_options& o)
  : world_(w), diary_(d), places_(o.nodes) {
  give_addresses(o.webhook);
}

/// Each node comes back where it was, so that callbacks find it. When polling, one has no address
/// for them; with webhooks all are behind one.
void node_places::give_addresses(bool webhook) {
  std::vector<uint16_t> ports;
  for (auto& x : places_) {
    ports.push_back(test::free_port());
    x.url = "http://127.0.0.1:" + std::to_string(ports.back());
    x.options = {"--http.listen=" + x.url.substr(7)};
    if (!webhook && ports.size() > 1)
      x.options.push_back("--http.public-url=" + x.url);
  }
  if (!webhook)
    return;
  public_.emplace();
  for (const auto port : ports)
    public_->add(port);
  world_.variables["TELEGRAM_WEBHOOK_SECRET"] = "chaos-webhook-secret";
  world_.options.emplace_back("--telegram.mode=webhook");
  world_.options.push_back("--http.public-url=" + public_->url());
}

void node_places::start(place& x) {
  x.node = &world_.launch_node(x.options);
  ++diary_.starts;
}

void node_places::bury(place& x) {
  x.node = nullptr;
  x.wake.reset();
  x.last_chance.reset();
  x.back = clock::now() + x.away;
}

bool node_places::strike(const event& e) {
  auto& x = places_.at(e.target);
  if (!x.node || x.wake || x.last_chance)
    return false;
  x.away = e.length;
  if (e.kind == deed::kill) {
    x.node->kill();
    bury(x);
  } else if (e.kind == deed::freeze) {
    x.node->signal(SIGSTOP);
    x.wake = clock::now() + e.length;
  } else {
    x.node->signal(SIGTERM);
    x.last_chance = clock::now() + 30s;
  }
  return true;
}

bool node_places::reload(const event& e) {
  const auto& x = places_.at(e.target);
  // A program that has not come to its first line cannot hear anything yet.
  if (!x.node || x.wake || x.node->output().empty())
    return false;
  x.node->signal(SIGHUP);
  return true;
}

void node_places::step() {
  const auto now = clock::now();
  for (auto& x : places_) {
    if (!x.node) {
      if (now >= x.back)
        start(x);
      continue;
    }
    if (x.wake && now >= *x.wake) {
      x.node->signal(SIGCONT);
      x.wake.reset();
    }
    if (x.last_chance && now >= *x.last_chance) {
      ++diary_.slow_drains;
      x.node->kill();
      bury(x);
    } else if (!x.node->running()) {
      if (!x.last_chance) {
        ++diary_.ended_alone;
        std::cout << "a node ended by itself:\n" << x.node->output() << '\n';
      }
      bury(x);
    }
  }
}

size_t node_places::ready() const {
  return static_cast<size_t>(std::ranges::count_if(places_, [](const place& x) {
    return x.node && !x.wake && test::web_get(x.url + "/readyz").status == 200;
  }));
}

void node_places::calm() {
  for (auto& x : places_)
    if (x.wake)
      x.wake = clock::now();
  wait_until("all nodes to be ready again", [this] {
    step();
    return ready() == places_.size();
  });
}

// ── the round ────────────────────────────────────────────────────────────────────────────────────

arena::arena(plan_options o) : options_(o), nodes_(world, notes, o) {
  shape(world, o.seed);
  for (size_t i = 0; i < o.customers; ++i)
    customers.emplace_back(world.services, first_user + static_cast<int64_t>(i));
}

void arena::play() {
  nodes_.calm();
  const auto plan = make_plan(options_);
  const auto begin = clock::now();
  auto next = plan.begin();
  wait_until(
    "the end of the plan",
    [&] {
      while (next != plan.end() && clock::now() - begin >= next->time)
        happen(*next++);
      step();
      return next == plan.end() && clock::now() - begin >= options_.length;
    },
    options_.length + 120s);
  for (const auto* service : {"kie", "telegram", "openai"}) // those that nothing has used up
    test::web_delete(world.services.url() + "/control/script?service=" + service);
  troubles_.calm();
  nodes_.calm();
  wait_until_quiet();
  world.db.reconnect();
}

void arena::step() {
  nodes_.step();
  troubles_.step();
  for (auto& x : customers)
    x.step();
}

void arena::happen(const event& e) {
  const auto now = std::chrono::system_clock::now();
  bool done = true;
  switch (e.kind) {
    case deed::order:
      customers.at(e.target).wants(e.count);
      break;
    case deed::fault:
      add_fault(e);
      break;
    case deed::break_postgres:
      done = troubles_.crash();
      break;
    case deed::standby:
      done = troubles_.become_standby(e.length);
      break;
    case deed::lock_rows:
      troubles_.lock_rows(e.length);
      break;
    case deed::reload:
      done = nodes_.reload(e);
      break;
    default:
      done = nodes_.strike(e);
  }
  ++notes.done[done ? to_string(e.kind) : "skipped"];
  const bool harmless = e.kind == deed::order || e.kind == deed::reload;
  if (done && !harmless && (e.kind != deed::fault || faults().at(e.target).loses_sent))
    notes.may_double.push_back({now, std::chrono::system_clock::now() + e.length});
}

void arena::add_fault(const event& e) {
  auto rule = nlohmann::json::parse(faults().at(e.target).rule);
  rule["count"] = e.count;
  world.services.post("script", rule);
  ++notes.faults[faults().at(e.target).name];
}

void arena::wait_until_quiet() {
  wait_until(
    "quiet after the round",
    [this] {
      step();
      return test::all_quiet(everything());
    },
    180s);
}

} // namespace neurocards::test::chaos
