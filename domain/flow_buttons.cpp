#include "domain/flow_step.hpp"
#include "domain/history_screen.hpp"
#include "domain/markup.hpp"
#include "domain/old_buttons.hpp"
#include "domain/outbox.hpp"

#include <algorithm>

/// What happens when a button is pressed.
namespace neurocards::flow {

using texts::key;
using texts::say;
using texts::user_text;

namespace {

constexpr size_t once_more_units = 80;

bool belongs_to_draft(action x) {
  switch (x) {
    case action::choose_template:
    case action::no_wishes:
    case action::edit_prompt:
    case action::choose_count:
    case action::launch:
    case action::resume:
    case action::cancel:
      return true;
    default:
      return false;
  }
}

} // namespace

void stepper::apply(const telegram::callback_query& query) {
  answer_callback answer{query.id, {}, false};
  const auto button = understand_data(query.data);
  if (in_.where != telegram::chat_kind::private_chat) {
    answer = {query.id, say(lang_, key::alert_private_only), true};
  } else if (view_.banned) {
    answer = {query.id, say(lang_, key::alert_banned), true};
    reply(banned_screen(to()));
  } else if (button && button->chosen == action::help) {
    reply(plain(to(), say(lang_, key::help)));
  } else if (button && (button->chosen == action::news_on || button->chosen == action::news_off)) {
    set_news(button->chosen == action::news_on); // consent or not: it stands below our message
  } else if (!consented() && !(button && button->chosen == action::agree)) {
    answer.text = say(lang_, key::alert_consent_first);
    reply(consent_screen(to(), needed_consent()));
  } else if (!button) {
    answer.text = say(lang_, key::alert_stale);
    reply_and_ask(key::stale_button);
  } else {
    out_.effects.push_back(answer);
    return press(*button); // may give the answer a text
  }
  out_.effects.push_back(answer);
}

void stepper::press(const pressed& button) {
  if (belongs_to_draft(button.chosen))
    return press_of_draft(button);
  switch (button.chosen) {
    case action::agree:
      return agree(button.argument);
    case action::cabinet:
      return reply(cabinet_screen(to()));
    case action::history:
      return show_history(0);
    case action::history_page:
      return show_history(parse_page(button.argument));
    case action::send_again:
      return send_again(job_id{button.id});
    case action::take_back:
      return take_back(job_id{button.id});
    case action::invite:
      return invite();
    case action::shop:
      return reply(shop_screen(to()));
    case action::buy_pack:
      return offer_invoice(button.argument);
    case action::once_more:
      return once_more(job_id{button.id});
    case action::create:
      session_.order.reset();
      session_.paused = false;
      session_.asked_for_photo = true;
      return ask();
    default:
      return apply_command("/menu");
  }
}

void stepper::press_of_draft(const pressed& button) {
  if (!session_.order || session_.order->id.value != button.id)
    return refuse_stale(button.id);
  draft& order = *session_.order;
  if (button.chosen == action::cancel)
    return cancel();
  session_.paused = false;
  const state next = next_step(order);
  const bool lacks_description =
    next == state::awaiting_description && button.chosen != action::resume;
  if (next == state::awaiting_photo || lacks_description)
    return begin_anew_for_missing_data();
  switch (button.chosen) {
    case action::choose_template:
      return choose_template(button.argument);
    case action::no_wishes:
      order.wishes = order.wishes.value_or("");
      return ask();
    case action::edit_prompt:
      return edit_prompt(button.argument);
    case action::choose_count:
      return choose_count(button.argument);
    case action::launch:
      return launch();
    default:
      return reply_and_ask(key::continuing);
  }
}

void stepper::refuse_stale(const uuid& id) {
  auto& answer = out_.effects.back();
  const auto& done = session_.ordered;
  if (std::find(done.begin(), done.end(), draft_id{id}) != done.end()) {
    answer.text = say(lang_, key::alert_ordered_already);
    return reply_and_ask(key::ordered_already);
  }
  answer.text = say(lang_, key::alert_stale);
  if (!session_.order)
    return begin_anew_for_missing_data();
  session_.paused = false;
  reply_and_ask(key::stale_button);
}

// ── consent ──────────────────────────────────────────────────────────────────────────────────────

void stepper::agree(const std::string& version) {
  if (consented())
    return reply_and_ask(key::consent_given_already);
  if (version != config_.terms.version)
    return reply(
      consent_screen(to(), consent_reason::terms_changed)); // agreed to what is no longer valid
  const int welcome = config_.credits.welcome;
  const bool granted = welcome > 0 && needed_consent() == consent_reason::first_time;
  out_.commit.agreed = store::consent{version, welcome};
  credits_ += granted ? welcome : 0;
  if (needed_consent() == consent_reason::first_time)
    show_welcome_videos();
  const size_t said_before = out_.commit.notifications.size();
  begin_early_order();
  const std::string thanks =
    granted ? say(lang_, key::consent_thanks_welcome, {texts::number("count", welcome)})
            : say(lang_, key::consent_thanks);
  if (out_.commit.notifications.size() > said_before) // what became of the early photo
    out_.commit.notifications.insert(
      out_.commit.notifications.begin() + static_cast<std::ptrdiff_t>(said_before),
      {notification_kind::reply, outbox::to_json({thanks, {}, true})});
  else
    reply(with_heading(thanks, question(to(), session_)));
}

/// Starts the order of a photo that came before consent, if there is one.
void stepper::begin_early_order() {
  if (!session_.early)
    return;
  telegram::message original;
  original.content = session_.early->is_document ? telegram::content_kind::image_document
                                                 : telegram::content_kind::photo;
  original.file = session_.early->file;
  original.text = session_.early->caption;
  session_.early.reset();
  apply_photo(original);
}

// ── steps of an order ────────────────────────────────────────────────────────────────────────────

void stepper::choose_template(const std::string& id) {
  const auto chosen = parse_order_template(id);
  if (!chosen)
    return reply_and_ask(key::need_choice);
  session_.order->chosen_template = chosen;
  ask();
}

void stepper::edit_prompt(const std::string& answer) {
  draft& order = *session_.order;
  if (order.chosen_template != order_template::self || order.own_prompt.empty())
    return ask();
  if (answer == "ok") {
    order.own_prompt_approved = true;
    return ask();
  }
  order.own_prompt_approved = false;
  order.edit = answer == "add" ? script_edit::add : script_edit::replace;
  const key wanted = answer == "add" ? key::ask_addition : key::ask_replacement;
  telegram::outgoing next = question(to(), session_);
  next.text = say(lang_, wanted);
  next.buttons = {next.buttons.back()}; // the way out only
  reply(next);
}

void stepper::choose_count(const std::string& number) {
  if (number != "1" && number != "3" && number != "5")
    return reply_and_ask(key::need_count);
  session_.order->count = number.front() - '0';
  ask();
}

void stepper::launch() {
  const draft& order = *session_.order;
  if (next_step(order) != state::awaiting_confirmation)
    return reply_and_ask(key::need_choice); // an older button: something was changed since
  if (refuse_kept_photo(order.photo))
    return;
  session accepted = session_;
  accepted.order.reset();
  accepted.album.clear();
  remember_ordered(accepted, order.id);
  store::new_order wanted = order_of(
    order, lang_, in_.chat, expectation::expect(view_.outlook, view_.jobs_ahead, order.count));
  wanted.accepted_session = to_row(accepted);
  wanted.accepted_notifications = {
    {notification_kind::reply, outbox::to_json(accepted_screen(to(), order))},
    {notification_kind::progress_message, outbox::progress_json(draft_id{order.id}, order.count)}};
  session refused = session_;
  refused.order->launched = credits_ < order.count;
  wanted.refused_session = to_row(refused);
  wanted.refused_notifications = {
    {notification_kind::reply, outbox::to_json(not_enough_screen(to(), order))}};
  wanted.most_unfinished = config_.limits.unfinished_jobs;
  wanted.too_many_notifications = {
    {notification_kind::reply, outbox::to_json(too_many_screen(to(), order))}};
  out_.commit.session = wanted.accepted_session; // if the store knows the draft's jobs already
  if (refused.order->launched && !out_.effects.empty()) // by a button
    out_.effects.back().text = say(lang_, key::alert_not_enough);
  out_.commit.order = std::move(wanted);
}

void stepper::once_more(job_id) {
  if (!view_.job || view_.job->photo.value.empty() || view_.job->product_text.empty()) {
    session_.asked_for_photo = !session_.order;
    return reply_and_ask(key::once_more_gone);
  }
  const store::job_summary& job = *view_.job;
  if (refuse_kept_photo(job.photo))
    return;
  draft order;
  order.id = draft_id{fresh_};
  order.photo = job.photo;
  order.description = job.product_text;
  session_.order = std::move(order);
  session_.paused = false;
  session_.asked_for_photo = false;
  reply(with_heading(
    say(lang_, key::once_more, {user_text("product", job.product_name, once_more_units)}),
    question(to(), session_)));
}

} // namespace neurocards::flow
