#include "db/listener.hpp"

#include "base/jitter.hpp"
#include "base/log.hpp"

#include <memory>
#include <set>

#include <pqxx/notification>

namespace neurocards::db {

namespace {

using namespace std::chrono_literals;

constexpr auto longest_pause = 3s;

/// Collects the channels notified during one get_notifs(): ten notifications are one reason to
/// ask.
class ear : public pqxx::notification_receiver {
public:
  ear(pqxx::connection_base& on, const std::string& name, std::set<std::string>& heard)
    : notification_receiver(on, name), heard_(heard) {}

  void operator()(const std::string&, int) override { heard_.insert(channel()); }

private:
  std::set<std::string>& heard_;
};

} // namespace

listener::listener(listener_config config, callback heard)
  : config_(std::move(config)), heard_(std::move(heard)) {
  config_.connection.application_name += "/listener";
  thread_ = std::thread{[this] { run(); }};
}

listener::~listener() {
  stop_.raise();
  thread_.join();
  if (config_.told)
    config_.told({});
}

void listener::run() {
  while (!stop_.raised()) {
    try {
      listen();
    } catch (const std::exception& err) {
      ++failures_;
      if ((failures_ & (failures_ - 1)) == 0)
        log::warn("listener.connection_failed", "times", failures_, "error", err.what());
      if (config_.told)
        config_.told(err.what());
    }
    const auto pause =
      std::min<std::chrono::nanoseconds>(100ms * (1 << std::min(failures_, 6)), longest_pause);
    wait_socket(-1, std::chrono::ceil<std::chrono::milliseconds>(with_jitter(pause)), stop_);
  }
}

void listener::listen() {
  const auto on = connect(config_.connection);
  std::set<std::string> heard;
  std::vector<std::unique_ptr<ear>> ears;
  for (const auto& channel : config_.channels)
    ears.push_back(std::make_unique<ear>(*on, channel, heard));
  if (failures_ > 0)
    log::info("listener.listens_again", "failures", failures_);
  failures_ = 0;
  if (config_.told)
    config_.told({});
  if (config_.connected)
    config_.connected();
  else
    heard.insert(config_.channels.begin(), config_.channels.end());
  for (;;) {
    for (const auto& channel : heard)
      heard_(channel);
    heard.clear();
    switch (wait_socket(on->sock(), 1min, stop_)) {
      case wait_result::stopped:
        return;
      case wait_result::timed_out:
        break;
      case wait_result::readable:
        on->get_notifs();
    }
    if (!on->is_open())
      throw pqxx::broken_connection{"the server hung up"};
  }
}

} // namespace neurocards::db
