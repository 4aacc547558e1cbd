#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace neurocards::bench {

class stopwatch {
public:
  double seconds() const {
    return std::chrono::duration<double>{std::chrono::steady_clock::now() - begin_}.count();
  }

private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

double median(std::vector<double>);

/// The value below which `part` (0 … 1) of the others lie.
double quantile(std::vector<double>, double part);

/// What a figure ought to be, and what it must not miss.
struct target {
  enum class side : uint8_t { none, at_least, at_most };
  side better = side::none;
  double goal = 0;
  double floor = 0;
};

constexpr target at_least(double goal, double floor) {
  return {target::side::at_least, goal, floor};
}
constexpr target at_least(double goal) {
  return at_least(goal, goal);
}
constexpr target at_most(double goal, double floor) {
  return {target::side::at_most, goal, floor};
}
constexpr target at_most(double goal) {
  return at_most(goal, goal);
}

/// A line of the table. `name` begins with the goal that it belongs to ("P1 …").
void report(const std::string& name, double value, const std::string& unit, target = {});

/// The same for a figure that stands in a table of its own: only the JSON gets it.
void keep_figure(const std::string& name, double value, const std::string& unit);

/// The ratio of two figures of this run, the second of which is a ceiling or what it was without.
void compare(const std::string& name, double value, double ceiling, target = {});

/// All that was reported so far, with the state of the machine, as one JSON object.
std::string report_as_json();

} // namespace neurocards::bench
