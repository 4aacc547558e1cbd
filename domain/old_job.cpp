#include "domain/old_job.hpp"

#include "domain/json.hpp"

#include <algorithm>

namespace neurocards::old_bot {

namespace {

/// PostgreSQL holds no NUL, which the JSON of a text may spell.
std::string without_nul(std::string text) {
  std::erase(text, '\0');
  return text;
}

/// Below `inputs/`, where the old program kept photos, however the row names it.
std::string photo_key(std::string_view name) {
  constexpr std::string_view folder = "inputs/";
  if (name.find("://") != std::string_view::npos) {
    const auto begin = name.find("/inputs/");
    if (begin == std::string_view::npos)
      return {};
    name.remove_prefix(begin + 1);
  }
  while (name.starts_with('/') || name.starts_with(folder))
    name.remove_prefix(name.starts_with('/') ? 1 : folder.size());
  return name.empty() ? std::string{} : std::string{folder} + std::string{name};
}

} // namespace

order_words understood(const job_words& old) {
  order_words result;
  const auto product = json::parse_object(old.product_text);
  const auto details = json::parse_object(old.details);
  result.product_text = product ? product->text("text") : old.product_text;
  if (result.product_text.empty())
    result.product_text = old.product_name;
  result.product_text = without_nul(result.product_text);
  if (details)
    result.script = details->text("user_prompt");
  if (result.script.empty() && product)
    result.script = product->text("user_prompt");
  result.script = without_nul(result.script);
  const auto chosen = parse_order_template(
    details && details->has_text("template_id") ? details->text("template_id") : old.template_id);
  if (chosen == order_template::ad || (chosen == order_template::self && !result.script.empty()))
    result.chosen_template = *chosen;
  if (old.extra_wishes != "-")
    result.wishes = old.extra_wishes;
  result.photo = photo_key(old.photo);
  return result;
}

} // namespace neurocards::old_bot
