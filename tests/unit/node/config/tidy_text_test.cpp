#include "base/uuid.hpp"
#include "node/config/load.hpp"
#include "node/config/secrets.hpp"
#include "node/config/tidy_text.hpp"
#include "tests/support/variable.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace neurocards;
using namespace neurocards::config;
using namespace std::string_literals;

// Files and secrets as editors and shells write them: read, or refused by name.

namespace {

const std::string token = "123456789:AbCd-0123456789_0123456789-AbCdEfGh";

variables with(const std::string& name, const std::string& value) {
  variables result{{"BOT_TOKEN", token},
                   {"DATABASE_URL", "postgresql://user:db-secret@localhost/x"},
                   {"KIE_API_KEY", "kie-secret"},
                   {"OPENAI_API_KEY", "sk-secret"}};
  result[name] = value;
  return result;
}

loaded loaded_with(const std::string& name, const std::string& value) {
  return load({"cluster.conf", std::nullopt, {}, with(name, value), ""}, need::services);
}

std::string lines(const std::vector<std::string>& all) {
  std::string result;
  for (const auto& x : all)
    result += x + "\n";
  return result;
}

/// How a value may look after it has gone through an editor, a shell and a clipboard.
std::vector<std::string> disguises(const std::string& name, const std::string& value) {
  return {value + "\n",           value + "\r\n",      value + " ",
          " \t" + value,          "\"" + value + "\"", "'" + value + "'\n",
          "\xEF\xBB\xBF" + value, value + "\u00A0",    "\u200B" + value + "\u200B",
          "“" + value + "”",      name + "=" + value,  "export " + name + "=\"" + value + "\"\n",
          value + "\v\f"};
}

} // namespace

TEST_SUITE_BEGIN("unit/node/config/tidy_text");

TEST_CASE("tidy text: secrets come out of their wrapping") {
  for (const auto& text : disguises("BOT_TOKEN", token)) {
    CAPTURE(text);
    const auto x = loaded_with("BOT_TOKEN", text);
    CHECK(lines(x.faults) == "");
    CHECK(x.settings.secrets.bot_token.reveal() == token);
  }
  for (const auto& text : disguises("OPENAI_API_KEY", "sk-abc")) {
    CAPTURE(text);
    CHECK(loaded_with("OPENAI_API_KEY", text).settings.secrets.openai_key.reveal() == "sk-abc");
  }
  for (const auto& text : disguises("DATABASE_URL", "postgresql://u:p@h/x")) {
    CAPTURE(text);
    CHECK(loaded_with("DATABASE_URL", text).settings.secrets.database_url.reveal()
          == "postgresql://u:p@h/x");
  }
}

TEST_CASE("tidy text: keys of KIE come out of their wrapping, one by one") {
  for (const auto* text : {"k1,k2+k3\n", "k1\nk2+k3\n", "k1\r\nk2+k3\r\n", "\"k1\",\"k2\"+\"k3\"",
                           "\xEF\xBB\xBFk1, k2 + k3 ", "'k1,k2+k3'", "export KIE_API_KEY=k1,k2+k3",
                           "k1,,\u00A0k2+k3,\n"}) {
    CAPTURE(text);
    const auto x = loaded_with("KIE_API_KEY", text);
    CHECK(lines(x.faults) == "");
    const auto& accounts = x.settings.secrets.kie_accounts;
    REQUIRE(accounts.size() == 2);
    CHECK(accounts[0][0].reveal() == "k1");
    REQUIRE(accounts[1].size() == 2);
    CHECK(accounts[1][0].reveal() == "k2");
    CHECK(accounts[1][1].reveal() == "k3");
  }
}

TEST_CASE("tidy text: what no wrapping explains is refused by name and never shown") {
  struct {
    const char* name;
    std::string value;
    const char* fault;
  } const table[] = {
    {"KIE_API_KEY", "leak one", "KIE_API_KEY: account 1: a key contains a space"},
    {"KIE_API_KEY",
     "ok,leak\x01"
     "leak",
     "KIE_API_KEY: account 2: a key contains a space or control"},
    {"KIE_API_KEY", "leaкk",
     "KIE_API_KEY: account 1: a key contains a character that is not ASCII"},
    {"KIE_API_KEY", "le\u200Bak", "KIE_API_KEY: account 1: a key contains a character"},
    {"KIE_API_KEY", "le\"ak", "KIE_API_KEY: account 1: a key contains a quotation mark"},
    {"OPENAI_API_KEY", "leak\nleak", "OPENAI_API_KEY: contains a space or control character"},
    {"OPENAI_API_KEY", "\xFF\xFEl\0e\0a\0k\0"s, "OPENAI_API_KEY: is UTF-16"},
    {"HTTP_TOKEN", "leak\u00A0leak", "HTTP_TOKEN: contains a space"},
    {"AWS_SECRET_ACCESS_KEY", "leak—leak", "AWS_SECRET_ACCESS_KEY: contains a character"},
    {"DATABASE_URL", "postgresql://u:leak\n@h/x", "DATABASE_URL: contains a control"},
  };
  for (const auto& x : table) {
    CAPTURE(x.fault);
    const auto faults = lines(loaded_with(x.name, x.value).faults);
    CAPTURE(faults);
    CHECK(faults.find(x.fault) != std::string::npos);
    CHECK(faults.find("leak") == std::string::npos);
  }
}

