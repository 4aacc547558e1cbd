#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace neurocards::bench {

constexpr int rounds = 3; // medians are reported

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

void report(const std::string& name, double value, const std::string& unit);
void compare(const std::string& name, double ratio);

} // namespace neurocards::bench
