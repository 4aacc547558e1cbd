#pragma once

#include "sandbox/kie/task_life.hpp"

#include <nlohmann/json_fwd.hpp>

#include <deque>
#include <string>
#include <unordered_map>

namespace neurocards::sandbox::kie {

struct task {
  std::string id;
  std::string model;
  std::string key;      // that created it
  std::string param;    // the whole request (JSON)
  std::string callback; // address; empty: none
  std::string image_url;
  std::string host;               // where the creator reached us, for addresses of results
  std::string rule;               // of the script for this task (JSON); empty: none
  std::string fail_code = "\"\""; // JSON: a string, a number or null
  std::string fail_msg = "\"\"";  // JSON
  std::string video;              // blob
  double price = 0;
  bool portrait = false;
  bool settled = false; // its end was booked and called back
  int64_t polls = 0;    // recordInfo calls
  task_life life{};
};

/// All tasks in the order of their creation.
class tasks {
public:
  tasks();

  task& add(task t); // gives it its id
  task* find(const std::string& id);
  const std::deque<task>& all() const { return all_; }
  void clear();

private:
  std::deque<task> all_;
  std::unordered_map<std::string, task*> by_id_;
  std::string salt_; // so that ids differ from those of an earlier run
  uint64_t number_ = 0;
};

/// `data` of recordInfo and of callbacks. `result_url`: of the video, for a task that succeeded.
nlohmann::json record(const task& t, int64_t now, const std::string& result_url);

/// The task for `/control/tasks`.
nlohmann::json describe(const task& t, int64_t now);

} // namespace neurocards::sandbox::kie
