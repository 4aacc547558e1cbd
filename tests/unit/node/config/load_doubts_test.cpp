#include "tests/unit/node/config/loading.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using namespace neurocards::config;
using namespace neurocards::test;
using namespace std::chrono_literals;

TEST_SUITE_BEGIN("unit/node/config/load_doubts");

TEST_CASE(
  "config: no address of Redis ends the program, what cannot be used is told and done without") {
  for (const auto* url :
       {"unix:///run/redis.sock", "redis-socket:///run/redis.sock", "redis://", "http://leak",
        "redis://host:0/", "redis://host/leak", "redis://host:6379/0?db=leak", "host:6379",
        "redis+sentinel://leak@a,b,c/name", "redis://le ak@host"}) {
    CAPTURE(url);
    auto env = good_environment();
    env["REDIS_URL"] = url;
    const auto x = load_options({}, env);
    CHECK(all_lines(x.faults) == "");
    CHECK(holds(all_lines(x.warnings), "REDIS_URL: "));
    CHECK(holds(all_lines(x.warnings), "until then heartbeats go to the database only"));
    CHECK_FALSE(holds(all_lines(x.warnings), "leak"));
  }
}

TEST_CASE("config: rediss:// and parameters are accepted, what means nothing is named") {
  auto env = good_environment();
  env["REDIS_URL"] = "rediss://:secret@cache.example:6380/0?protocol=3";
  const auto x = load_options({}, env);
  CHECK(all_lines(x.faults) == "");
  CHECK(holds(all_lines(x.warnings), "REDIS_URL: the parameter \"protocol\" means nothing here"));
}

TEST_CASE("config: without OpenAI's key the templates must be allowed, and that is said") {
  auto env = good_environment();
  env.erase("OPENAI_API_KEY");
  const auto x = load_options({"--openai.required=false"}, env);
  CHECK(all_lines(x.faults) == "");
  CHECK(holds(all_lines(x.warnings), "OPENAI_API_KEY"));
}

TEST_CASE("config: a price that no credit earns is warned of, one that no model keeps is refused") {
  CHECK(holds(all_lines(load_options({}).warnings), "kie.models: a credit earns 0.52 $ at least"));
  CHECK(all_lines(load_options({"--kie.max-price=0.5"}).warnings) == "");
  CHECK(all_lines(load_options({"--credits.star-value=0.07"}).warnings) == "");
  const auto none = load_options({"--kie.max-price=0.01"});
  CHECK(
    all_lines(none.faults).starts_with("kie.max-price: no model of kie.models costs so little"));
  CHECK(holds(all_lines(load_options({"--credits.star-value=0"}).faults), "credits.star-value"));
  CHECK(holds(all_lines(load_options({"--kie.max-price=-1"}).faults), "kie.max-price"));
}

TEST_CASE("config: a grace that callbacks cannot keep is warned of where KIE calls back") {
  const auto doubts = [](std::vector<std::string> options) {
    options.emplace_back("--credits.star-value=1"); // no doubt about prices
    return all_lines(load_options(std::move(options)).warnings);
  };
  const std::string called_back = "--http.public-url=https://cards.example";
  CHECK(doubts({called_back}) == "");
  CHECK(
    holds(doubts({called_back, "--kie.orphan-grace=120s"}), "kie.orphan-grace: 120s is shorter"));
  CHECK(doubts({called_back, "--kie.orphan-grace=10min"}) == "");
  CHECK(doubts({"--kie.orphan-grace=1s"}) == "");
}

TEST_CASE("config: a creation in doubt waits as long as callbacks take, where KIE can call back") {
  const auto grace = [](std::vector<std::string> options) {
    const auto x = load_options(std::move(options));
    CHECK(all_lines(x.faults) == "");
    return x.settings.kie.grace(!x.settings.http.public_url.empty());
  };
  const std::string called_back = "--http.public-url=https://cards.example";
  CHECK(grace({}) == 120s);
  CHECK(grace({called_back}) == 10min);
  CHECK(grace({called_back, "--kie.orphan-grace=auto"}) == 10min);
  CHECK(grace({called_back, "--kie.orphan-grace=30s"}) == 30s);
  CHECK(grace({"--kie.orphan-grace=0s"}) == 0s);
  const auto bad = load_options({"--kie.orphan-grace=soon"});
  CHECK(holds(all_lines(bad.faults), "kie.orphan-grace"));
}

TEST_SUITE_END();
