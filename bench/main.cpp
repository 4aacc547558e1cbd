#include "base/log.hpp"
#include "bench/extent.hpp"
#include "bench/measures.hpp"
#include "bench/report.hpp"
#include "bench/server.hpp"
#include "protocol/fwd.hpp"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace neurocards::bench {

namespace {

struct measurement {
  const char* name;
  void (*measure)();
};

constexpr measurement all[]{{"lives", measure_lives},           {"orders", measure_orders},
                            {"pickup", measure_pickup},         {"jobs", measure_jobs},
                            {"tasks", measure_many_tasks},      {"polls", measure_polls},
                            {"updates", measure_updates},       {"history", measure_history},
                            {"takeover", measure_takeover},     {"sending", measure_sending},
                            {"metrics", measure_metrics},       {"idle", measure_idleness},
                            {"dashboards", measure_dashboards}, {"capacity", measure_capacity},
                            {"simulation", measure_simulation}};

const measurement& find(const std::string& name) {
  const auto found =
    std::ranges::find_if(all, [&](const measurement& x) { return name == x.name; });
  if (found != std::end(all))
    return *found;
  std::string names;
  for (const auto& x : all)
    names += std::string{" "} + x.name;
  throw std::invalid_argument("\"" + name + "\" is no measurement; there are:" + names);
}

struct command_line {
  std::vector<measurement> wanted;
  std::string json; // file; empty: none
};

command_line parse(int argc, char** argv) {
  command_line result;
  auto& much = chosen_extent();
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--quick") {
      much = {.rounds = 1,
              .is_quick = true,
              .finished_jobs = 5'000,
              .known_users = 1'000,
              .live_conversations = 500};
    } else if (word.starts_with("--rounds=")) {
      much.rounds = std::max(1, std::stoi(word.substr(9)));
    } else if (word.starts_with("--history=")) {
      much.finished_jobs = std::stoll(word.substr(10));
      much.known_users = std::max<int64_t>(1, much.finished_jobs / 10);
      // Fewer would weigh the buffers of their process and not them.
      const int64_t least = much.is_quick ? 1 : 20'000;
      much.live_conversations = static_cast<int>(std::max(least, much.finished_jobs / 100));
    } else if (word.starts_with("--json=")) {
      result.json = word.substr(7);
    } else {
      result.wanted.push_back(find(word));
    }
  }
  if (result.wanted.empty())
    result.wanted.assign(std::begin(all), std::end(all));
  return result;
}

int run(int argc, char** argv) {
  const auto command = parse(argc, argv);
  use_server();
  for (const auto& x : command.wanted)
    x.measure();
  if (!command.json.empty())
    std::ofstream{command.json} << report_as_json();
  return 0;
}

} // namespace

} // namespace neurocards::bench

int main(int argc, char** argv) {
  using namespace neurocards;
  init_protocol();
  log::start({log::level::error, false, ""});
  try {
    return bench::run(argc, argv);
  } catch (const std::invalid_argument& err) {
    std::fprintf(stderr, "%s\n", err.what());
    return 2;
  } catch (const std::exception& err) {
    std::fprintf(stderr, "bench: %s\n", err.what());
    return 1;
  }
}