TEST_CASE("tidy text: .env is read as editors write it, or refused by name") {
  const auto value = [](const std::string& text) {
    const auto file = parse_dot_env(text);
    CHECK(lines(file.faults) == "");
    const auto found = file.values.find("BOT_TOKEN");
    return found == file.values.end() ? "" : found->second;
  };
  CHECK(value("\xEF\xBB\xBF"
              "BOT_TOKEN=1:a\r\n")
        == "1:a");
  CHECK(value("A=b\rBOT_TOKEN=1:a\r") == "1:a");
  CHECK(value("BOT_TOKEN\u00A0=\u00A0"
              "1:a\u00A0\n")
        == "1:a");
  CHECK(value("export\u00A0"
              "BOT_TOKEN=\"1:a\"")
        == "1:a");
  CHECK(value("\u200B"
              "BOT_TOKEN=1:a")
        == "1:a");
  const auto wide = parse_dot_env("\xFF\xFE"
                                  "B\0=\0"s);
  CHECK(lines(wide.faults) == ".env: is UTF-16; save it as UTF-8\n");
  CHECK(lines(parse_dot_env("A=1\nB=\0\n"s).faults)
        == ".env: contains a NUL byte; save it as text in UTF-8\n");
}

TEST_CASE("tidy text: cluster.conf is read as editors write it, or refused by name") {
  const auto read = [](const std::string& text) {
    return load({"cluster.conf", text, {}, with("HTTP_TOKEN", "t"), ""}, need::services);
  };
  for (const std::string& text :
       {"\xEF\xBB\xBFworker {\n  concurrency = 7\n}\n"s, "worker {\r\n  concurrency = 7\r\n}\r\n"s,
        "worker {\r  concurrency = 7\r}\r"s, "worker\u00A0{\n\u00A0\u00A0concurrency\u00A0= 7 }"s,
        "# a\u00A0"
        "comment\nworker { concurrency = 7\u3000}"s,
        "worker {\u200B concurrency = 7 }\uFEFF"s}) {
    CAPTURE(text);
    const auto x = read(text);
    CHECK(lines(x.faults) == "");
    CHECK(x.settings.worker.concurrency == 7);
  }
  CHECK(read("log { file = \"a\u00A0"
             "b\" }")
          .settings.log.file
        == "a\u00A0"
           "b"); // as quoted
  CHECK(lines(read("\xFF\xFEw\0o\0"s).faults).find("cluster.conf: is UTF-16") != std::string::npos);
  CHECK(lines(read("\0w\0o"s).faults).find("cluster.conf: is UTF-16") != std::string::npos);
}

TEST_CASE("tidy text: addresses of services come out of their wrapping too") {
  for (const auto* text :
       {"https://kie.test\n", "\"https://kie.test\"", "\u00A0https://kie.test/"}) {
    CAPTURE(text);
    CHECK(loaded_with("KIE_API_URL", text).settings.kie.api_url == "https://kie.test");
  }
  CHECK(lines(loaded_with("KIE_API_URL", "https://kie.test/a\u200Bb").faults).find("kie.api-url: ")
        != std::string::npos);
}

TEST_CASE("tidy text: secrets may stand in files that NAME_FILE names") {
  namespace fs = std::filesystem;
  const auto file = fs::temp_directory_path() / ("neurocards-key-" + to_string(uuid::random()));
  const test::variable none{"HTTP_TOKEN", std::nullopt};
  const test::variable named{"HTTP_TOKEN_FILE", file};
  const auto read = [&](const std::string& content) {
    std::ofstream{file, std::ios::binary} << content;
    return load_from_disk({}, need::nothing);
  };
  CHECK(read("secret-token\r\n").settings.secrets.http_token.reveal() == "secret-token");
  CHECK(read("\xEF\xBB\xBF\"secret-token\"\n").settings.secrets.http_token.reveal()
        == "secret-token");
  CHECK(lines(read("\xFF\xFEl\0e\0a\0k\0"s).faults).find("HTTP_TOKEN_FILE: ") != std::string::npos);
  CHECK(lines(read(" \n").faults).find("is empty") != std::string::npos);
  fs::remove(file);
  CHECK(lines(load_from_disk({}, need::nothing).faults).find("HTTP_TOKEN_FILE: ")
        != std::string::npos);
}

TEST_SUITE_END();
