#pragma once

#include "tests/support/world.hpp"

namespace neurocards::chaos {

struct window_options {
  int kills = 5;
  int jobs = 1;           // under way at each kill
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

/// A worker dies exactly between KIE's answer to createTask and our commit of it, again and again;
/// each time another takes over. The moment is no matter of luck: the database lets no task be
/// saved while a lock is held, and the worker is killed while it waits there with KIE's answer in
/// its hands, before anything of it can be committed.
class window_round {
public:
  explicit window_round(window_options);

  /// Kills as often as wished, and waits until every job has its video.
  window_bill play();

  testing::world world;

private:
  window_bill play_on();
  void start_node();
  void order_first();
  void strike();
  void order(int64_t first, int count);
  void wait_for_window(int64_t tasks);
  void forget_the_dead();
  void end_tasks(int64_t first);
  void finish_all();
  int64_t tasks();
  int64_t jobs();
  int64_t photos_fetched();
  bool worker_waits();

  window_options options_;
  std::string address_;
  testing::process* node_ = nullptr;
  window_bill bill_;
};

} // namespace neurocards::chaos
