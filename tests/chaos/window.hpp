#pragma once

#include "tests/support/world.hpp"

namespace neurocards::test::chaos {

struct window_options {
  int kills = 5;
  int workers = 1;        // that die at one moment, a kill each
  int jobs = 1;           // under way at each of them
  bool callbacks = false; // KIE is told where the node can be called
  bool runware = false;   // instead of KIE
};

/// What KIE was paid for, and what for.
struct window_bill {
  int kills = 0;
  int64_t jobs = 0;
  int64_t tasks = 0;   // that KIE created
  int64_t adopted = 0; // of them came back by their callbacks ...
  int64_t waited = 0;  // ... to a worker that was waiting for them already

  int64_t in_vain() const { return tasks - jobs; }
};

/// Workers die exactly between the provider's answer to a creation and our commit of it, again and
/// again; each time others take over. The moment is no matter of luck: the database lets no task be
/// saved while a lock is held, and a worker is killed while it waits there with the answer in its
/// hands, before anything of it can be committed. The bot is a program of its own and lives on.
class window_round {
public:
  explicit window_round(window_options);

  /// Kills as often as wished, and waits until every job has its video.
  window_bill play();

  test::world world;

private:
  struct worker {
    std::string name;
    std::string address;
    test::process* program = nullptr;
  };

  window_bill play_on();
  void start_bot();
  void start_workers();
  void order_first();
  void strike();
  int jobs_of_a_strike() const { return options_.workers * options_.jobs; }
  void wait_for_window(int64_t tasks);
  void forget_the_dead();
  void end_tasks(int64_t first);
  void finish_all();
  int64_t tasks();
  int64_t jobs();
  int64_t photos_fetched();
  bool workers_wait();
  std::string outputs() const;

  window_options options_;
  std::vector<worker> workers_;
  int strikes_ = 0;
  window_bill bill_;
};

} // namespace neurocards::test::chaos
