#include "bench/report.hpp"

#include <algorithm>
#include <cstdio>

namespace neurocards::bench {

double median(std::vector<double> x) {
  return quantile(std::move(x), 0.5);
}

double quantile(std::vector<double> x, double part) {
  std::ranges::sort(x);
  return x.at(std::min(x.size() - 1, static_cast<size_t>(part * static_cast<double>(x.size()))));
}

void report(const std::string& name, double value, const std::string& unit) {
  std::printf("%-62s %12.1f %s\n", name.c_str(), value, unit.c_str());
  std::fflush(stdout);
}

void compare(const std::string& name, double ratio) {
  std::printf("%-62s %12.2f x\n", name.c_str(), ratio);
  std::fflush(stdout);
}

} // namespace neurocards::bench
