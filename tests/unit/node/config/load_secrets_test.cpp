#include "node/config/load.hpp"
#include "node/config/secrets.hpp"
#include "tests/unit/node/config/loading.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using namespace neurocards::config;
using namespace neurocards::test;

TEST_SUITE_BEGIN("unit/node/config/load_secrets");

TEST_CASE("config: the token for reading is another than the one for acting") {
  auto environment = good_environment();
  environment["HTTP_TOKEN"] = "one";
  environment["HTTP_READ_TOKEN"] = "one";
  CHECK(holds(all_lines(load_text("", {}, environment).faults), "HTTP_READ_TOKEN: is the same"));
  environment["HTTP_READ_TOKEN"] = "other";
  const auto read = load_text("", {}, environment);
  CHECK(read.faults.empty());
  CHECK(read.settings.secrets.http_read_token.reveal() == "other");
}

TEST_CASE("config: secrets are refused outside the environment and never shown") {
  const auto in_file = load_text("telegram { bot-token = \"1:leak\" }\nkie { api-key = \"leak\" }");
  CHECK(holds(all_lines(in_file.faults),
              "telegram.bot-token: a secret; it is read only from BOT_TOKEN"));
  CHECK(
    holds(all_lines(in_file.faults), "kie.api-key: a secret; it is read only from KIE_API_KEY"));
  CHECK_FALSE(holds(all_lines(in_file.faults), "leak"));
  const auto on_line =
    load_options({"--DATABASE_URL=postgresql://leak", "--openai-api-key=leak", "--x=leak"});
  CHECK(holds(all_lines(on_line.faults), "DATABASE_URL: a secret"));
  CHECK(holds(all_lines(on_line.faults), "openai-api-key: a secret"));
  CHECK_FALSE(holds(all_lines(on_line.faults), "leak"));
}

TEST_CASE("config: faults about secrets name the variable and not its content") {
  variables env{{"BOT_TOKEN", "1:le ak"},     {"DATABASE_URL", "mysql://leak"},
                {"KIE_API_KEY", "leak,leak"}, {"OPENAI_API_KEY", "x"},
                {"REDIS_URL", "http://leak"}, {"TELEGRAM_WEBHOOK_SECRET", "leak!"}};
  const auto faults = all_lines(load_options({}, env).faults);
  for (const auto* part :
       {"BOT_TOKEN: contains a space", "DATABASE_URL: no address of PostgreSQL",
        "KIE_API_KEY: account 2 repeats a key", "TELEGRAM_WEBHOOK_SECRET: not allowed"})
    CHECK_MESSAGE(holds(faults, part), part);
  CHECK_FALSE(holds(faults, "leak"));
}

TEST_CASE("config: a BOT_TOKEN that cannot be one is refused without being shown") {
  const std::string tail = "AbCd-0123456789_0123456789-AbCdEfGh";
  for (const auto& [token, good] : {std::pair{"123456789:" + tail, true},
                                    {"123456789:" + tail.substr(0, 12), false},
                                    {"123456789" + tail, false},
                                    {":" + tail, false},
                                    {"bot123456789:" + tail, false},
                                    {"123456789:" + tail + "=", false},
                                    {"123456789:" + tail + ":" + tail, false},
                                    {"123456789:" + tail + tail, false},
                                    {tail, false}}) {
    CAPTURE(token);
    auto env = good_environment();
    env["BOT_TOKEN"] = token;
    const auto faults = all_lines(load_options({}, env).faults);
    CHECK(faults.empty() == good);
    CHECK(holds(faults, "BOT_TOKEN: not allowed; allowed: digits") != good);
    CHECK_FALSE(holds(faults, tail.substr(0, 12)));
  }
}

