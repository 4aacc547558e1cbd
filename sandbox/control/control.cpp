#include "sandbox/control/control.hpp"

#include "sandbox/telegram/visitor.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace neurocards::sandbox {

namespace {

using nlohmann::json;

constexpr int64_t longest_wait = 50'000; // ms, of a watcher for events
constexpr std::string_view prefix = "/control/";

int64_t number(std::string_view digits, int64_t otherwise) {
  std::from_chars(digits.data(), digits.data() + digits.size(), otherwise);
  return otherwise;
}

void refuse(http_server::responder& r, int status, const std::string& reason) {
  r.send(status, json{{"error", reason}}.dump());
}

/// The wish of a call: its JSON body, or its form with the values read as JSON where they are.
json wish_of(const form& f, const http_server::request& req) {
  if (req.header("Content-Type").starts_with("application/json") && !req.body.empty())
    return json::parse(req.body);
  json wish = json::object();
  for (const auto& [name, value] : f.values()) {
    auto parsed = json::parse(value, nullptr, false);
    wish[name] = parsed.is_discarded() || parsed.is_object() ? json(value) : std::move(parsed);
  }
  return wish;
}

/// One wish or a list of them.
template <class F>
json for_each(const json& body, F f) {
  if (!body.is_array())
    return f(body);
  auto results = json::array();
  for (const auto& one : body)
    results.push_back(f(one));
  return results;
}

} // namespace

void control::handle(const http_server::request& req, http_server::responder r) {
  try {
    if (stream(req, r))
      return;
    const auto f = form::read(req);
    if (!f && !req.body.starts_with('['))
      return refuse(r, 400, "the body cannot be read");
    const auto path = req.path.substr(prefix.size());
    const auto body = wish_of(f ? *f : form{}, req);
    if (path == "pay")
      return pay(body, std::move(r));
    if (path == "send" && f && f->file("file"))
      return r.send(200,
                    telegram::send_as(telegram_.state(), body, f->file("file")->content).dump());
    const auto result = answer(path, req, body);
    if (result.is_null())
      return refuse(r, 404, "no such path: " + req.path);
    r.send(200, result.dump());
  } catch (
    const std::exception& e) { // wishes are foreign input: whatever is wrong with them is told
    refuse(r, 400, e.what());
  }
}

bool control::stream(const http_server::request& req, http_server::responder& r) {
  if (req.path == "/control/events") {
    const auto timeout = std::min(longest_wait, 1000 * number(req.param("timeout"), 25));
    const auto waiter =
      world_.events.wait(static_cast<uint64_t>(number(req.param("since"), 0)), std::move(r));
    if (waiter != 0)
      world_.run_after(milliseconds{timeout}, [this, waiter] { world_.events.expire(waiter); });
    return true;
  }
  if (req.path == "/control/file") {
    const auto* f = telegram_.state().stored.find(std::string{req.param("id")});
    if (!f)
      throw std::invalid_argument{"id: no such file"};
    r.send(http_server::answer{
      .headers = {{"Content-Type", f->type.mime}}, .body = {}, .file = world_.blobs.path(f->blob)});
    return true;
  }
  return false;
}

json control::answer(const std::string& path, const http_server::request& req, const json& body) {
  if (path == "script")
    return script(req, body);
  if (path == "settings")
    return settings_of(body);
  if (path == "users")
    return users(body);
  if (path == "messages")
    return messages(req);
  if (path == "tasks")
    return tasks(req);
  if (path == "calls")
    return world_.calls.show(req.param("service"), req.param("operation"),
                             static_cast<size_t>(number(req.param("last"), 0)));
  if (path == "updates")
    return {{"pending", telegram_.state().updates.pending()},
            {"polled", telegram_.state().updates.polled()}};
  if (path == "commands")
    return json::parse(telegram_.state().commands);
  if (path == "presses") {
    auto list = json::array();
    for (const auto& [id, p] : telegram_.state().presses)
      list.push_back(
        {{"callback_query_id", std::to_string(id)}, {"user", p.user}, {"answered", p.answered}});
    return list;
  }
  if (path.starts_with("kie/"))
    return kie_action(path.substr(4), body);
  return req.method == "POST" ? change(path, body) : json{};
}

json control::change(const std::string& path, const json& body) {
  auto& bot = telegram_.state();
  if (path == "send")
    return for_each(body, [&](const json& one) { return telegram::send_as(bot, one); });
  if (path == "press")
    return for_each(body, [&](const json& one) { return telegram::press_as(bot, one); });
  if (path == "block" || path == "unblock")
    return telegram::block_as(bot, body.at("user").get<int64_t>(), path == "block");
  if (path == "refund")
    return for_each(body, [&](const json& one) { return telegram::refund_as(bot, one); });
  if (path == "update")
    return {{"update_id", bot.updates.add_raw(body)}};
  if (path == "jump") {
    bot.updates.jump_to(body.at("update_id").get<int64_t>());
    return {{"ok", true}};
  }
  if (path == "advance") {
    world_.clock.advance(milliseconds{body.at("ms").get<int64_t>()});
    return {{"ok", true}};
  }
  if (path == "reset") {
    reset();
    return {{"ok", true}};
  }
  return {};
}

