#include "domain/session.hpp"

#include "domain/json.hpp"
#include "domain/outbox.hpp"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

namespace neurocards::flow {

namespace {

constexpr std::array<std::string_view, 8> state_names = {
  "idle",
  "awaiting_photo",
  "awaiting_description",
  "awaiting_template",
  "awaiting_wishes",
  "awaiting_own_prompt",
  "awaiting_count",
  "awaiting_confirmation",
};

constexpr int version = 1; // raised when old data would be misread
constexpr size_t remembered_orders = 5;

nlohmann::json write(const draft& x) {
  nlohmann::json out = {{"id", to_string(x.id)}, {"photo", x.photo.value}};
  if (!x.description.empty())
    out["description"] = x.description;
  if (x.chosen_template)
    out["template"] = to_string(*x.chosen_template);
  if (x.wishes)
    out["wishes"] = *x.wishes;
  if (!x.own_prompt.empty())
    out["own_prompt"] = x.own_prompt;
  if (x.own_prompt_approved)
    out["own_prompt_approved"] = true;
  if (x.edit == script_edit::add)
    out["add_to_prompt"] = true;
  if (x.count > 0)
    out["count"] = x.count;
  if (x.launched)
    out["launched"] = true;
  return out;
}

nlohmann::json write(const early_photo& x) {
  return {
    {"file_id", x.file.file_id},     {"unique_id", x.file.unique_id}, {"name", x.file.name},
    {"mime_type", x.file.mime_type}, {"width", x.file.width},         {"height", x.file.height},
    {"bytes", x.file.bytes},         {"is_document", x.is_document},  {"caption", x.caption}};
}

std::optional<draft> read_draft(const json::object& in) {
  const auto id = uuid::parse(in.text("id"));
  if (!id)
    return std::nullopt;
  draft out;
  out.id = draft_id{*id};
  out.photo = storage_key{in.text("photo")};
  out.description = in.text("description");
  out.chosen_template = parse_order_template(in.text("template"));
  if (in.has_text("wishes"))
    out.wishes = in.text("wishes");
  out.own_prompt = in.text("own_prompt");
  out.own_prompt_approved = in.flag("own_prompt_approved");
  out.edit = in.flag("add_to_prompt") ? script_edit::add : script_edit::replace;
  out.count = static_cast<int>(in.number("count"));
  out.launched = in.flag("launched");
  return out;
}

std::optional<early_photo> read_early_photo(const json::object& in) {
  early_photo out;
  out.file = {in.text("file_id"),
              in.text("unique_id"),
              in.text("name"),
              in.text("mime_type"),
              static_cast<int>(in.number("width")),
              static_cast<int>(in.number("height")),
              in.number("bytes")};
  out.is_document = in.flag("is_document");
  out.caption = in.text("caption");
  if (out.file.file_id.empty())
    return std::nullopt;
  return out;
}

session read_session(const json::object& in) {
  session out;
  if (in.number("v") != version)
    return out;
  if (const auto x = in.child("order"))
    out.order = read_draft(*x);
  out.paused = in.flag("paused") && out.order;
  out.album = in.text("album");
  out.album_has_photo = in.flag("album_has_photo");
  out.album_answered = in.flag("album_answered");
  if (const auto x = in.child("early"))
    out.early = read_early_photo(*x);
  out.where = outbox::parse_place(in.text("where"));
  for (const std::string& x : in.texts("ordered"))
    if (const auto id = uuid::parse(x))
      out.ordered.push_back(draft_id{*id});
  return out;
}

} // namespace

std::string to_string(state x) {
  return std::string{state_names[static_cast<size_t>(x)]};
}

std::optional<state> parse_state(std::string_view name) {
  const auto found = std::find(state_names.begin(), state_names.end(), name);
  if (found == state_names.end())
    return std::nullopt;
  return static_cast<state>(found - state_names.begin());
}

bool operator==(const early_photo& x, const early_photo& y) {
  return x.file.file_id == y.file.file_id && x.is_document == y.is_document
         && x.caption == y.caption;
}

state next_step(const draft& x) {
  if (x.photo.value.empty())
    return state::awaiting_photo;
  if (x.description.empty())
    return state::awaiting_description;
  if (!x.chosen_template)
    return state::awaiting_template;
  const bool own_script = x.chosen_template == order_template::self;
  if (own_script && !x.own_prompt_approved)
    return state::awaiting_own_prompt;
  if (!own_script && !x.wishes)
    return state::awaiting_wishes;
  return x.count == 0 ? state::awaiting_count : state::awaiting_confirmation;
}

state state_of(const session& x) {
  if (!x.order)
    return x.asked_for_photo ? state::awaiting_photo : state::idle;
  return x.paused ? state::idle : next_step(*x.order);
}

void remember_ordered(session& x, draft_id id) {
  x.ordered.push_back(id);
  if (x.ordered.size() > remembered_orders)
    x.ordered.erase(x.ordered.begin());
}

stored_session parse_session(std::string_view state_name, std::string_view data) {
  stored_session result;
  if (const auto in = json::parse_object(data))
    result.value = read_session(*in);
  const state stored = parse_state(state_name).value_or(state::idle);
  if (!result.value.order) {
    result.value.asked_for_photo = stored == state::awaiting_photo;
    result.lost = stored > state::awaiting_photo;
  }
  return result;
}

store::session_row to_row(const session& x) {
  nlohmann::json out = {{"v", version}};
  if (x.order)
    out["order"] = write(*x.order);
  if (x.paused)
    out["paused"] = true;
  if (!x.album.empty()) {
    out["album"] = x.album;
    out["album_has_photo"] = x.album_has_photo;
    out["album_answered"] = x.album_answered;
  }
  if (x.early)
    out["early"] = write(*x.early);
  if (!x.where.empty())
    out["where"] = outbox::to_json(x.where);
  for (const draft_id& id : x.ordered)
    out["ordered"].push_back(to_string(id));
  return {to_string(state_of(x)),
          out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)};
}

} // namespace neurocards::flow
