#include "node/http/readiness.hpp"

#include "clients/openai.hpp"
#include "node/service_faults.hpp"

namespace neurocards {

using namespace std::chrono_literals;

namespace {

constexpr auto fresh_for = 5s;
constexpr auto answer_within = 3s;

} // namespace

readiness::readiness(caf::event_based_actor* self, services services)
  : self_(self), services_(std::move(services)), store_(services_.database) {}

void readiness::ask(callback done) {
  const auto now = self_->clock().now();
  if (!probing_ && !results_.empty() && now - probed_at_ < fresh_for)
    return done(results_);
  waiting_.push_back(std::move(done));
  if (!std::exchange(probing_, true))
    start();
}

void readiness::start() {
  const auto& secrets = services_.settings.secrets;
  results_.clear();
  const auto idle = services_.roles->unable();
  const auto& maker = services_.providers.front().accounts.empty() ? services_.providers.back()
                                                                   : services_.providers.front();
  expected_ = 4 + (secrets.openai_key.empty() ? 0 : 1) + (services_.beacon ? 1 : 0) + idle.size();
  probe_database();
  probe("telegram", services_.telegram_http, services_.telegram.get_me(), telegram_fault);
  probe("webhook", services_.telegram_http, services_.telegram.get_webhook_info(),
        [settings = services_.settings](const http::response& got) {
          return webhook_fault(got, settings);
        });
  probe(maker.service.name, maker.http, maker.service.probe(maker.accounts.front().front()),
        [read = maker.service.read_probe](const http::response& got) {
          return provider_fault(read(got), got);
        });
  if (!secrets.openai_key.empty())
    probe("openai", services_.http,
          openai::api{services_.settings.openai.api_url, secrets.openai_key,
                      services_.settings.openai.proxy}
            .check(""),
          openai_fault);
  for (const auto& [role, reason] : idle)
    report({"role " + role, false, true, reason});
  if (services_.beacon)
    report({"redis", services_.beacon->healthy(), false, services_.beacon->last_error()});
}

void readiness::probe_database() {
  self_->request(store_, caf::timespan{answer_within}, store::ping{})
    .then(
      [this](const store::committed&) {
        report({"database", true, true, ""});
      },
      [this](const caf::error& err) {
        report({"database", false, true,
                err == caf::sec::request_timeout ? "no answer" : to_string(err)});
      });
}

void readiness::probe(std::string name, const http_agent_actor& by, http::request request,
                      std::function<std::string(const http::response&)> fault_of) {
  request.timeout = answer_within;
  self_->request(by, caf::infinite, std::move(request))
    .then(
      [this, name, fault_of](const http::response& got) {
        auto fault = fault_of(got);
        report({name, fault.empty(), false, std::move(fault)});
      },
      [this, name](const caf::error& err) {
        report({name, false, false, to_string(err)});
      });
}

void readiness::report(ready_check check) {
  results_.push_back(std::move(check));
  if (results_.size() < expected_)
    return;
  probing_ = false;
  probed_at_ = self_->clock().now();
  for (auto& done : std::exchange(waiting_, {}))
    done(results_);
}

} // namespace neurocards
