#include "node/config/keys.hpp"
#include "node/config/load.hpp"
#include "tests/support/folders.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <string>

using namespace neurocards;
using namespace neurocards::config;

namespace {

/// What the owner and the design promise, written here and nowhere made from the program.
const std::map<std::string, std::string> promised{
  {"telegram.mode", "polling"},
  {"telegram.http-timeout", "180s"},
  {"telegram.proxy", ""},
  {"worker.claim-interval", "2s"},
  {"kie.poll-interval", "15s"},
  {"kie.poll-timeout", "30min"},
  {"kie.max-attempts", "3"},
  {"kie.create-budget", "18"},
  {"kie.query-budget", "10"},
  {"kie.outage-patience", "6h"},
  {"kie.outage-probe", "30s"},
  {"notifier.rate", "30"},
  {"notifier.per-chat-rate", "1"},
  {"storage.kind", "local"},
  {"http.listen", "127.0.0.1:8080"},
  {"http.public-url", ""},
  {"db.lease", "30s"},
  {"drain.limit", "10s"},
  {"drain.call-limit", "65s"},
  {"log.file", ""},
};

std::string unquoted(std::string x) {
  if (x.size() >= 2 && x.front() == '"' && x.back() == '"')
    x = x.substr(1, x.size() - 2);
  return x;
}

void check_promised(const loaded& x) {
  REQUIRE(x.faults.empty());
  size_t found = 0;
  for (const auto& key : keys()) {
    const auto wanted = promised.find(key.name);
    if (wanted == promised.end())
      continue;
    ++found;
    CAPTURE(key.name);
    CHECK(unquoted(key.show(x.settings)) == wanted->second);
  }
  CHECK(found == promised.size());
}

variables environment() {
  return {{"BOT_TOKEN", "1:token-secret-0123456789_0123456789-ab"},
          {"DATABASE_URL", "postgresql://user@localhost/x"},
          {"KIE_API_KEY", "kie-secret"},
          {"OPENAI_API_KEY", "openai-secret"},
          {"HTTPS_PROXY", "http://proxy.example:1"}, // of the shell: no setting of ours
          {"https_proxy", "http://proxy.example:1"}};
}

} // namespace

TEST_SUITE_BEGIN("unit/node/config/defaults");

TEST_CASE("defaults: those that the owner and the design promise, without a file") {
  check_promised(load({"cluster.conf", std::nullopt, {}, environment(), ""}, need::services));
}

TEST_CASE("defaults: those that the owner and the design promise, with the shipped file") {
  std::ifstream in{test::in_source("cluster.conf")};
  const std::string text{std::istreambuf_iterator<char>{in}, {}};
  REQUIRE(text.size() > 1000);
  check_promised(load({"cluster.conf", text, {}, environment(), ""}, need::services));
}

TEST_CASE("defaults: the time-out to Telegram and its proxy are settings") {
  const auto x = load({"cluster.conf",
                       std::nullopt,
                       {"--telegram.http-timeout=20s", "--telegram.proxy=http://proxy.example:3128",
                        "--worker.claim-interval=7s"},
                       environment(),
                       ""},
                      need::services);
  REQUIRE(x.faults.empty());
  CHECK(x.settings.telegram.http_timeout == std::chrono::seconds{20});
  CHECK(x.settings.telegram.proxy == "http://proxy.example:3128");
  CHECK(x.settings.worker.claim_interval == std::chrono::seconds{7});
}

TEST_SUITE_END();
