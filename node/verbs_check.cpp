#include "node/verbs.hpp"

#include "clients/http_engine.hpp"
#include "clients/openai.hpp"
#include "db/migrate.hpp"
#include "node/folders.hpp"
#include "node/service_faults.hpp"
#include "node/services.hpp"
#include "node/table_text.hpp"

#include <fstream>
#include <future>
#include <iostream>

#include <unistd.h>

/// `neurocards check`: asks every service a harmless question.
namespace neurocards::verbs {

namespace {

using namespace std::chrono_literals;

constexpr auto patience = 10s; // for each service

/// One line of the table.
struct finding {
  std::string what;
  bool ok = false;
  std::string detail;
};

/// The http engine for somebody who may wait.
class asker {
public:
  http::response ask(http::request request) {
    request.timeout = patience;
    std::promise<http::response> promise;
    auto answer = promise.get_future();
    engine_.submit(std::move(request),
                   [&](http::response got) { promise.set_value(std::move(got)); });
    return answer.get(); // the engine always answers
  }

private:
  http::engine engine_;
};

finding of_fault(std::string what, const std::string& fault, std::string if_ok = "answers") {
  return {std::move(what), fault.empty(), fault.empty() ? std::move(if_ok) : fault};
}

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

finding check_database(const config::all& settings) {
  try {
    auto how = connection_of(settings, "check");
    how.connect_timeout = std::chrono::duration_cast<std::chrono::seconds>(patience);
    const auto connection = db::connect(how);
    const auto state = db::state_of_schema(*connection, db::read_schema_files(folders::sql()));
    if (state == db::schema_state::same) {
      db::prove_writable(*connection);
      return {"database", true, "takes writes, schema is this program's"};
    }
    return {"database", false,
            "answers, but its schema is " + to_string(state) + "; run: neurocards migrate"};
  } catch (const std::exception& err) {
    return {"database", false, first_line(err.what())};
  }
}

finding check_telegram(asker& http, const config::all& settings) {
  const telegram::api api{settings.telegram.api_url, settings.secrets.bot_token, patience,
                          settings.telegram.proxy};
  const auto got = http.ask(api.get_me());
  return of_fault("telegram", telegram_fault(got), "bot @" + telegram::parse_answer(got).username);
}

/// One finding per key: a wrong one among many must be found.
void check_kie(asker& http, const config::all& settings, std::vector<finding>& out) {
  const kie::api api{settings.kie.api_url, settings.kie.upload_url, patience};
  for (const auto& account : settings.secrets.kie_accounts) {
    for (const auto& key : account) {
      const auto got = http.ask(api.credit(key));
      const auto credit = kie::parse_credit(got);
      const auto* balance = std::get_if<double>(&credit);
      out.push_back(
        of_fault("kie key " + to_string(kie::fingerprint(key)), kie_fault(got),
                 balance ? std::to_string(static_cast<int64_t>(*balance)) + " KIE credits" : ""));
    }
  }
}

finding check_openai(asker& http, const config::all& settings) {
  if (settings.secrets.openai_key.empty())
    return {"openai", true, "not set up: scripts come from the built-in templates"};
  const openai::api api{settings.openai.api_url, settings.secrets.openai_key};
  return of_fault("openai", openai_fault(http.ask(api.check(settings.openai.model))),
                  "knows " + settings.openai.model);
}

storage::result perform(asker& http, const storage::action& what) {
  return what.request ? what.interpret(http.ask(*what.request)) : what.disk();
}

finding check_storage(asker& http, const config::all& settings) {
  const auto* kind = settings.storage.kind == config::storage_kind::local ? "local" : "s3";
  const std::string name = std::string{"storage ("} + kind + ")";
  try {
    const auto files = store_of(settings, signer_of(settings));
    const storage_key key{"check/" + to_string(uuid::random()) + ".txt"};
    const auto path = files->temporary_file("txt");
    std::ofstream{path} << "written by neurocards check";
    for (const auto& [step, action] : {std::pair{"put", files->put(key, path, "text/plain")},
                                       {"get", files->fetch(key)},
                                       {"delete", files->remove(key)}}) {
      const auto done = perform(http, action);
      if (done.temporary)
        ::unlink(done.file.c_str());
      if (!done.ok()) {
        ::unlink(path.c_str());
        return {name, false,
                std::string{step} + ": "
                  + (done.error.empty() ? to_string(done.what) : done.error)};
      }
    }
    ::unlink(path.c_str());
    return {name, true, "put, get and delete work"};
  } catch (const std::exception& err) {
    return {name, false, first_line(err.what())};
  }
}

finding check_redis(const config::all& settings) {
  const auto address = redis::parse_url(settings.secrets.redis_url.reveal());
  if (!address)
    return {"redis", true, "not set up: heartbeats go to the database only"};
  return of_fault("redis", redis::ping(*address, patience));
}

} // namespace

int check(const invocation& in) {
  const auto& settings = in.config.settings;
  asker http;
  std::vector<finding> findings{
    {"settings", true, "valid"}, check_database(settings), check_telegram(http, settings)};
  check_kie(http, settings, findings);
  findings.push_back(check_openai(http, settings));
  findings.push_back(check_storage(http, settings));
  findings.push_back(check_redis(settings));
  std::vector<std::vector<std::string>> rows{{"WHAT", "STATE", "DETAIL"}};
  bool all_ok = true;
  for (const auto& x : findings) {
    rows.push_back({x.what, x.ok ? "ok" : "FAILED", x.detail});
    all_ok = all_ok && x.ok;
  }
  std::cout << table_text(rows, "");
  for (const auto& text : in.config.warnings)
    std::cout << "note: " << text << '\n';
  return all_ok ? 0 : 1;
}

} // namespace neurocards::verbs
