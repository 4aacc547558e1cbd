#include "node/cli/lever.hpp"
#include "node/cli/operator_database.hpp"
#include "node/cli/rows_text.hpp"

#include <iostream>

/// The verbs about the queue as a whole.
namespace neurocards::verbs {

namespace {

const lever the_queue{lever_subject::queue, "", "The queue"};

} // namespace

int queue_list(const invocation& in) {
  operator_database db{in.config.settings, operator_database::schema::ours};
  const auto state = db.value("SELECT status_snapshot()");
  const auto& paused = state["paused"]["queue"];
  if (in.flags.contains("--json")) {
    auto queue = state["queue"];
    queue["paused"] = paused;
    std::cout << nlohmann::json{{"queue", queue}}.dump(2) << '\n';
    return 0;
  }
  std::cout << (paused.is_null() ? "The queue is open.\n"
                                 : "The queue is PAUSED " + pause_text(paused) + "\n")
            << fields_text(state["queue"]);
  return 0;
}

int queue_pause(const invocation& in) {
  return pause(in, the_queue, "paused: no new job is started; what KIE makes already is finished");
}

int queue_resume(const invocation& in) {
  return resume(in, the_queue, "open: jobs are started again");
}

} // namespace neurocards::verbs
