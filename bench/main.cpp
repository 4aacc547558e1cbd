#include "base/log.hpp"
#include "bench/measures.hpp"
#include "bench/server.hpp"
#include "protocol/fwd.hpp"

#include <cstdio>
#include <map>
#include <stdexcept>
#include <string>

int main(int argc, char** argv) {
  using namespace neurocards;
  const std::map<std::string, void (*)()> all{
    {"lives", bench::measure_lives},     {"orders", bench::measure_orders},
    {"pickup", bench::measure_pickup},   {"polls", bench::measure_polls},
    {"jobs", bench::measure_jobs},       {"updates", bench::measure_updates},
    {"sending", bench::measure_sending}, {"takeover", bench::measure_takeover},
    {"metrics", bench::measure_metrics}};
  init_protocol();
  log::start({log::level::error, false, ""});
  try {
    bench::use_server();
    for (int i = 1; i < argc; ++i) {
      const auto found = all.find(argv[i]);
      if (found == all.end()) {
        std::fprintf(stderr, "\"%s\" is no measurement; there are:", argv[i]);
        for (const auto& [name, _] : all)
          std::fprintf(stderr, " %s", name.c_str());
        std::fprintf(stderr, "\n");
        return 2;
      }
      found->second();
    }
    if (argc == 1)
      for (const auto& [_, measure] : all)
        measure();
  } catch (const std::exception& err) {
    std::fprintf(stderr, "bench: %s\n", err.what());
    return 1;
  }
  return 0;
}
