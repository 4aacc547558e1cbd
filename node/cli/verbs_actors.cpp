#include "node/cli/verbs.hpp"

#include "clients/http_engine.hpp"
#include "node/cli/rows_text.hpp"
#include "node/cli/table_text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <future>
#include <iostream>

#include <nlohmann/json.hpp>

/// `neurocards actors`: asks the node that runs here, which asks the others.
namespace neurocards::verbs {

namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using rows = std::vector<std::vector<std::string>>;

constexpr auto patience = 8s; // a node answers for all within four seconds, and measures for one

/// The node of this host, on which the settings say it listens.
std::string address_of(const config::all& settings) {
  auto where = config::parse_address(settings.http.listen).value_or(config::endpoint_address{});
  if (where.port == 0)
    throw wrong_usage{"http.listen: " + settings.http.listen
                      + " names no port; say with --http.listen=HOST:PORT where the node listens"};
  if (where.host == "0.0.0.0" || where.host == "::" || where.host == "[::]")
    where.host = where.host == "0.0.0.0" ? "127.0.0.1" : "::1";
  const bool bare_v6 = where.host.find(':') != std::string::npos && where.host.front() != '[';
  return "http://" + (bare_v6 ? "[" + where.host + "]" : where.host) + ":"
         + std::to_string(where.port);
}

json ask(const config::all& settings, const std::string& path) {
  http::request request;
  request.url = address_of(settings) + path;
  request.label = "actors";
  const auto& keys = settings.secrets;
  request.bearer = keys.http_token.empty() ? keys.http_read_token : keys.http_token;
  request.timeout = patience;
  request.max_bytes = 64 << 20;
  http::engine engine;
  std::promise<http::response> promise;
  engine.submit(std::move(request), [&](http::response got) { promise.set_value(std::move(got)); });
  const auto got = promise.get_future().get(); // the engine always answers
  if (got.outcome != http::outcome::answered)
    throw std::runtime_error{"no node answers at " + settings.http.listen + " ("
                             + to_string(got.outcome) + "); actors are asked of a running node"};
  auto answer = json::parse(got.body, nullptr, false);
  if (got.status != 200)
    throw std::runtime_error{answer.is_object() && answer.contains("error")
                               ? answer["error"].get<std::string>()
                               : "the node answered with status " + std::to_string(got.status)};
  return answer;
}

/// "12.5"; empty for what is not known.
std::string figure(const json& x) {
  if (!x.is_number())
    return "";
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), x.is_number_float() ? "%.1f" : "%.0f", x.get<double>());
  return text.data();
}

std::string text(const json& from, const char* name) {
  const auto found = from.find(name);
  if (found == from.end() || found->is_null())
    return {};
  return found->is_string() ? found->get<std::string>() : figure(*found);
}

/// The first rows of `list` by `field`, the greatest first.
std::vector<json> greatest(const json& list, const char* field, size_t count) {
  std::vector<json> result(list.begin(), list.end());
  std::ranges::stable_sort(result, [&](const json& x, const json& y) {
    return x.value(field, 0.0) > y.value(field, 0.0);
  });
  result.resize(std::min(result.size(), count));
  return result;
}

std::string kinds_text(const json& node) {
  rows table{{"KIND", "ALIVE", "WAITING", "OLDEST MS", "RATE/S", "BUSY", "P50 MS", "P99 MS",
              "MAX MS", "REJECTED", "STALLS", "FAULTED"}};
  for (const auto& x : node["kinds"])
    table.push_back({text(x, "kind"), text(x, "alive"), text(x, "waiting"), text(x, "oldest_ms"),
                     text(x, "rate"), text(x, "busy"), text(x["handle_ms"], "p50"),
                     text(x["handle_ms"], "p99"), text(x["handle_ms"], "max"), text(x, "rejected"),
                     text(x, "stalls"), text(x["ended"], "faulted")});
  return table_text(table, "No kind of actor is known.");
}

std::string messages_text(const json& node) {
  rows table{{"SLOWEST MESSAGES", "OF", "RATE/S", "P50 MS", "P99 MS", "MAX MS", "ERRORS"}};
  for (const auto& x : greatest(node["messages"], "max_ms", 10))
    table.push_back({text(x, "message"), text(x, "kind"), text(x, "rate"), text(x, "p50_ms"),
                     text(x, "p99_ms"), text(x, "max_ms"), text(x, "errors")});
  return table_text(table, "No message was handled while it was measured.");
}

