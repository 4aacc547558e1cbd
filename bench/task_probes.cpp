#include "bench/task_probes.hpp"

#include "actors/run_after.hpp"

#include <charconv>

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>

namespace neurocards::bench {

namespace {

struct probe {
  static constexpr const char* name = "probe";

  caf::event_based_actor* self;
  http_agent_actor http;
  std::string url;
  caf::timespan interval{};

  explicit probe(caf::event_based_actor* x) : self(x) {}

  void wait(caf::timespan delay) {
    run_after(self, delay, [this, due = task_probes::clock::now() + delay] { ask(due); });
  }

  void ask(task_probes::clock::time_point due) {
    http::request request;
    request.url = url + "/probe?due=" + std::to_string(due.time_since_epoch().count());
    request.label = "probe";
    self->request(http, caf::infinite, std::move(request))
      .then([](const http::response&) {}, [](const caf::error&) {});
    wait(interval);
  }
};

} // namespace

task_probes::task_probes(caf::actor_system& sys, const http_agent_actor& http,
                         const std::string& url, int count, caf::timespan interval) {
  for (int i = 0; i < count; ++i)
    probes_.push_back(sys.spawn([&, i](caf::stateful_actor<probe>* self) -> caf::behavior {
      self->state.http = http;
      self->state.url = url;
      self->state.interval = interval;
      self->state.wait(interval * i / count);
      return {[](int) {}};
    }));
}

task_probes::~task_probes() {
  for (const auto& x : probes_)
    caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
}

double task_probes::lateness_ms(std::string_view due, clock::time_point now) {
  clock::rep ticks = 0;
  std::from_chars(due.data(), due.data() + due.size(), ticks);
  const clock::time_point planned{clock::duration{ticks}};
  return std::chrono::duration<double, std::milli>{now - planned}.count();
}

} // namespace neurocards::bench
