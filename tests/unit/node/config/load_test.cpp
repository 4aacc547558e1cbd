#include "node/config/load.hpp"
#include "tests/support/folders.hpp"
#include "tests/unit/node/config/loading.hpp"

#include "node/config/file.hpp"
#include "node/config/keys.hpp"
#include "node/config/secrets.hpp"
#include "node/config/system_config.hpp"
#include "node/config/text.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

using namespace neurocards;
using namespace neurocards::config;
using namespace neurocards::test;
using namespace std::chrono_literals;

namespace {

std::string read_source(const std::string& name) {
  std::ifstream in{test::in_source(name)};
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

/// Compares a file of the repository with what it is made from; NEUROCARDS_WRITE=1 writes it anew.
void check_generated(const std::string& name, const std::string& expected) {
  if (std::getenv("NEUROCARDS_WRITE") != nullptr)
    std::ofstream{test::in_source(name)} << expected;
  INFO(name, " is made from the table of keys: run unit_tests with NEUROCARDS_WRITE=1");
  CHECK(read_source(name) == expected);
}

/// Texts of a file, and what is said of them.
const struct {
  const char* text;
  const char* fault;
} faulty_files[] = {
  {"kie { poll-interval = 15 }",
   R"(kie.poll-interval: "15" has no unit; write 15s, 2min or 500ms (cluster.conf:1))"},
  {"kie { poll-interval = \"soon\" }", R"(kie.poll-interval: "soon" is no duration)"},
  {"kie { poll-interval = 0s }", "kie.poll-interval: 0s is not allowed; allowed: 1ms or more"},
  {"kie { max-attempts = 0 }", "kie.max-attempts: 0 is not allowed; allowed: 1 to 20"},
  {"kie { max-attempts = \"three\" }", R"(kie.max-attempts: "three" is no whole number)"},
  {"kie { max-attempts = 3.5 }", "kie.max-attempts: "},
  {"notifier { rate = true }", R"(notifier.rate: "true" is no number)"},
  {"kie { private-downloads = 1 }",
   R"(kie.private-downloads: "1" is neither; allowed: true, false)"},
  {"terms { version = 2 }", R"(terms.version: "2" is no text; write it in double quotes)"},
  {"telegram { mode = \"poling\" }",
   R"(telegram.mode: "poling" is unknown; allowed: polling, webhook (did you mean "polling"?))"},
  {"storage { kind = \"ftp\" }", R"(storage.kind: "ftp" is unknown; allowed: local, s3)"},
  {"log { level = \"loud\" }", "allowed: trace, debug, info, warn, error"},
  {"log { format = \"xml\" }", "log.format: \"xml\" is not allowed; allowed: text, json"},
  {"kie { api-url = \"ftp://x\" }", "kie.api-url: \"ftp://x\" is not allowed"},
  {"kie { poll-intervall = 15s }",
   R"(kie.poll-intervall: unknown key (did you mean "kie.poll-interval"?) (cluster.conf:1))"},
  {"worker { poll-interval = 15s }",
   R"(worker.poll-interval: unknown key (did you mean "kie.poll-interval"?))"},
  {"completely { else = 1 }", "completely.else: unknown key; every key stands in"},
  {"nothing {}", "nothing: unknown key"},
  {"kie = 5", "kie: unknown key"},
  {"kie.poll-interval = 15s", R"("kie.poll-interval" is written with a dot)"},
  {"a = 1\nkie {\n  poll-interval = 15s\n",
   R"(cluster.conf:2: "kie {" is opened here and never closed)"},
  {"kie { models = [\n", "never closed; is the file cut off?"},
  {"log { file = \"/var/lo", "a text is opened here and never closed"},
  {"kie { poll-interval = 1s\n poll-interval = 2s }",
   "kie.poll-interval: set twice, in lines 1 and 2"},
  {"kie { poll-interval 15s }", "cluster.conf: unexpected character in line 1"},
  {"# begin of cluster.conf\nlog { level = \"info\" }\n", "# end of cluster.conf\" is missing"},
  {"cluster { nodes = [] }", "cluster.nodes: empty"},
  {"cluster { nodes = [ { name = \"a b\" } ] }", R"(cluster.nodes[0].name: "a b" is not allowed)"},
  {"cluster { nodes = [ { nme = \"a\" } ] }",
   R"(cluster.nodes[0].nme: unknown field (did you mean "name"?))"},
  {"cluster { nodes = [ { name = \"a\", port = 70000 } ] }",
   R"(cluster.nodes[0].port: "70000" is no port)"},
  {"cluster { nodes = [ { name = \"a\", roles = [\"wroker\"] } ] }",
   R"(cluster.nodes[0].roles: "wroker" is unknown; allowed: gateway, notifier, worker, coordinator (did you mean "worker"?))"},
  {"cluster { nodes = [ { name = \"a\", roles = [\"janitor\"] } ] }", // of every node
   R"(cluster.nodes[0].roles: "janitor" is unknown; allowed: gateway, notifier, worker, coordinator)"},
  {"cluster { nodes = [ { name = \"a\", roles = [\"worker\", \"worker\"] } ] }",
   R"(cluster.nodes[0].roles: "worker" stands twice)"},
  {"cluster { nodes = [ { name = \"a\" }, { name = \"a\" } ] }",
   R"(cluster.nodes[1].name: "a" stands twice)"},
  {"cluster { nodes = [ 5 ] }", "cluster.nodes[0]: \"5\" is no entry"},
  {"cluster { nodes = 5 }", "cluster.nodes: \"5\" is no list"},
  {"cluster { tls { key = \"k\" } }", "cluster.tls.ca: missing"},
  {"credits { packs = [ { credits = 0, stars = 5 } ] }",
   "credits.packs[0].credits: 0 is not allowed"},
  {"storage { kind = \"s3\" }", "AWS_ACCESS_KEY_ID: missing"},
  {"storage { kind = \"s3\" }", "storage.bucket: missing"},
  {"telegram { mode = \"webhook\" }", "TELEGRAM_WEBHOOK_SECRET: missing"},
  {"telegram { api-url = \"http://10.0.0.5:8081/bot1:secret\" }",
   "telegram.api-url: not allowed; allowed: the address in front of /bot<token>/"},
  {"telegram { api-url = \"http://10.0.0.5:8081/x?y=1\" }", "telegram.api-url: not allowed"},
  {"telegram { mode = \"webhook\" }", "http.public-url: missing"},
  {"http { listen = \"8080\" }", R"(http.listen: "8080" is no address)"},
  {"http { listen = \"0.0.0.0:8080\" }", "HTTP_TOKEN: missing"},
  {"kie { models = [] }", "kie.models: empty"},
  {"caf { scheduler { polcy = \"sharing\" } }",
   R"(caf.scheduler.polcy: CAF knows no such key (did you mean "caf.scheduler.policy"?))"},
  {"caf { middleman { heartbeat-interval = \"often\" } }",
   "caf.middleman.heartbeat-interval: \"often\" is not allowed"},
};

} // namespace

TEST_SUITE_BEGIN("unit/node/config/load");

TEST_CASE("config: without a file the defaults hold and are good") {
  const auto x = load_options({});
  CHECK(all_lines(x.faults) == "");
  CHECK(x.settings.kie.poll_interval == 15s);
  CHECK(x.settings.telegram.http_timeout == 180s);
  CHECK(x.settings.kie.models.size() >= 3);
  CHECK(x.settings.secrets.bot_token.reveal() == "1:token-secret-0123456789_0123456789-ab");
}

TEST_CASE("config: the shipped files are made from the table of keys") {
  check_generated("cluster.conf", shipped_file());
  check_generated("docs/configuration.md", documentation());
  check_generated(".env.example", shipped_dot_env());
}

TEST_CASE("config: reading the shipped file changes no setting") {
  const auto x = load_text(read_source("cluster.conf"));
  CHECK(all_lines(x.faults) == "");
  const auto expected = defaults();
  for (const auto& key : keys()) {
    CAPTURE(key.name);
    CHECK(key.show(x.settings) == key.show(expected));
  }
}

TEST_CASE("config: every key can be set on the command line, in the form it has in the file") {
  for (const auto& key : keys()) {
    CAPTURE(key.name);
    auto changed = defaults();
    const auto x = load_options({"--" + key.name + "=" + key.show(changed)});
    CHECK(all_lines(x.faults) == "");
    CHECK(key.show(x.settings) == key.show(changed));
  }
}

TEST_CASE("config: a fault names the key, what was given and what is allowed") {
  for (const auto& row : faulty_files) {
    const auto faults = all_lines(load_text(row.text).faults);
    CAPTURE(row.text);
    CAPTURE(row.fault);
    CAPTURE(faults);
    CHECK(holds(faults, row.fault));
  }
}

TEST_CASE("config: all faults are told at once, one line each") {
  const auto x =
    load_text("kie { poll-interval = 15\n max-attempts = 0 }\nlog { level = \"loud\" }",
              {"--wroker.concurrency=5"}, {});
  const auto lines = all_lines(x.faults);
  for (const auto* part :
       {"kie.poll-interval", "kie.max-attempts", "log.level", "wroker.concurrency", "BOT_TOKEN",
        "DATABASE_URL", "KIE_API_KEY", "OPENAI_API_KEY"})
    CHECK_MESSAGE(holds(lines, part), part);
  for (const auto& line : x.faults)
    CHECK(line.find('\n') == std::string::npos);
}

TEST_CASE("config: the command line goes above the environment, the environment above the file") {
  auto env = good_environment();
  const std::string file = "kie { api-url = \"http://file\"\n poll-interval = 1s }";
  CHECK(load_text(file).settings.kie.api_url == "http://file");
  env["KIE_API_URL"] = "http://env/";
  CHECK(load_text(file, {}, env).settings.kie.api_url == "http://env");
  CHECK(load_text(file, {"--kie.api-url=http://line"}, env).settings.kie.api_url == "http://line");
  CHECK(load_text(file, {"--kie.poll-interval=200ms"}).settings.kie.poll_interval == 200ms);
}

TEST_CASE("config: small values for tests are legal") {
  const auto x = load_options({"--kie.poll-interval=200ms", "--db.lease=3s", "--notifier.rate=1000",
                               "--credits.welcome=0", "--http.listen=127.0.0.1:0",
                               "--kie.orphan-grace=0s", "--kie.backoff-max=50ms"});
  CHECK(all_lines(x.faults) == "");
  CHECK(x.settings.db.heartbeat == 1s); // a third of the lease
  CHECK(x.settings.kie.backoff_initial == 50ms);
  CHECK(x.settings.notifier.rate == 1000);
}

TEST_CASE(
  "config: texts need no quotes on the command line, and lists are written as in the file") {
  const auto x = load_options({"--log.file=/var/log/x y.log", "--terms.version=2",
                               R"(--cluster.nodes=[{name="w1",roles=["worker"],concurrency=7}])",
                               "--node=w1", "--storage.kind=local"});
  CHECK(all_lines(x.faults) == "");
  CHECK(x.settings.log.file == "/var/log/x y.log");
  CHECK(x.settings.terms.version == "2");
  REQUIRE(x.settings.cluster.nodes.size() == 1);
  CHECK(x.settings.cluster.nodes[0].concurrency == 7);
  CHECK(x.node == "w1");
}

TEST_CASE("config: options that are not understood are faults") {
  struct {
    const char* option;
    const char* fault;
  } table[] = {
    {"--kie.poll-interval",
     "--kie.poll-interval: a value is missing; write --kie.poll-interval=15s"},
    {"--node", "--node: a value is missing"},
    {"--nope=3", "nope: unknown key"},
    {"-x", "\"-x\": not understood"},
    {"--kie.poll-interval=15", "--kie.poll-interval: \"15\" has no unit"},
  };
  for (const auto& row : table) {
    CAPTURE(row.option);
    CHECK(holds(all_lines(load_options({row.option}).faults), row.fault));
  }
}

TEST_CASE("config: --node may be left out only where there is one node") {
  auto x = defaults();
  std::string fault;
  CHECK(choose_node(x, "", fault)->name == "main");
  CHECK(choose_node(x, "other", fault) == nullptr);
  CHECK(holds(fault, "--node: \"other\" is not in cluster.nodes; allowed: main"));
  x.cluster.nodes.push_back({"w1", "h", 0, {node_role::worker}, 0});
  CHECK(choose_node(x, "", fault) == nullptr);
  CHECK(fault == "--node: missing; allowed: main, w1");
  CHECK(choose_node(x, "w1", fault)->name == "w1");
}

TEST_CASE("config: a node listens where its entry says, unless the command line says otherwise") {
  const std::string file = R"(cluster { nodes = [
    { name = "a", host = "h", http = "127.0.0.1:8081" },
    { name = "b", host = "i", http = "127.0.0.1:8081" },
    { name = "c", host = "h", http = "127.0.0.1:0" }, { name = "d", host = "h", http = "127.0.0.1:0" },
    { name = "e" } ] }
http { listen = "127.0.0.1:9000" })";
  const auto listen = [&](const std::vector<std::string>& options) {
    const auto x = load_text(file, options);
    CHECK(all_lines(x.faults) == "");
    return x.settings.http.listen;
  };
  CHECK(listen({"--node=a"}) == "127.0.0.1:8081");
  CHECK(listen({"--node=d"}) == "127.0.0.1:0");
  CHECK(listen({"--node=e"}) == "127.0.0.1:9000");
  CHECK(listen({}) == "127.0.0.1:9000"); // no node of its own: a verb
  CHECK(listen({"--http.listen=127.0.0.1:7", "--node=a"}) == "127.0.0.1:7");
}