TEST_CASE("config: what looks like a password in an address is not shown with its fault") {
  const auto faults = all_lines(load_options({"--telegram.proxy=ftp://me:hidden@proxy:3128",
                                              "--kie.api-url=me:hidden@api.kie.ai",
                                              "--http.public-url=ftp://me:hid/den@bot.example"})
                                  .faults);
  CHECK(holds(faults, "telegram.proxy: \"ftp://***@proxy:3128\" is not allowed"));
  CHECK(holds(faults, "kie.api-url: \"***@api.kie.ai\""));
  CHECK_FALSE(holds(faults, "hid"));
  for (const auto* proxy : {"socks5h://me:hid/den@proxy:1", "me:hid@den@proxy:3128", "http://"})
    CHECK(holds(all_lines(load_options({std::string{"--telegram.proxy="} + proxy}).faults),
                "telegram.proxy: "));
  for (const auto* proxy : {"", "proxy:3128", "http://me:p%40ss@proxy:3128", "socks5h://[::1]:1"})
    CHECK(all_lines(load_options({std::string{"--telegram.proxy="} + proxy}).faults) == "");
}

TEST_CASE("config: a DATABASE_URL with an unescaped password is refused without a letter of it") {
  auto env = good_environment();
  env["DATABASE_URL"] = "postgresql://user:hid/den@localhost/x";
  const auto faults = all_lines(load_options({}, env).faults);
  CHECK(holds(faults, "DATABASE_URL: cannot be read; write postgresql://"));
  CHECK(holds(faults, "%2F for /"));
  CHECK_FALSE(holds(faults, "hid"));
}

TEST_CASE("config: each missing secret is a line of its own") {
  for (const auto* name : {"BOT_TOKEN", "DATABASE_URL", "KIE_API_KEY", "OPENAI_API_KEY"}) {
    auto env = good_environment();
    env.erase(name);
    const auto x = load_options({}, env);
    REQUIRE(x.faults.size() == 1);
    CHECK(x.faults[0].rfind(std::string{name} + ": missing", 0) == 0);
  }
}

TEST_CASE("config: a command needs only the secrets it uses") {
  const sources from{"cluster.conf", std::nullopt, {}, {{"DATABASE_URL", "postgresql://x"}}, ""};
  CHECK(load(from, need::database).faults.empty());
  CHECK(load(from, need::services).faults.size() == 3);
  CHECK(load({"cluster.conf", std::nullopt, {}, {}, ""}, need::nothing).faults.empty());
}

TEST_CASE("config: .env is read as shells would, and the environment goes above it") {
  const auto file = parse_dot_env("# comment\n"
                                  "A=1\n"
                                  "export B = two words # comment\n"
                                  "C='single # kept'\n"
                                  "D=\"double \\\"quoted\\\"\" # comment\n"
                                  "E=\n"
                                  "F=a=b#c\r\n");
  CHECK(file.faults.empty());
  CHECK(file.values.at("A") == "1");
  CHECK(file.values.at("B") == "two words");
  CHECK(file.values.at("C") == "single # kept");
  CHECK(file.values.at("D") == "double \"quoted\"");
  CHECK(file.values.at("F") == "a=b#c");
  const auto vars = merged({{"A", "env"}, {"C", ""}}, file.values);
  CHECK(vars.at("A") == "env");
  CHECK(vars.at("C") == "single # kept"); // set to nothing counts as not set
  CHECK_FALSE(vars.contains("E"));
}

TEST_CASE("config: a line of .env that is not understood is told by its number only") {
  const auto file = parse_dot_env("A=1\nleaked secret\nB=\"open\n");
  CHECK(all_lines(file.faults)
        == ".env:2: not of the form NAME=value\n.env:3: not of the form NAME=value\n");
}

TEST_CASE("config: KIE keys: commas separate accounts, plus signs the keys of one") {
  std::vector<std::string> faults;
  const auto x = read_secrets({{"KIE_API_KEY", "a, b+c ,,d"}}, faults);
  REQUIRE(x.kie_accounts.size() == 3);
  CHECK(x.kie_accounts[0].size() == 1);
  REQUIRE(x.kie_accounts[1].size() == 2);
  CHECK(x.kie_accounts[1][1].reveal() == "c");
  CHECK(faults.empty());
}

TEST_SUITE_END();