json control::script(const http_server::request& req, const json& body) {
  if (req.method == "DELETE")
    world_.faults.clear(req.param("service"), req.param("operation"));
  if (req.method == "POST")
    return for_each(body, [&](const json& rule) -> json {
      return {{"id", world_.faults.add(rule)}};
    });
  return world_.faults.list();
}

json control::settings_of(const json& body) {
  const auto scale = world_.set.time_scale;
  if (const auto fault = apply(world_.set, body); !fault.empty())
    throw std::invalid_argument{fault};
  if (world_.set.time_scale != scale)
    world_.clock.set_scale(world_.set.time_scale);
  return to_json(world_.set);
}

json control::users(const json& body) {
  auto& people = telegram_.state().users;
  if (body.contains("id")) {
    auto& p = people.of(body["id"].get<int64_t>());
    p.first_name = body.value("first_name", p.first_name);
    p.last_name = body.value("last_name", p.last_name);
    p.username = body.value("username", p.username);
    p.language_code = body.value("language_code", p.language_code);
    p.started = body.value("started", p.started);
  }
  auto list = json::array();
  for (const auto& [id, p] : people.all()) {
    auto one = p.as_user();
    one["started"] = p.started;
    one["blocked"] = p.blocked;
    list.push_back(std::move(one));
  }
  return list;
}

json control::messages(const http_server::request& req) {
  const auto chat = number(req.param("chat"), 0);
  const auto since = number(req.param("since"), 0);
  auto list = json::array();
  const auto& all = telegram_.state().messages.of(chat);
  for (auto next = all.upper_bound(since); next != all.end(); ++next) {
    const auto& m = next->second;
    auto one = json::parse(m.json);
    auto& extra = one["sandbox"] = {
      {"from_bot", m.from_bot}, {"deleted", m.deleted}, {"edits", m.earlier.size()}};
    for (const auto& before : m.earlier)
      extra["earlier"].push_back(json::parse(before));
    if (!m.keyboard.empty())
      extra["keyboard"] = json::parse(m.keyboard);
    if (!m.payload.empty())
      extra["payload"] = m.payload;
    list.push_back(std::move(one));
  }
  return {{"messages", list}};
}

json control::tasks(const http_server::request& req) {
  const auto now = real_now();
  const auto matches = [&](const json& t) {
    for (const char* name : {"task", "model", "state", "key"})
      if (const auto wanted = req.param(name); !wanted.empty() && t[name] != wanted)
        return false;
    return true;
  };
  auto list = json::array();
  size_t count = 0;
  const auto& all = kie_.known().all();
  const auto last = static_cast<size_t>(number(req.param("last"), std::ssize(all)));
  for (auto t = all.rbegin(); t != all.rend(); ++t)
    if (auto one = kie::describe(*t, now); matches(one) && count++ < last)
      list.push_back(std::move(one));
  std::reverse(list.begin(), list.end());
  return {{"count", count}, {"tasks", list}};
}

json control::accounts(const json& body) {
  for (const auto& a : body.contains("accounts") ? body["accounts"] : json::array())
    kie_.paying().declare(a.at("name"), a.at("keys").get<std::vector<std::string>>(),
                          a.value("credits", world_.set.kie_credits));
  return kie_.paying().list();
}

json control::kie_action(const std::string& path, const json& body) {
  if (path == "accounts")
    return accounts(body);
  auto* t = kie_.known().find(body.value("task", ""));
  if (!t)
    throw std::invalid_argument{"task: no such task"};
  if (path == "end")
    kie_.end(*t, body);
  else if (path == "callback")
    kie_.call_back(*t, body);
  else
    return {};
  return {{"ok", true}};
}

void control::pay(const json& body, http_server::responder r) {
  const auto shared = std::make_shared<http_server::responder>(std::move(r));
  try {
    telegram::pay_as(telegram_.state(), body,
                     [shared](const json& end) { shared->send(200, end.dump()); });
  } catch (const std::exception& e) {
    refuse(*shared, 400, e.what());
  }
}

void control::reset() {
  ++world_.era;
  world_.faults.clear();
  world_.calls.clear();
  world_.events.clear();
  world_.hanging.clear();
  world_.set = world_.initial_set;
  world_.clock.set_scale(world_.set.time_scale);
  telegram_.clear();
  kie_.clear();
}

} // namespace neurocards::sandbox