TEST_CASE("config: what an entry's http cannot be") {
  const auto faults_of_entries = [](const std::string& entries) {
    return all_lines(load_text("cluster { nodes = [ " + entries + " ] }").faults);
  };
  CHECK(holds(faults_of_entries(R"({ name = "a", http = "8080" })"),
              R"(cluster.nodes[0].http: "8080" is no address; write host:port)"));
  CHECK(holds(faults_of_entries(R"({ name = "a", host = "h", http = "127.0.0.1:8080" },
                                   { name = "b", host = "h", http = "127.0.0.1:8080" })"),
              R"(cluster.nodes[1].http: "127.0.0.1:8080" stands twice for "h")"));
  CHECK(
    holds(faults_of_entries(R"({ name = "a", http = "0.0.0.0:8080" })"), "HTTP_TOKEN: missing"));
}

TEST_CASE("config: addresses of http.listen") {
  CHECK(parse_address("127.0.0.1:8080")->port == 8080);
  CHECK(parse_address("[::1]:0")->host == "::1");
  for (const auto* bad : {"", ":80", "host", "host:", "host:x", "host:65536", "a b:1"})
    CHECK_MESSAGE(!parse_address(bad), bad);
  CHECK(is_loopback("127.9.9.9"));
  CHECK(is_loopback("localhost"));
  CHECK_FALSE(is_loopback("0.0.0.0"));
}

