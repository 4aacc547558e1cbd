#include "domain/history_screen.hpp"

#include "domain/callback_data.hpp"
#include "domain/markup.hpp"
#include "domain/names.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <ctime>

namespace neurocards::flow {

using texts::key;
using texts::markup_of;
using texts::say;
using texts::user_text;

namespace {

constexpr size_t line_units = 60;   // of a product in a list
constexpr size_t button_units = 30; // of a product on a button
constexpr int last_page = 9999;

bool is_finished(const store::job_summary& x) {
  return x.status == job_status::completed || x.status == job_status::failed;
}

telegram::keyboard::value_type button_of(const reader& to, key label, action pressed,
                                         const store::job_summary& x) {
  const std::string name = markup::clean(x.product_name);
  const auto product =
    markup_of("product", markup::cut(markup::trimmed(name), button_units)); // plain text
  return {{say(to.lang, label, {product}), data_of(pressed, x.id.value), {}, false}};
}

/// What can be done with each order; one more video is offered once per product.
telegram::keyboard buttons_of(const reader& to, size_t shown) {
  telegram::keyboard rows;
  std::vector<std::string> seen;
  for (size_t i = 0; i < shown; ++i) {
    const store::job_summary& x = to.view.history[i];
    if (x.waits)
      rows.push_back(button_of(to, key::button_take_back, action::take_back, x));
    if (x.has_video)
      rows.push_back(button_of(to, key::button_send_again, action::send_again, x));
    if (!is_finished(x) || std::find(seen.begin(), seen.end(), x.product_text) != seen.end())
      continue;
    seen.push_back(x.product_text);
    rows.push_back(button_of(to, key::button_once_more_named, action::once_more, x));
  }
  return rows;
}

telegram::button page_button(const reader& to, key label, int page) {
  return {say(to.lang, label), data_of(action::history_page, {}, std::to_string(page)), {}, false};
}

} // namespace

int parse_page(std::string_view argument) {
  int page = 0;
  const char* const end = argument.data() + argument.size();
  const auto read = std::from_chars(argument.data(), end, page);
  return read.ec == std::errc{} && read.ptr == end && page >= 0 && page <= last_page ? page : 0;
}

telegram::outgoing history_screen(const reader& to, int page) {
  const size_t shown = std::min(to.view.history.size(), static_cast<size_t>(history_orders));
  if (shown == 0 && page == 0)
    return plain(to, say(to.lang, key::history_empty));
  std::string text = say(to.lang, key::history) + "\n" + order_lines(to, shown);
  telegram::keyboard buttons = buttons_of(to, shown);
  if (!buttons.empty())
    text += "\n\n" + say(to.lang, key::history_hint);
  telegram::keyboard::value_type pages;
  if (page > 0)
    pages.push_back(page_button(to, key::button_newer, page - 1));
  if (to.view.history.size() > shown)
    pages.push_back(page_button(to, key::button_older, page + 1));
  if (!pages.empty())
    buttons.push_back(std::move(pages));
  buttons.push_back({{say(to.lang, key::button_menu), data_of(action::menu), {}, false}});
  return {std::move(text), std::move(buttons), true};
}

std::string order_lines(const reader& to, size_t most) {
  std::string text;
  for (size_t i = 0; i < std::min(most, to.view.history.size()); ++i) {
    const store::job_summary& x = to.view.history[i];
    text += "\n"
            + say(to.lang, key::history_line,
                  {markup_of("date", short_date(x.created_at)),
                   user_text("product", x.product_name, line_units),
                   markup_of("status", status_name(to.lang, x.status))});
  }
  return text;
}

std::string short_date(store::time_point x) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(x);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[16];
  std::snprintf(text, sizeof text, "%02d.%02d", parts.tm_mday % 100, (parts.tm_mon + 1) % 100);
  return text;
}

} // namespace neurocards::flow
