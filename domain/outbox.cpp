#include "domain/outbox.hpp"

#include "domain/json.hpp"
#include "protocol/store/conversations.hpp"

#include <nlohmann/json.hpp>

namespace neurocards::outbox {

namespace {

/// Texts were cleaned on their way in; `replace` only makes sure that no stray byte can throw.
std::string dump(const nlohmann::json& x) {
  return x.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

telegram::keyboard parse_buttons(const json::object& in) {
  telegram::keyboard result;
  for (const auto& row : in.rows("buttons")) {
    result.emplace_back();
    for (const json::object& x : row) {
      telegram::button b{x.text("text"), x.text("data"), x.text("url"), x.flag("pay")};
      if (!b.text.empty() && (b.pay || b.data.empty() != b.url.empty()))
        result.back().push_back(std::move(b));
    }
    if (result.back().empty())
      result.pop_back();
  }
  return result;
}

nlohmann::json place_object(const telegram::place& x) {
  auto out = nlohmann::json::object();
  if (x.thread != 0)
    out["thread"] = x.thread;
  if (x.direct_messages != 0)
    out["direct_messages"] = x.direct_messages;
  if (!x.business_connection.empty())
    out["business_connection"] = x.business_connection;
  if (x.reply_to != 0)
    out["reply_to"] = x.reply_to;
  return out;
}

void add_place(std::string& text, const nlohmann::json& where) {
  auto object = nlohmann::json::parse(text.empty() ? "{}" : text, nullptr, false);
  if (!object.is_object())
    return; // the store will refuse it
  object["place"] = where;
  text = dump(object);
}

} // namespace

std::string to_json(const telegram::outgoing& x) {
  nlohmann::json out = {{"text", x.text}, {"disable_preview", x.disable_preview}};
  for (const auto& row : x.buttons) {
    nlohmann::json line = nlohmann::json::array();
    for (const telegram::button& b : row) {
      nlohmann::json item = {{"text", b.text}};
      if (b.pay)
        item["pay"] = true;
      else if (!b.url.empty())
        item["url"] = b.url;
      else
        item["data"] = b.data;
      line.push_back(std::move(item));
    }
    out["buttons"].push_back(std::move(line));
  }
  return dump(out);
}

std::string to_json(const telegram::invoice& x) {
  return dump({{"title", x.title},
               {"description", x.description},
               {"payload", x.payload},
               {"label", x.label},
               {"stars", x.stars}});
}

std::string progress_json(const draft_id& draft, int videos) {
  return dump({{"draft", to_string(draft)}, {"total", videos}, {"waiting", videos}});
}

std::optional<telegram::outgoing> read_outgoing(const json::object& in) {
  if (in.text("text").empty())
    return std::nullopt;
  return telegram::outgoing{in.text("text"), parse_buttons(in), in.flag("disable_preview")};
}

std::optional<telegram::invoice> read_invoice(const json::object& in) {
  telegram::invoice out{in.text("title"), in.text("description"), in.text("payload"),
                        in.text("label"), static_cast<int>(in.number("stars"))};
  if (out.title.empty() || out.payload.empty() || out.stars <= 0)
    return std::nullopt;
  return out;
}

std::optional<telegram::outgoing> parse_outgoing(std::string_view text) {
  const auto in = json::parse_object(text);
  return in ? read_outgoing(*in) : std::nullopt;
}

std::optional<telegram::invoice> parse_invoice(std::string_view text) {
  const auto in = json::parse_object(text);
  return in ? read_invoice(*in) : std::nullopt;
}

std::string to_json(const telegram::place& x) {
  return x.empty() ? std::string{} : dump(place_object(x));
}

telegram::place parse_place(std::string_view text) {
  const auto in = json::parse_object(text);
  if (!in)
    return {};
  return {in->number("thread"), in->number("direct_messages"), in->text("business_connection"),
          in->number("reply_to")};
}

void put_in_place(store::commit_step& step, const telegram::place& where) {
  if (where.empty())
    return;
  const auto object = place_object(where);
  const auto put = [&](std::vector<store::new_notification>& notifications) {
    for (auto& x : notifications)
      add_place(x.payload, object);
  };
  put(step.notifications);
  if (step.bought)
    put(step.bought->notifications);
  if (!step.order)
    return;
  put(step.order->accepted_notifications);
  put(step.order->refused_notifications);
  put(step.order->repeated_notifications);
  for (auto& job : step.order->jobs)
    add_place(job.prompt_input, object);
}

std::string reply_markup(const telegram::keyboard& buttons) {
  if (buttons.empty())
    return {};
  nlohmann::json rows = nlohmann::json::array();
  for (const auto& row : buttons) {
    nlohmann::json line = nlohmann::json::array();
    for (const telegram::button& b : row) {
      if (b.pay)
        line.push_back({{"text", b.text}, {"pay", true}});
      else if (!b.url.empty())
        line.push_back({{"text", b.text}, {"url", b.url}});
      else
        line.push_back({{"text", b.text}, {"callback_data", b.data}});
    }
    rows.push_back(std::move(line));
  }
  return dump({{"inline_keyboard", std::move(rows)}});
}

} // namespace neurocards::outbox
