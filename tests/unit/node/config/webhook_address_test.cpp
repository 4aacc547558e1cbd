#include "node/config/load.hpp"

#include "node/config/secrets.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace neurocards;
using namespace neurocards::config;

namespace {

/// Whether a node whose updates are brought to `url` by the server at `api` starts.
bool accepted(const std::string& url, const std::string& api) {
  const variables secrets{{"BOT_TOKEN", "1:token-secret-0123456789_0123456789-ab"},
                          {"DATABASE_URL", "postgresql://user:db-secret@localhost/x"},
                          {"KIE_API_KEY", "kie-secret"},
                          {"OPENAI_API_KEY", "openai-secret"},
                          {"TELEGRAM_WEBHOOK_SECRET", "hook-secret"}};
  const auto read =
    load({"cluster.conf",
          std::nullopt,
          {"--telegram.mode=webhook", "--http.public-url=" + url, "--telegram.api-url=" + api},
          secrets,
          ""},
         need::services);
  return std::ranges::none_of(
    read.faults, [](const auto& fault) { return fault.starts_with("http.public-url: "); });
}

} // namespace

TEST_SUITE_BEGIN("unit/node/config/webhook_address");

TEST_CASE("webhook address: only where Telegram delivers") {
  const std::string telegrams = "https://api.telegram.org";
  for (const auto* url : {"https://bot.example", "https://bot.example/path:1", "https://[::1]",
                          "https://bot.example:443", "https://bot.example:80/x",
                          "https://bot.example:88", "https://[::1]:8443"}) {
    CAPTURE(url);
    CHECK(accepted(url, telegrams));
  }
  for (const auto* url : {"http://bot.example", "https://bot.example:8080",
                          "https://bot.example:4430/x", "https://[::1]:8080"}) {
    CAPTURE(url);
    CHECK_FALSE(accepted(url, telegrams));
    CHECK(accepted(url, "http://127.0.0.1:8081")); // a server of one's own calls any
  }
}

TEST_SUITE_END();
