#pragma once

#include "bench/simulation/bot.hpp"
#include "bench/simulation/conditions.hpp"
#include "bench/simulation/entities.hpp"
#include "bench/simulation/figures.hpp"
#include "bench/simulation/key_box.hpp"

#include <random>

namespace neurocards::simulation {

/// An installation as it lives through some hours: people come, write to their bots and order;
/// workers claim, have scripts written, create tasks within the accounts' budgets, poll them by the
/// product's own schedule; bots send at the product's own pace. Events and numbers only: the same
/// conditions give the same figures.
class installation {
public:
  explicit installation(const conditions&);

  figures run();

private:
  void happen(const event&);

  // people (installation_people.cpp)
  double orders_per_second(double hour) const;
  double hour_of(time_point) const;
  void plan_visit(uint32_t bot);
  void come(uint32_t bot);
  void act(uint32_t order);
  void launch(uint32_t order);
  void say(message_kind, uint32_t subject, const order& to);
  void wake(uint32_t bot);
  void send(uint32_t bot);
  void end_of_message(uint32_t message);
  void check_progress(uint32_t bot);

  // workers (installation_jobs.cpp)
  void claim(uint32_t node);
  void claim_somewhere();
  void start(uint32_t job, uint32_t node);
  void write_script(uint32_t job);
  void end_script(uint32_t job);
  void try_creation(uint32_t job);
  void end_creation(uint32_t job);
  void poll(uint32_t job);
  void end_poll(uint32_t job);
  void end_task(uint32_t job);
  void end_job(uint32_t job, bool completed);
  void retry(uint32_t job);
  void enqueue(uint32_t job);

  double random() { return std::uniform_real_distribution<double>{0.0, 1.0}(chance_); }
  bool counts_now() const { return now_ >= counted_from_ && now_ < counted_to_; }
  void plan(duration wait, happening kind, uint32_t subject) {
    agenda_.add(now_ + wait, kind, subject);
  }

  /// Where what happens now is counted.
  counts& tally() { return counts_now() ? counts_ : uncounted_; }

  const conditions given_;
  std::mt19937_64 chance_;
  agenda agenda_;
  time_point now_;
  time_point end_;
  time_point counted_from_, counted_to_;

  std::vector<bot> bots_;
  std::vector<std::deque<uint32_t>> open_orders_; // by bot, the one checked longest ago first
  pool<order> orders_;
  pool<job> jobs_;
  pool<message> messages_;
  std::vector<node> nodes_;
  key_box keys_;
  creation_budget claims_;
  job_queue queue_;
  duration query_spacing_{};
  uint64_t claims_made_ = 0;
  size_t in_flight_ = 0;
  size_t unsent_ = 0;
  counts counts_;
  counts uncounted_;
};

} // namespace neurocards::simulation
