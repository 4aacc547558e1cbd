#include "tests/support/databases.hpp"
#include "tests/support/folders.hpp"
#include "tests/support/process.hpp"

#include "db/migrate.hpp"

#include <cstdlib>
#include <map>
#include <regex>

#include <doctest/doctest.h>

namespace neurocards::test {

namespace {

std::string server_url() {
  const char* url = std::getenv("TEST_DATABASE_URL");
  if (url == nullptr)
    throw std::runtime_error{
      "TEST_DATABASE_URL names no PostgreSQL to test against (script/test starts one)"};
  return url;
}

/// The URL of another database of the same server.
std::string url_of(const std::string& database) {
  static const std::regex path{R"(^(postgres(?:ql)?://[^/?]*)(?:/[^?]*)?(\?.*)?$)"};
  return std::regex_replace(server_url(), path, "$1/" + database + "$2");
}

/// To the server itself. A new one each time: a case may have broken those before.
std::unique_ptr<pqxx::connection> server() {
  return db::connect({.url = server_url(), .statement_timeout = {}, .lock_timeout = {}});
}

std::string fresh_name() {
  auto name = "nc_" + to_string(uuid::random());
  std::erase(name, '-');
  return name;
}

/// The template is named for what it contains, so that it never goes stale.
std::string make_template() {
  size_t sum = 0;
  for (const auto& x : our_schema().migrations)
    sum = sum * 31 + std::hash<std::string>{}(x.checksum);
  for (const auto& x : our_schema().functions)
    sum = sum * 31 + std::hash<std::string>{}(x.name + x.checksum);
  auto result = "nc_template_" + std::to_string(sum);
  const auto connection = server();
  pqxx::nontransaction tx{*connection};
  tx.exec1("SELECT pg_advisory_lock(20231)"); // test programs run side by side
  if (tx.exec("SELECT FROM pg_database WHERE datname = '" + result + "'").empty()) {
    const auto building = fresh_name();
    tx.exec0("CREATE DATABASE " + building);
    db::migrate({.url = url_of(building)}, our_schema());
    tx.exec0("ALTER DATABASE " + building + " RENAME TO " + result);
  }
  tx.exec1("SELECT pg_advisory_unlock(20231)");
  return result;
}

const std::string& template_database() {
  static std::map<std::string, std::string> names; // by server: a case may have one of its own
  auto& name = names[server_url()];
  if (name.empty())
    name = make_template();
  return name;
}

} // namespace

const db::schema_files& our_schema() {
  static const auto files = db::read_schema_files(test::in_source("sql"));
  return files;
}

empty_database::empty_database() : empty_database("template0") {
  // nop
}

empty_database::empty_database(const std::string& from_template)
  : name_(fresh_name()), url_(url_of(name_)) {
  // Without fsync, copied files cost a third of what the same pages cost through the log.
  pqxx::nontransaction{*server()}.exec0("CREATE DATABASE " + name_ + " TEMPLATE " + from_template
                                        + " STRATEGY file_copy");
  own_ = connect();
}

empty_database::~empty_database() {
  own_.reset();
  pqxx::nontransaction{*server()}.exec0("DROP DATABASE " + name_ + " WITH (FORCE)");
}

db::connection_config empty_database::config() const {
  return {.url = url_};
}

std::unique_ptr<pqxx::connection> empty_database::connect() const {
  return db::connect(
    {.url = url_, .statement_timeout = std::chrono::seconds{60}, .lock_timeout = {}});
}

pqxx::result empty_database::sql(const std::string& text) {
  return pqxx::nontransaction{*own_}.exec(text);
}

std::string empty_database::value(const std::string& text) {
  const auto rows = sql(text);
  REQUIRE_MESSAGE(rows.size() == 1, text);
  return rows[0][0].is_null() ? "NULL" : rows[0][0].c_str();
}

std::string empty_database::refusal(const std::string& text) {
  try {
    sql(text);
    return {};
  } catch (const pqxx::sql_error& err) {
    return err.sqlstate();
  }
}

void empty_database::go_away() {
  own_.reset(); // before others are: it could not be told from them
  const auto on = server();
  pqxx::nontransaction tx{*on};
  tx.exec("ALTER DATABASE \"" + name_ + "\" ALLOW_CONNECTIONS false");
  const auto theirs = " FROM pg_stat_activity WHERE datname = '" + name_ + "'";
  tx.exec("SELECT pg_terminate_backend(pid)" + theirs);
  test::wait_until("the last connection to end",
                   [&] { return tx.exec("SELECT" + theirs).empty(); });
}

void empty_database::come_back() {
  pqxx::nontransaction{*server()}.exec("ALTER DATABASE \"" + name_ + "\" ALLOW_CONNECTIONS true");
  reconnect();
}

migrated_database::migrated_database() : empty_database(template_database()) {
  // nop
}

migrated_database::migrated_database(const std::string& program) {
  migrate_by(program, url());
}

void migrate_by(const std::string& program, const std::string& url) {
  const test::temporary_directory folder;
  test::process run{
    program, {"migrate"}, {{"DATABASE_URL", url}}, folder.file("log"), folder.path()};
  REQUIRE_MESSAGE(run.wait() == 0, run.output());
}

void migrated_database::check_promises() {
  const auto own = connect();
  for (const auto& x : db::broken_promises(*own, our_schema(), std::chrono::seconds{30}))
    FAIL_CHECK(x.promise << ": " << x.subject << ", " << x.detail);
}

void migrated_database::add_user(int64_t user, int credits) {
  const auto id = std::to_string(user);
  sql("INSERT INTO users (tg_user_id) VALUES (" + id + ")");
  if (credits > 0)
    sql("SELECT grant_credits(" + id + ", " + std::to_string(credits) + ")");
}

std::string migrated_database::add_job(int64_t user, const std::string& key) {
  return value("SELECT job_id FROM create_job_and_consume_credit(" + std::to_string(user)
               + ", 'ugc', '" + key
               + R"(', 'photos/a.jpg', '{"product_name": "mug", "product_text": "a mug"}'))");
}

} // namespace neurocards::test
