#include "tests/unit/actors/gateway_fixture.hpp"

#include "actors/post.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace neurocards::test {

gateway_fixture::gateway_fixture() = default;

gateway_fixture::~gateway_fixture() {
  held_puts.clear();
  held_visits.clear();
  open_polls.clear();
  talks.clear();
  settle();
}

void gateway_fixture::start() {
  flow::flow_config flow;
  flow.credits.packs = packs;
  gateway_config x{settings,
                   "https://cards.example/telegram/webhook",
                   secret{"webhook-secret"},
                   capacity,
                   telegram::api{"http://telegram.test", secret{"1:x"}, 180s},
                   std::move(flow),
                   database,
                   http,
                   [this](telegram_gateway_actor::pointer, chat_id chat) { return talk(chat); },
                   metrics{sys},
                   receiver};
  gateway = spawn<telegram_gateway_impl>(std::make_shared<const gateway_config>(std::move(x)));
}

std::vector<nlohmann::json> gateway_fixture::answers_to_checkouts() const {
  std::vector<nlohmann::json> result;
  for (const auto& x : requests)
    if (x.label == "telegram.answerPreCheckoutQuery")
      result.push_back(nlohmann::json::parse(x.body));
  return result;
}

void gateway_fixture::gain() {
  if (!gateway)
    start();
  caf::anon_send(gateway, gained_atom_v);
  settle();
}

void gateway_fixture::lose() {
  caf::anon_send(gateway, lost_atom_v);
  settle();
}

std::string gateway_fixture::message(int64_t id, int64_t chat) {
  return nlohmann::json{{"update_id", id},
                        {"message",
                         {{"message_id", id},
                          {"date", 1},
                          {"chat", {{"id", chat}, {"type", "private"}}},
                          {"from", {{"id", chat}, {"is_bot", false}, {"first_name", "Ann"}}},
                          {"text", "hello"}}}}
    .dump();
}

std::string gateway_fixture::checkout(int64_t id, int64_t user) {
  return nlohmann::json{{"update_id", id},
                        {"pre_checkout_query",
                         {{"id", "checkout-" + std::to_string(id)},
                          {"from", {{"id", user}, {"is_bot", false}, {"first_name", "Ann"}}},
                          {"currency", "XTR"},
                          {"total_amount", 250},
                          {"invoice_payload", "what it was"}}}}
    .dump();
}

void gateway_fixture::arrive(const std::vector<std::pair<int64_t, std::string>>& updates) {
  for (const auto& [id, json] : updates)
    unconfirmed[id] = json;
  for (auto& [whose, answer] : std::exchange(open_polls, {}))
    post(whose, std::move(answer));
  settle();
}

void gateway_fixture::stored_before(int64_t id, int64_t chat) {
  inbox[id].update = {update_id{id}, chat_id{chat}, "message", message(id, chat)};
}

void gateway_fixture::release_puts() {
  for (auto& [whose, answer] : std::exchange(held_puts, {}))
    post(whose, std::move(answer));
  settle();
}

void gateway_fixture::unblock(int64_t chat) {
  blocked.erase(chat);
  for (auto& [whose, answer] : std::exchange(held_visits[chat], {}))
    post(whose, std::move(answer));
  settle();
}

void gateway_fixture::crash(int64_t chat) {
  held_visits.erase(chat);
  caf::anon_send_exit(talks.at(chat), caf::exit_reason::kill);
  talks.erase(chat);
  settle();
}

std::vector<int64_t> gateway_fixture::visited(int64_t chat) const {
  std::vector<int64_t> result;
  for (const auto& x : visits)
    if (x.chat == chat)
      result.push_back(x.update);
  return result;
}

int gateway_fixture::count(const std::string& label) const {
  return static_cast<int>(std::count_if(requests.begin(), requests.end(),
                                        [&](const auto& x) { return x.label == label; }));
}

int gateway_fixture::unhandled() const {
  return static_cast<int>(
    std::count_if(inbox.begin(), inbox.end(), [](const auto& x) { return !x.second.handled; }));
}

http::response gateway_fixture::says(int status, std::string body) {
  http::response result;
  result.outcome = http::outcome::answered;
  result.status = status;
  result.body = std::move(body);
  return result;
}

http::response gateway_fixture::refusal(int code, const std::string& description) {
  return says(
    code, nlohmann::json{{"ok", false}, {"error_code", code}, {"description", description}}.dump());
}

int64_t gateway_fixture::note_poll(const http::request& x) {
  const auto offset = nlohmann::json::parse(x.body).value("offset", int64_t{0});
  offsets.push_back(offset);
  polls.push_back(now());
  return offset;
}

gateway_fixture::time_point gateway_fixture::now() {
  return sys.clock().now();
}

void gateway_fixture::confirm(int64_t offset) {
  unconfirmed.erase(unconfirmed.begin(), unconfirmed.lower_bound(offset));
}

