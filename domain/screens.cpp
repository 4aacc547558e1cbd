#include "domain/screens.hpp"

#include "domain/callback_data.hpp"
#include "domain/expectation.hpp"
#include "domain/markup.hpp"
#include "domain/names.hpp"

#include <algorithm>
#include <chrono>

namespace neurocards::flow {

using texts::key;
using texts::number;
using texts::say;
using texts::user_text;

namespace {

constexpr size_t name_units = 80;
constexpr size_t echo_units = 500;    // of a description or wishes shown back
constexpr size_t script_units = 3000; // of an own script shown back

telegram::button button(const reader& to, key label, action pressed, const uuid& id = {},
                        std::string_view argument = {}) {
  return {say(to.lang, label), data_of(pressed, id, argument), {}, false};
}

telegram::keyboard::value_type home(const reader& to) {
  return {button(to, key::button_menu, action::menu)};
}

telegram::outgoing ask(std::string text, telegram::keyboard buttons) {
  return {std::move(text), std::move(buttons), true};
}

// ── questions of an order ────────────────────────────────────────────────────────────────────────

telegram::keyboard::value_type cancel_row(const reader& to, const draft& order) {
  return {button(to, key::button_cancel, action::cancel, order.id.value)};
}

telegram::outgoing template_question(const reader& to, const draft& order) {
  const uuid& id = order.id.value;
  const auto choice = [&](key label, order_template chosen) {
    return button(to, label, action::choose_template, id, to_string(chosen));
  };
  return ask(say(to.lang, key::ask_template), {{choice(key::button_ugc, order_template::ugc)},
                                               {choice(key::button_ad, order_template::ad)},
                                               {choice(key::button_self, order_template::self)},
                                               cancel_row(to, order)});
}

telegram::outgoing script_question(const reader& to, const draft& order) {
  if (order.own_prompt.empty())
    return ask(say(to.lang, key::ask_own_prompt), {cancel_row(to, order)});
  const uuid& id = order.id.value;
  return ask(
    say(to.lang, key::show_own_prompt, {user_text("prompt", order.own_prompt, script_units)}),
    {{button(to, key::button_own_approve, action::edit_prompt, id, "ok")},
     {button(to, key::button_own_add, action::edit_prompt, id, "add"),
      button(to, key::button_own_replace, action::edit_prompt, id, "new")},
     cancel_row(to, order)});
}

telegram::outgoing count_question(const reader& to, const draft& order) {
  const uuid& id = order.id.value;
  return ask(say(to.lang, key::ask_count, {number("credits", to.credits)}),
             {{button(to, key::button_one, action::choose_count, id, "1")},
              {button(to, key::button_three, action::choose_count, id, "3")},
              {button(to, key::button_five, action::choose_count, id, "5")},
              cancel_row(to, order)});
}

std::string order_details(const reader& to, const draft& order) {
  if (order.chosen_template == order_template::self)
    return say(to.lang, key::confirm_own_prompt,
               {user_text("prompt", order.own_prompt, echo_units)});
  const std::string wishes = order.wishes.value_or("");
  return wishes.empty()
           ? say(to.lang, key::confirm_no_wishes)
           : say(to.lang, key::confirm_wishes, {user_text("wishes", wishes, echo_units)});
}

telegram::outgoing confirmation(const reader& to, const draft& order) {
  const uuid& id = order.id.value;
  const bool short_of_credits = to.credits < order.count;
  telegram::keyboard buttons{{{say(to.lang, key::button_launch, {number("count", order.count)}),
                               data_of(action::launch, id),
                               {},
                               false}}};
  if (short_of_credits && !to.config.credits.packs.empty())
    buttons.push_back({button(to, key::button_buy, action::shop)});
  buttons.push_back(cancel_row(to, order));
  buttons.push_back(home(to));
  return ask(
    say(to.lang, key::confirm,
        {user_text("product", order.description, echo_units),
         texts::markup_of(
           "template", template_name(to.lang, order.chosen_template.value_or(order_template::ad))),
         texts::markup_of("details", order_details(to, order)), number("count", order.count),
         number("credits", to.credits)}),
    std::move(buttons));
}

} // namespace

telegram::outgoing with_heading(std::string paragraph, telegram::outgoing screen) {
  screen.text = std::move(paragraph) + "\n\n" + screen.text;
  return screen;
}

telegram::outgoing plain(const reader& to, std::string text) {
  return ask(std::move(text), {home(to)});
}

telegram::outgoing question(const reader& to, const session& s) {
  const state current = state_of(s);
  switch (current) {
    case state::idle:
      return menu_screen(to, s);
    case state::awaiting_photo:
      return plain(to, say(to.lang, key::ask_photo));
    case state::awaiting_description:
      return ask(say(to.lang, key::ask_description), {cancel_row(to, *s.order)});
    case state::awaiting_template:
      return template_question(to, *s.order);
    case state::awaiting_wishes:
      return ask(say(to.lang, key::ask_wishes),
                 {{button(to, key::button_no_wishes, action::no_wishes, s.order->id.value)},
                  cancel_row(to, *s.order)});
    case state::awaiting_own_prompt:
      return script_question(to, *s.order);
    case state::awaiting_count:
      return count_question(to, *s.order);
    case state::awaiting_confirmation:
      return confirmation(to, *s.order);
  }
  return menu_screen(to, s);
}

telegram::outgoing accepted_screen(const reader& to, const draft& order) {
  std::string text = say(to.lang, key::accepted, {number("count", order.count)});
  text +=
    "\n\n" + say(to.lang, key::accepted_balance, {number("credits", to.credits - order.count)});
  const auto promise = expectation::expect(to.view.outlook, to.view.jobs_ahead, order.count);
  if (promise && promise->told)
    text +=
      "\n"
      + say(to.lang, promise->told->low > 0 ? key::accepted_duration : key::accepted_duration_short,
            {number("low", promise->told->low), number("high", promise->told->high)});
  if (to.view.jobs_ahead > 0)
    text += "\n" + say(to.lang, key::accepted_queue, {number("ahead", to.view.jobs_ahead)});
  return plain(to, std::move(text));
}

telegram::outgoing not_enough_screen(const reader& to, const draft& order) {
  const uuid& id = order.id.value;
  const bool for_sale = !to.config.credits.packs.empty();
  telegram::keyboard buttons;
  if (for_sale)
    buttons.push_back({button(to, key::button_buy, action::shop)});
  buttons.push_back({{say(to.lang, key::button_launch, {number("count", order.count)}),
                      data_of(action::launch, id),
                      {},
                      false}});
  buttons.push_back(home(to));
  return ask(say(to.lang, for_sale ? key::not_enough : key::not_enough_nothing_sold,
                 {number("count", order.count), number("credits", to.credits)}),
             std::move(buttons));
}

telegram::outgoing data_missing_screen(const reader& to) {
  return plain(to, say(to.lang, key::data_missing));
}

std::string short_name(std::string_view description) {
  const std::string cleaned = markup::clean(description);
  std::string_view line = markup::trimmed(cleaned);
  line = markup::trimmed(line.substr(0, line.find('\n')));
  for (size_t i = 0; i + 1 < line.size(); ++i)
    if ((line[i] == '.' || line[i] == '!' || line[i] == '?') && line[i + 1] == ' ')
      line = line.substr(0, i + 1);
  return markup::cut(line, name_units);
}

} // namespace neurocards::flow
