#include "domain/json.hpp"

#include <simdjson.h>

namespace neurocards::json {

namespace dom = simdjson::dom;

/// A place in a parsed document, and the parser that owns the document.
struct object::node {
  std::shared_ptr<dom::parser> owner;
  dom::object here;
};

namespace {

std::optional<std::string_view> find_text(const dom::object& in, std::string_view name) {
  std::string_view found;
  if (in.at_key(name).get(found) != simdjson::SUCCESS)
    return std::nullopt;
  return found;
}

} // namespace

object::object(std::shared_ptr<const node> x) : node_(std::move(x)) {}

std::string object::text(std::string_view name) const {
  return std::string{find_text(node_->here, name).value_or("")};
}

bool object::has_text(std::string_view name) const {
  return find_text(node_->here, name).has_value();
}

int64_t object::number(std::string_view name) const {
  int64_t found = 0;
  return node_->here.at_key(name).get(found) == simdjson::SUCCESS ? found : 0;
}

bool object::flag(std::string_view name) const {
  bool found = false;
  return node_->here.at_key(name).get(found) == simdjson::SUCCESS && found;
}

std::optional<object> object::child(std::string_view name) const {
  dom::object found;
  if (node_->here.at_key(name).get(found) != simdjson::SUCCESS)
    return std::nullopt;
  return object{std::make_shared<const node>(node{node_->owner, found})};
}

std::vector<std::string> object::texts(std::string_view name) const {
  std::vector<std::string> result;
  dom::array found;
  if (node_->here.at_key(name).get(found) != simdjson::SUCCESS)
    return result;
  for (const dom::element item : found) {
    std::string_view text;
    if (item.get(text) == simdjson::SUCCESS)
      result.emplace_back(text);
  }
  return result;
}

std::vector<object> object::objects(std::string_view name) const {
  std::vector<object> result;
  dom::array found;
  if (node_->here.at_key(name).get(found) != simdjson::SUCCESS)
    return result;
  for (const dom::element item : found) {
    dom::object one;
    if (item.get(one) == simdjson::SUCCESS)
      result.push_back(object{std::make_shared<const node>(node{node_->owner, one})});
  }
  return result;
}

std::vector<std::vector<object>> object::rows(std::string_view name) const {
  std::vector<std::vector<object>> result;
  dom::array outer;
  if (node_->here.at_key(name).get(outer) != simdjson::SUCCESS)
    return result;
  for (const dom::element row : outer) {
    dom::array inner;
    if (row.get(inner) != simdjson::SUCCESS)
      continue;
    result.emplace_back();
    for (const dom::element item : inner) {
      dom::object found;
      if (item.get(found) == simdjson::SUCCESS)
        result.back().push_back(object{std::make_shared<const node>(node{node_->owner, found})});
    }
  }
  return result;
}

std::optional<object> parse_object(std::string_view text) {
  auto owner = std::make_shared<dom::parser>();
  dom::object root;
  if (owner->parse(text.data(), text.size(), true).get(root) != simdjson::SUCCESS)
    return std::nullopt;
  return object{std::make_shared<const object::node>(object::node{owner, root})};
}

} // namespace neurocards::json
