#include "node/cli/old_env.hpp"

#include "node/config/load.hpp"

#include <doctest/doctest.h>

using namespace neurocards;

namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_SUITE_BEGIN("unit/node/cli/old_env");

TEST_CASE("old env: every variable is translated or told to have no place") {
  const struct {
    const char* name;
    const char* part;
  } table[] = {
    {"BOT_TOKEN", "\nBOT_TOKEN=\n"},
    {"DATABASE_URL", "\nOLD_DATABASE_URL=\n"},
    {"KIE_API_KEY", "\nKIE_API_KEY=\n"},
    {"KIE_API_KEY_12", "\nKIE_API_KEY=\n"},
    {"OPENAI_API_KEY", "\nOPENAI_API_KEY=\n"},
    {"REDIS_URL", "\nREDIS_URL=\n"},
    {"WEBHOOK_SECRET_TOKEN", "\nTELEGRAM_WEBHOOK_SECRET=\n"},
    {"KIE_API_KEYS", "# KIE_API_KEYS: not known here"},
    {"PROXY_FILE", "# PROXY_FILE: the old bot's proxy"},
    {"YOOKASSA_SHOP_ID", "# YOOKASSA_SHOP_ID: credits are sold for Telegram Stars"},
    {"WORKER_CONCURRENCY", "# WORKER_CONCURRENCY: one node"},
    {"ADMIN_IDS", "# ADMIN_IDS: operators"},
    {"ANYTHING", "# ANYTHING: not known here; left out"},
  };
  for (const auto& x : table) {
    CAPTURE(x.name);
    const auto text = translated_env({{x.name, "hidden-value"}});
    CAPTURE(text);
    CHECK(contains(text, x.part));
    CHECK_FALSE(contains(text, "hidden-value"));
  }
}

TEST_CASE("old env: keys are counted, however they were given") {
  const auto text = translated_env({{"KIE_API_KEY", "a,b"}, {"KIE_API_KEY_1", "c"}});
  CHECK(contains(text, "3 in all"));
}

TEST_CASE("old env: the fragment is one that cluster.conf takes") {
  const auto text = translated_env({{"PORT", "8081"},
                                    {"PUBLIC_BASE_URL", "https://bot.example.org"},
                                    {"SUPPORT_URL", "https://t.me/\"helper\\"},
                                    {"KIE_MODEL", "sora-2-image-to-video"}});
  config::sources from;
  from.text = text.substr(text.find("# cluster.conf"));
  const auto loaded = config::load(from, config::need::nothing);
  CAPTURE(text);
  for (const auto& fault : loaded.faults)
    FAIL_CHECK(fault);
  CHECK(loaded.settings.http.listen == "127.0.0.1:8082");
  CHECK(loaded.settings.http.public_url == "https://bot.example.org");
  CHECK(loaded.settings.terms.support == "https://t.me/\"helper\\");
}

TEST_CASE("old env: an address with a password in it is not shown") {
  const auto text = translated_env({{"PUBLIC_BASE_URL", "https://someone:hidden@example.org"}});
  CHECK_FALSE(contains(text, "hidden"));
}

TEST_SUITE_END();
