#pragma once

#include "bench/simulation/agenda.hpp"

#include <deque>
#include <map>
#include <tuple>
#include <vector>

/// Who takes part in the simulation, as plain values; what they do is in `installation`.
namespace neurocards::simulation {

/// A draft until it is launched, then the jobs that came of it and their progress message.
struct order {
  uint32_t bot = 0;
  int64_t chat = 0;
  int replies_left = 0;
  int videos = 0;
  int waiting = 0, writing = 0, making = 0, ended = 0; // jobs
  time_point first_task{};
  bool is_launched = false;

  /// What its progress message would say. `claims`: how many there were, for jobs that wait hear
  /// how many are before them.
  std::tuple<int, int, int, int, int64_t, uint64_t> state(time_point now, uint64_t claims) const {
    const auto minutes = making > 0 ? (now - first_task) / std::chrono::minutes{1} : 0;
    return {waiting, writing, making, ended, minutes, waiting > 0 ? claims : 0};
  }
  std::tuple<int, int, int, int, int64_t, uint64_t> shown{};
};

struct job {
  uint32_t order = 0;
  uint32_t node = 0;
  size_t key = 0;
  int attempts = 0;
  bool was_claimed = false; // once
  bool was_created = false; // a task, once
  time_point ordered;
  time_point ends; // when the provider has done with its task
  time_point polled;
  time_point give_up;
};

/// A worker.
struct node {
  int held = 0;
  int scripts = 0; // that OpenAI writes now
  std::deque<uint32_t> scripts_wait;
  std::vector<time_point> free_from; // by key: the next query
};

/// Values that come and go, by numbers that are used again.
template <class T>
class pool {
public:
  uint32_t add(T value) {
    if (free_.empty()) {
      values_.push_back(std::move(value));
      return static_cast<uint32_t>(values_.size() - 1);
    }
    const auto result = free_.back();
    free_.pop_back();
    values_[result] = std::move(value);
    return result;
  }

  void remove(uint32_t number) { free_.push_back(number); }

  T& operator[](uint32_t number) { return values_[number]; }

private:
  std::vector<T> values_;
  std::vector<uint32_t> free_;
};

/// Jobs without a task, in rounds: one of each user in every round (sql/functions/claim_jobs.sql).
class job_queue {
public:
  /// It comes after all of its user that wait, and not in the round under way.
  void add(uint32_t job, int64_t user) {
    auto& last = last_turn_[user];
    last = std::max(last, round_) + 1;
    jobs_.emplace(std::pair{last, ++added_}, job);
  }

  bool empty() const { return jobs_.empty(); }
  size_t size() const { return jobs_.size(); }

  uint32_t take() {
    const auto first = jobs_.begin();
    const auto result = first->second;
    round_ = std::max(round_, first->first.first);
    jobs_.erase(first);
    if (jobs_.empty())
      last_turn_.clear(); // all turns are in the past
    return result;
  }

private:
  std::map<std::pair<int64_t, uint64_t>, uint32_t> jobs_;
  std::map<int64_t, int64_t> last_turn_; // by user
  int64_t round_ = 0;
  uint64_t added_ = 0;
};

} // namespace neurocards::simulation
