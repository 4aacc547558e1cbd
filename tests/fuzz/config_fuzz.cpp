#include "node/config/file.hpp"
#include "node/config/load.hpp"
#include "node/config/secrets.hpp"
#include "node/config/value.hpp"
#include "protocol/fwd.hpp"
#include "tests/fuzz/fuzz.hpp"

// cluster.conf with its models and prices, .env, and values on the command line.

using namespace neurocards;
using namespace neurocards::test::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const bool ready = (init_protocol(), true); // CAF's errors can be read from here on
  (void)ready;
  constexpr std::string_view token = "a-secret-nobody-may-see-0123456789";
  input in{data, size};
  if (in.rest().find(token) != std::string::npos)
    return 0; // libFuzzer reads it from the program, and what it writes itself it may read again
  config::sources from;
  from.options = {in.line()};
  from.dot_env = in.line() + "\nBOT_TOKEN=1:" + std::string{token} + "\n";
  from.text = in.rest();
  const auto got = config::load(from, config::need::services);
  for (const auto& lines : {got.faults, got.warnings})
    for (const auto& x : lines) {
      require(!x.empty() && x.find('\n') == std::string::npos, "a fault is one line");
      require(x.find(token) == std::string::npos, "no fault shows a secret");
    }
  if (got.faults.empty())
    require(config::faults_of(got.settings, config::need::services).empty(),
            "settings without faults have none");
  (void)config::from_text(from.options[0]);
  return 0;
}