std::string stalls_text(const json& node) {
  rows table{{"STALLS", "ACTOR", "MESSAGE", "MS", ""}};
  for (const auto& x : node["stalls"])
    if (table.size() <= 10)
      table.push_back({text(x, "kind"), text(x, "id"), text(x, "message"), text(x, "ms"),
                       x["running"] == true ? "runs still" : "ended"});
  return table_text(table, "No handler stalled.");
}

std::string dead_letters_text(const json& node) {
  if (node["dead_letters"].empty())
    return {};
  rows table{{"NOT HANDLED", "MESSAGE", "COUNT", "REASON"}};
  for (const auto& x : node["dead_letters"])
    table.push_back({text(x, "kind"), text(x, "message"), text(x, "count"), text(x, "reason")});
  return "\n" + table_text(table, "");
}

void print_all(const json& answer) {
  for (const auto& node : answer["nodes"]) {
    std::cout << "Node " << text(node, "node");
    if (node.contains("error")) {
      std::cout << ": " << text(node, "error") << "\n\n";
      continue;
    }
    std::cout << ", version " << text(node, "version") << '\n'
              << kinds_text(node) << '\n'
              << messages_text(node) << '\n'
              << stalls_text(node) << dead_letters_text(node) << '\n';
  }
}

void print_kind(const json& answer) {
  rows table{{"ACTOR", "NODE", "ABOUT", "WAITING", "OLDEST MS", "AGE S", "HANDLED", "BUSY S",
              "HANDLES NOW", "FOR MS"}};
  for (const auto& x : answer["instances"])
    table.push_back({text(x, "id"), text(x, "node"), text(x, "label"), text(x, "waiting"),
                     text(x, "oldest_ms"), text(x, "age_s"), text(x, "handled"), text(x, "busy_s"),
                     x["now"].is_null() ? "" : text(x["now"], "message"),
                     x["now"].is_null() ? "" : text(x["now"], "ms")});
  std::cout << table_text(table, "No actor of this kind lives.");
  for (const auto& node : answer["nodes"])
    if (node.contains("error"))
      std::cout << "Node " << text(node, "node") << ": " << text(node, "error") << '\n';
}

/// "int32_t (2026-05-01 12:00:00)"; "none" of one that has handled nothing yet.
std::string last_message_text(const json& x) {
  const auto name = text(x, "last_message");
  return name.empty() ? "none" : name + " (" + row_of(x, {"last_at"}).front() + ")";
}

void print_instance(const json& x) {
  std::cout << text(x, "kind") << ' ' << text(x, "id") << " on node " << text(x, "node")
            << (text(x, "label").empty() ? "" : ", about " + text(x, "label")) << '\n'
            << "messages waiting: " << text(x, "waiting") << '\n'
            << "last message: " << last_message_text(x) << '\n';
  if (x.value("stuck", false)) {
    std::cout << "DOES NOT ANSWER\n";
    if (x.contains("now") && x["now"].is_object())
      std::cout << "handles " << text(x["now"], "message") << " for " << text(x["now"], "ms")
                << " ms\n";
    return;
  }
  std::cout << "answered within " << text(x, "answered_ms") << " ms\n";
  for (const auto& [name, value] : x["describe"].items())
    std::cout << name << ": " << (value.is_string() ? value.get<std::string>() : value.dump())
              << '\n';
}

/// A word as a part of a path.
std::string in_path(const std::string& word) {
  const bool plain = !word.empty() && std::ranges::all_of(word, [](unsigned char c) {
    return std::isalnum(c) || c == '_';
  });
  if (!plain)
    throw wrong_usage{"\"" + word
                      + "\" is no kind of actor and no ID; neurocards actors names them"};
  return "/" + word;
}

} // namespace

int actors(const invocation& in) {
  std::string path = "/api/actors";
  for (const auto& word : in.words)
    path += in_path(word);
  if (in.words.size() == 2) // an ID is one node's own
    path += in.config.node.empty() ? "" : "?node=" + in.config.node;
  else
    path += "?node=*&detail=1";
  const auto answer = ask(in.config.settings, path);
  if (in.flags.contains("--json"))
    std::cout << answer.dump(2) << '\n';
  else
    std::array{print_all, print_kind, print_instance}.at(in.words.size())(answer);
  return 0;
}

} // namespace neurocards::verbs
