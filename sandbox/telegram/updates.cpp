#include "sandbox/telegram/updates.hpp"

#include "sandbox/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace neurocards::sandbox::telegram {

namespace {

using nlohmann::json;

constexpr int64_t message_life = 24 * 3'600'000; // ms
constexpr int64_t query_life = 150'000;          // of button presses and pre-checkout queries
constexpr int64_t longest_poll = 50;             // seconds; more is silently cut
constexpr size_t largest_batch = 4U << 20;       // bytes

int64_t life_of(const std::string& kind) {
  return kind.ends_with("_query") ? query_life : message_life;
}

} // namespace

update_queue::update_queue(world& w) : world_(w) {}

bool update_queue::wanted(const std::string& kind) const {
  constexpr std::array unasked{"chat_member", "message_reaction", "message_reaction_count"};
  if (allowed_.empty())
    return std::find(unasked.begin(), unasked.end(), kind) == unasked.end();
  return std::find(allowed_.begin(), allowed_.end(), kind) != allowed_.end();
}

int64_t update_queue::add(const std::string& kind, int64_t chat, const json& body) {
  if (!wanted(kind))
    return 0;
  pending_update u;
  u.id = next_id_++;
  u.chat = chat;
  u.expires_at = world_.clock.now() + life_of(kind);
  u.json = "{\"update_id\":" + std::to_string(u.id) + ",\"" + kind + "\":" + body.dump() + "}";
  const auto id = u.id;
  push(chat, std::move(u));
  return id;
}

int64_t update_queue::add_raw(json update) {
  if (!update.contains("update_id"))
    update["update_id"] = next_id_++;
  pending_update u;
  u.id = update["update_id"].get<int64_t>();
  u.expires_at = world_.clock.now() + message_life;
  u.json = update.dump();
  const auto id = u.id;
  push(0, std::move(u));
  return id;
}

void update_queue::push(int64_t chat, pending_update u) {
  const auto id = u.id;
  waiting_[id] = std::move(u);
  if (webhook_)
    webhook_->push(chat, id);
  else if (poll_)
    answer(std::move(*std::exchange(poll_, std::nullopt)));
}

std::string update_queue::batch(int64_t limit) {
  const auto now = world_.clock.now();
  std::string list;
  for (auto next = waiting_.begin();
       next != waiting_.end() && limit > 0 && list.size() < largest_batch;) {
    if (next->second.expires_at <= now) {
      next = waiting_.erase(next);
      continue;
    }
    list += (list.empty() ? "" : ",") + next->second.json;
    ++next;
    --limit;
  }
  return "{\"ok\":true,\"result\":[" + list + "]}";
}

void update_queue::answer(poll p) {
  p.call.send(200, batch(p.limit), 200);
}

void update_queue::confirm_below(int64_t offset) {
  if (offset >= 0) {
    waiting_.erase(waiting_.begin(), waiting_.lower_bound(offset));
    return;
  }
  const auto keep = static_cast<size_t>(-offset); // only the last so many, and forget the rest
  while (waiting_.size() > keep)
    waiting_.erase(waiting_.begin());
}

void update_queue::read_allowed(const form& f) {
  if (!f.has("allowed_updates"))
    return; // keeps the previous list
  const auto list = json::parse(f.text("allowed_updates"), nullptr, false);
  if (list.is_array()
      && std::all_of(list.begin(), list.end(), [](const json& x) { return x.is_string(); }))
    allowed_ = list.get<std::vector<std::string>>();
}

void update_queue::get_updates(const form& f, exchange x) {
  const auto conflict = [](exchange& to, const std::string& reason) {
    to.send(409, to_body(refuse(409, "Conflict: " + reason)), 409);
  };
  if (webhook_)
    return conflict(
      x, "can't use getUpdates method while webhook is active; use deleteWebhook to delete "
         "the webhook first");
  if (poll_)
    conflict(
      std::exchange(poll_, std::nullopt)->call,
      "terminated by other getUpdates request; make sure that only one bot instance is running");
  read_allowed(f);
  const auto offset = f.number("offset");
  auto limit = std::clamp<int64_t>(f.number("limit", 100), 1, 100);
  auto timeout = std::clamp<int64_t>(f.number("timeout"), 0, longest_poll);
  // Two habits of the official server that protect it from a consumer that dies on a batch.
  const auto now = world_.clock.now();
  if (offset == previous_offset_ && timeout < 3 && now < previous_start_ + 3000)
    timeout = 3;
  if (offset == previous_offset_ && now < previous_start_ + 500)
    limit = 1;
  previous_offset_ = offset;
  previous_start_ = now;
  confirm_below(offset);
  poll p{std::move(x), limit, ++last_poll_};
  if (!waiting_.empty() || timeout == 0)
    return answer(std::move(p));
  const auto id = p.id;
  poll_ = std::move(p);
  world_.run_after(milliseconds{timeout * 1000}, [this, id] {
    if (poll_ && poll_->id == id)
      answer(std::move(*std::exchange(poll_, std::nullopt)));
  });
}

reply update_queue::set_webhook(const form& f) {
  const auto& url = f.text("url");
  if (url.empty())
    return delete_webhook(f);
  if (!url.starts_with("http://") && !url.starts_with("https://"))
    return bad_request("bad webhook: An HTTPS URL must be provided for webhook");
  const auto& secret = f.text("secret_token");
  const auto fine = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-';
  };
  if (secret.size() > 256 || !std::all_of(secret.begin(), secret.end(), fine))
    return bad_request("secret token contains unallowed characters");
  if (poll_) {
    auto old = std::move(*std::exchange(poll_, std::nullopt));
    old.call.send(409, to_body(refuse(409, "Conflict: terminated by setWebhook request")), 409);
  }
  read_allowed(f);
  if (f.flag("drop_pending_updates"))
    waiting_.clear();
  if (webhook_)
    webhook_->stop();
  webhook_ = std::make_shared<webhook>(
    world_,
    webhook::target{url, secret, std::clamp<int64_t>(f.number("max_connections", 40), 1, 100)},
    waiting_);
  for (const auto& [id, u] : waiting_)
    webhook_->push(u.chat, id);
  return done();
}

reply update_queue::delete_webhook(const form& f) {
  if (f.flag("drop_pending_updates"))
    waiting_.clear();
  if (webhook_)
    webhook_->stop();
  webhook_.reset();
  return done();
}

reply update_queue::webhook_info() const {
  json info{{"url", webhook_ ? webhook_->to().url : ""},
            {"has_custom_certificate", false},
            {"pending_update_count", waiting_.size()}};
  if (webhook_)
    info["max_connections"] = webhook_->to().max_connections;
  if (webhook_ && webhook_->last_error_date() > 0) {
    info["last_error_date"] = webhook_->last_error_date();
    info["last_error_message"] = webhook_->last_error();
  }
  if (!allowed_.empty())
    info["allowed_updates"] = allowed_;
  return ok(info);
}

void update_queue::clear() {
  if (webhook_)
    webhook_->stop();
  webhook_.reset();
  waiting_.clear();
  allowed_.clear();
  previous_offset_ = -1;
  if (poll_)
    answer(std::move(*std::exchange(poll_, std::nullopt)));
}

} // namespace neurocards::sandbox::telegram
