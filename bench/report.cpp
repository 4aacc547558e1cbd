#include "bench/report.hpp"

#include "bench/extent.hpp"
#include "node/build.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include <nlohmann/json.hpp>

namespace neurocards::bench {

namespace {

using nlohmann::json;

json& figures() {
  static json result = json::array();
  return result;
}

bool reaches(const target& wanted, double value, double limit) {
  return wanted.better == target::side::at_least ? value >= limit : value <= limit;
}

/// "goal at least 0.55", and whether it is missed.
std::string words_on(const target& wanted, double value) {
  if (wanted.better == target::side::none || chosen_extent().is_quick)
    return {};
  std::array<char, 80> text{};
  std::snprintf(text.data(), text.size(), "  %s %g%s",
                wanted.better == target::side::at_least ? "at least" : "at most", wanted.goal,
                reaches(wanted, value, wanted.goal)    ? ""
                : reaches(wanted, value, wanted.floor) ? ": missed"
                                                       : ": missed, and the floor too");
  return text.data();
}

void keep(json figure, const std::string& name, const target& wanted) {
  const auto space = name.find(' ');
  figure["goal"] = name.substr(0, space);
  figure["name"] = name.substr(space + 1);
  if (wanted.better != target::side::none) {
    const double value = figure.at("value");
    figure[wanted.better == target::side::at_least ? "at_least" : "at_most"] = wanted.goal;
    figure["floor"] = wanted.floor;
    figure["met"] = reaches(wanted, value, wanted.goal);
    figure["floor_met"] = reaches(wanted, value, wanted.floor);
  }
  figures().push_back(std::move(figure));
}

} // namespace

double median(std::vector<double> x) {
  return quantile(std::move(x), 0.5);
}

double quantile(std::vector<double> x, double part) {
  std::ranges::sort(x);
  return x.at(std::min(x.size() - 1, static_cast<size_t>(part * static_cast<double>(x.size()))));
}

void report(const std::string& name, double value, const std::string& unit, target wanted) {
  std::printf("%-62s %12.1f %s%s\n", name.c_str(), value, unit.c_str(),
              words_on(wanted, value).c_str());
  std::fflush(stdout);
  keep({{"value", value}, {"unit", unit}}, name, wanted);
}

void keep_figure(const std::string& name, double value, const std::string& unit) {
  keep({{"value", value}, {"unit", unit}}, name, {});
}

void compare(const std::string& name, double value, double ceiling, target wanted) {
  const double ratio = value / ceiling;
  std::printf("%-62s %12.2f x%s\n", name.c_str(), ratio, words_on(wanted, ratio).c_str());
  std::fflush(stdout);
  keep({{"value", ratio}, {"unit", "x"}, {"of", value}, {"against", ceiling}}, name, wanted);
}

std::string report_as_json() {
  std::array<double, 3> load{};
  if (::getloadavg(load.data(), 3) != 3)
    load = {};
  const json result{{"version", std::string{build::version}},
                    {"commit", std::string{build::commit}},
                    {"is_quick", chosen_extent().is_quick},
                    {"rounds", rounds()},
                    {"processors", std::thread::hardware_concurrency()},
                    {"load", load},
                    {"figures", figures()}};
  return result.dump(2) + "\n";
}

} // namespace neurocards::bench