http::response gateway_fixture::batch() const {
  auto list = nlohmann::json::array();
  for (const auto& [id, json] : unconfirmed)
    if (list.size() < 100)
      list.push_back(nlohmann::json::parse(json));
  return says(200, nlohmann::json{{"ok", true}, {"result", list}}.dump());
}

caf::expected<store::update_ids> gateway_fixture::put(const store::put_updates& x) {
  std::optional<ec> fault;
  if (!inbox_up)
    fault = ec::unavailable;
  if (!put_faults.empty()) {
    fault = put_faults.front();
    put_faults.pop_front();
  }
  if (fault && !lost_answers)
    return caf::make_error(*fault);
  if (std::any_of(x.updates.begin(), x.updates.end(), refused))
    return caf::make_error(ec::rejected);
  store::update_ids result;
  for (const auto& update : x.updates)
    if (inbox.try_emplace(update.id.value, row{update}).second)
      result.fresh.push_back(update.id);
  if (fault)
    return caf::make_error(*fault);
  return result;
}

caf::result<store::inbox_page> gateway_fixture::pending(const store::pending_updates& x) {
  ++pages;
  if (!inbox_up)
    return caf::make_error(ec::unavailable);
  store::inbox_page result;
  for (const auto& [id, stored] : inbox)
    if (!stored.handled && static_cast<int>(result.updates.size()) < x.limit
        && (x.which == store::pending_updates::choice::all || stored.left_behind))
      result.updates.push_back(stored.update);
  return result;
}

conversation_actor gateway_fixture::talk(chat_id chat) {
  ++spawned;
  auto result = own(sys.spawn([this, chat](conversation_actor::pointer self) {
    return conversation_actor::behavior_type{
      [this, self, chat](const routed_update& x) -> caf::result<void> {
        const auto id = x.update.update.value;
        visits.push_back({chat.value, id});
        auto promise = self->make_response_promise<void>();
        auto finish = [this, promise, id]() mutable {
          if (const auto ending = endings.find(id); ending != endings.end())
            return promise.deliver(caf::make_error(ending->second));
          inbox[id].handled = true;
          promise.deliver();
        };
        if (blocked.contains(chat.value))
          held_visits[chat.value].emplace_back(self->ctrl(), std::move(finish));
        else
          finish();
        return promise;
      },
      [this, self](drain_atom) {
        ++drained;
        self->quit();
      },
    };
  }));
  talks[chat.value] = result;
  return result;
}

gateway_store_actor gateway_fixture::fake_database() {
  return own(sys.spawn([this](gateway_store_actor::pointer self) {
    return gateway_store_actor::behavior_type{
      [this, self](const store::put_updates& x) -> caf::result<store::update_ids> {
        ++puts;
        receivers.push_back(x.receiver);
        if (!hold_puts)
          return put(x);
        auto promise = self->make_response_promise<store::update_ids>();
        held_puts.emplace_back(self->ctrl(),
                               [this, promise, x]() mutable { promise.deliver(put(x)); });
        return promise;
      },
      [this](const store::pending_updates& x) { return pending(x); },
      [this](const store::commit_step& x) -> caf::result<store::step_outcome> {
        commits.push_back(x);
        inbox[x.update.value].handled = true;
        store::step_outcome result;
        result.applied = true;
        return result;
      },
      [this, self](const store::load_conversation& x) -> caf::result<store::conversation_view> {
        if (!inbox_up)
          return caf::make_error(ec::unavailable);
        store::conversation_view view;
        view.banned = banned.contains(x.user.value);
        if (!hold_bans)
          return view;
        auto promise = self->make_response_promise<store::conversation_view>();
        held_puts.emplace_back(self->ctrl(), [promise, view]() mutable { promise.deliver(view); });
        return promise;
      },
    };
  }));
}

http_agent_actor gateway_fixture::fake_http() {
  return own(sys.spawn([this](http_agent_actor::pointer self) {
    return http_agent_actor::behavior_type{
      [this, self](const http::request& x) -> caf::result<http::response> {
        requests.push_back(x);
        if (auto& script = tg_answers[x.label]; !script.empty()) {
          if (x.label == "telegram.getUpdates")
            note_poll(x);
          const auto result = script.front();
          script.pop_front();
          return result;
        }
        if (x.label != "telegram.getUpdates")
          return says(200, R"({"ok":true,"result":true})");
        confirm(note_poll(x));
        if (!unconfirmed.empty())
          return batch();
        auto promise = self->make_response_promise<http::response>(); // a long poll
        open_polls.emplace_back(self->ctrl(),
                                [this, promise]() mutable { promise.deliver(batch()); });
        return promise;
      },
    };
  }));
}

std::shared_ptr<reply<caf::unit_t>> gateway_fixture::webhook(const std::string& body) {
  return ask<caf::unit_t>(*this, gateway, webhook_update{body});
}

} // namespace neurocards::test