TEST_CASE("config: CAF starts with our choices and cluster.conf's block above them") {
  const auto x =
    load_text("caf { middleman { heartbeat-interval = 1s }\n scheduler { max-threads = 3 } }");
  REQUIRE(all_lines(x.faults) == "");
  const system_config cfg{x};
  CHECK(caf::get_or(cfg, "caf.scheduler.policy", "") == "sharing");
  CHECK(caf::get_or(cfg, "caf.scheduler.max-threads", size_t{0}) == 3);
  CHECK(caf::get_or(cfg, "caf.middleman.heartbeat-interval", caf::timespan{0}) == 1s);
}

TEST_CASE("config: a list of models in the file replaces the shipped one") {
  const auto x = load_text(R"(kie { models = [
    { slug = "a/b", name = "A", image-field = "image_url", image-list = false, duration-field = "duration",
      duration = 10, duration-text = false, input = { ratio = "9:16", sound = true, steps = 3 }, price = 2.5 } ] })");
  CHECK(all_lines(x.faults) == "");
  REQUIRE(x.settings.kie.models.size() == 1);
  const auto& m = x.settings.kie.models[0];
  CHECK(m.slug == "a/b");
  CHECK_FALSE(m.image_list);
  CHECK(m.input.at("ratio") == "\"9:16\"");
  CHECK(m.input.at("sound") == "true");
  CHECK(m.input.at("steps") == "3");
  CHECK(m.price == 2.5);
}

TEST_SUITE_END();
