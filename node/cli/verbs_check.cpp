#include "node/cli/verbs.hpp"

#include "clients/kie.hpp"
#include "clients/openai.hpp"
#include "clients/runware.hpp"
#include "domain/listed_prices.hpp"
#include "domain/prices.hpp"
#include "node/cli/asker.hpp"
#include "node/cli/check_host.hpp"
#include "node/cli/table_text.hpp"
#include "node/resources.hpp"
#include "node/result_networks.hpp"
#include "node/service_faults.hpp"
#include "node/services.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>

#include <nlohmann/json.hpp>

#include <unistd.h>

/// `neurocards check`: asks every service a harmless question.
namespace neurocards::verbs {

namespace {

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

finding check_telegram(asker& http, const config::all& settings) {
  const telegram::api api{settings.telegram.api_url, settings.secrets.bot_token, patience,
                          settings.telegram.proxy};
  const auto got = http.ask(api.get_me());
  auto fault = telegram_fault(got);
  std::string found = "bot @" + telegram::parse_answer(got).username;
  if (api.own_server()) {
    if (!fault.empty())
      fault += "; telegram.api-url is no server of Telegram's: it must be the address in front of "
               "/bot<token>/, and the bot be moved there with logOut";
    found += " at a server of your own; if that runs with --local, this program must be able to "
             "read its folder";
  }
  return of_fault("telegram", fault, found);
}

/// A webhook that another program set, or removed, makes the bot deaf.
finding check_webhook(asker& http, const config::all& settings) {
  const telegram::api api{settings.telegram.api_url, settings.secrets.bot_token, patience,
                          settings.telegram.proxy};
  const auto fault = webhook_fault(http.ask(api.get_webhook_info()), settings);
  const bool polls = webhook_address(settings).empty();
  return of_fault("webhook", fault.empty() ? fault : fault + "; a running gateway sets it right",
                  polls ? "none is set: updates are fetched" : "leads to http.public-url");
}

/// One finding per key: a wrong one among many must be found.
void check_kie(asker& http, const config::all& settings, std::vector<finding>& out) {
  const kie::api api{settings.kie.api_url, settings.kie.upload_url, patience, settings.kie.proxy};
  if (settings.secrets.kie_accounts.empty())
    out.push_back({"kie", true, "not set up: no KIE_API_KEY; none of its models is used"});
  for (const auto& account : settings.secrets.kie_accounts) {
    for (const auto& key : account) {
      const auto got = http.ask(api.credit(key));
      const auto credit = kie::parse_credit(got);
      const auto* balance = std::get_if<double>(&credit);
      out.push_back(
        of_fault("kie key " + to_string(provider::fingerprint(key)),
                 provider_fault(kie::service(api).read_probe(got), got),
                 balance ? std::to_string(static_cast<int64_t>(*balance)) + " KIE credits" : ""));
    }
  }
}

/// A page that does not answer proves nothing: it is no part of KIE's API.
finding check_kie_prices(asker& http, const config::all& settings,
                         std::vector<std::string>& notes) {
  const kie::api api{settings.kie.api_url, settings.kie.upload_url, patience, settings.kie.proxy};
  std::vector<prices::listed> rows;
  for (int page = 1, pages = 1; page <= std::min(pages, prices::most_pages); ++page) {
    auto read = kie::parse_prices(http.ask(api.prices(page)));
    if (!read)
      return {"kie prices", true, "KIE's public list cannot be read; nothing depends on it"};
    pages = read->pages;
    std::ranges::move(read->rows, std::back_inserter(rows));
  }
  const auto found = prices::differences(prices::within_limit(settings.kie), rows);
  for (const auto& x : found)
    notes.push_back(prices::describe(x));
  return {"kie prices", true,
          found.empty() ? "none differs from KIE's public list"
                        : std::to_string(found.size()) + " differ from KIE's public list (below)"};
}

/// Its models stand last in the shipped catalogue, for the day on which KIE makes nothing.
finding check_runware(asker& http, const config::all& settings) {
  const auto models =
    std::ranges::count(settings.kie.models, std::string{"runware"}, &config::model::provider);
  if (settings.secrets.runware_key.empty())
    return {"runware", true,
            "not set up: no RUNWARE_API_KEY; " + std::to_string(models)
              + " of kie.models passed over"};
  const auto runware = runware::service(settings.runware.api_url, patience, settings.kie.proxy);
  const auto got = http.ask(runware.probe(settings.secrets.runware_key));
  return of_fault("runware", provider_fault(runware.read_probe(got), got),
                  "takes the key; makes " + std::to_string(models) + " of kie.models");
}

/// A picture of one pixel, white.
constexpr std::string_view pixel{
  "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\0\0\0\0\x3a\x7e\x9b\x55"
  "\0\0\0\nIDAT\x78\x9c\x63\xf8\x0f\0\1\1\1\0\x1b\xb6\xee\x56\0\0\0\0IEND\xae\x42\x60\x82",
  67};

/// Where photos go that KIE cannot fetch from us: another host than the one that is asked for
/// credits.
finding check_kie_upload(asker& http, const config::all& settings) {
  const auto name = "check-" + to_string(uuid::random()) + ".png";
  const auto path = (std::filesystem::path{settings.storage.path} / name).string();
  std::error_code ignored;
  std::filesystem::create_directories(settings.storage.path, ignored);
  std::ofstream{path, std::ios::binary} << pixel;
  const kie::api api{settings.kie.api_url, settings.kie.upload_url, patience, settings.kie.proxy};
  const auto got =
    http.ask(api.upload(settings.secrets.kie_accounts.front().front(), path, name, "image/png"));
  std::filesystem::remove(path, ignored);
  const auto result = kie::parse_upload(got);
  const auto* reason = std::get_if<kie::signal>(&result);
  return of_fault("kie upload", reason ? kie::describe(*reason) : "", "takes photos");
}

finding check_openai(asker& http, const config::all& settings) {
  if (settings.secrets.openai_key.empty())
    return {"openai", true, "not set up: scripts come from the built-in templates"};
  const openai::api api{settings.openai.api_url, settings.secrets.openai_key,
                        settings.openai.proxy};
  std::string known;
  for (const auto& model : openai::models_of(settings.openai)) {
    const auto fault = openai_fault(http.ask(api.check(model)));
    if (!fault.empty())
      return of_fault("openai", model + ": " + fault, "");
    known += (known.empty() ? "" : ", ") + model;
  }
  return of_fault("openai", "", "knows " + known);
}

/// Puts, gets and deletes a file as the program does. Returns what failed; empty: nothing.
std::string fault_of_storing(asker& http, const storage::store& files, const storage_key& key) {
  const auto path = files.temporary_file("txt");
  std::ofstream{path} << "written by neurocards check";
  std::string result;
  for (const auto& [step, action] : {std::pair{"put", files.put(key, path, "text/plain")},
                                     {"get", files.fetch(key)},
                                     {"delete", files.remove(key)}}) {
    const auto done = perform(http, action);
    if (done.temporary)
      ::unlink(done.file.c_str());
    if (!done.ok()) {
      result =
        key.value + ": " + step + ": " + (done.error.empty() ? to_string(done.fault) : done.error);
      break;
    }
  }
  ::unlink(path.c_str());
  return result;
}

/// Wherever the program stores: rights may end at a prefix.
finding check_storage(asker& http, const config::all& settings) {
  const auto* kind = settings.storage.kind == config::storage_kind::local ? "local" : "s3";
  const std::string name = std::string{"storage ("} + kind + ")";
  try {
    const auto files = store_of(settings, signer_of(settings));
    for (const auto* folder : {"photos", "videos"}) {
      const storage_key key{folder + std::string{"/check-"} + to_string(uuid::random()) + ".txt"};
      if (const auto fault = fault_of_storing(http, *files, key); !fault.empty())
        return {name, false, fault};
    }
    return {name, true, "put, get and delete work"};
  } catch (const std::exception& err) {
    return {name, false, first_line(err.what())};
  }
}

/// As the beacon does it.
finding check_redis(const config::all& settings) {
  if (settings.secrets.redis_url.empty())
    return {"redis", true, "not set up: heartbeats go to the database only"};
  const auto address = redis::parse_url(settings.secrets.redis_url.reveal());
  if (!address)
    return {"redis", false, "REDIS_URL is no address that this program can use (see below)"};
  return of_fault("redis", redis::try_beat(*address, patience), "takes heartbeats");
}

std::string as_text(const std::vector<finding>& findings, const std::vector<std::string>& notes) {
  std::vector<std::vector<std::string>> rows{{"WHAT", "STATE", "DETAIL"}};
  for (const auto& x : findings)
    rows.push_back({x.subject, x.ok ? "ok" : "FAILED", x.detail});
  auto result = table_text(rows, "");
  for (const auto& note : notes)
    result += "note: " + note + '\n';
  return result;
}

std::string as_json(const std::vector<finding>& findings, const std::vector<std::string>& notes) {
  auto checks = nlohmann::json::array();
  for (const auto& x : findings)
    checks.push_back({{"subject", x.subject}, {"ok", x.ok}, {"detail", x.detail}});
  return nlohmann::json{{"checks", std::move(checks)}, {"notes", notes}}.dump(
           2, ' ', false, nlohmann::json::error_handler_t::replace)
         + '\n';
}

} // namespace

int check(const invocation& in) {
  const auto& settings = in.config.settings;
  asker http;
  std::string ignored;
  const auto* node = config::choose_node(settings, {}, ignored);
  std::vector<finding> findings{{"settings", true, "valid"}};
  std::vector<std::string> notes;
  check_database(settings, node, findings, notes);
  check_ports(settings, node, findings);
  findings.push_back(check_telegram(http, settings));
  findings.push_back(check_webhook(http, settings));
  check_kie(http, settings, findings);
  if (!settings.secrets.kie_accounts.empty())
    findings.push_back(check_kie_upload(http, settings));
  if (settings.kie.price_feed && !settings.secrets.kie_accounts.empty())
    findings.push_back(check_kie_prices(http, settings, notes));
  findings.push_back(check_runware(http, settings));
  for (auto& warning : result_warnings(settings.kie, patience))
    findings.push_back({"kie results", false, std::move(warning)});
  findings.push_back(check_openai(http, settings));
  findings.push_back(check_storage(http, settings));
  findings.push_back(check_redis(settings));
  for (const auto& list : {in.config.warnings, shortages(measure(settings))})
    notes.insert(notes.end(), list.begin(), list.end());
  std::cout << (in.flags.contains("--json") ? as_json(findings, notes) : as_text(findings, notes));
  return std::ranges::all_of(findings, &finding::ok) ? 0 : 1;
}

} // namespace neurocards::verbs
