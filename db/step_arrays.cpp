#include "db/step_arrays.hpp"

namespace neurocards::db {

using store::order_outcome;

// The numbers that apply_steps() knows the outcomes by.
static_assert(static_cast<int>(order_outcome::none) == 0);
static_assert(static_cast<int>(order_outcome::accepted) == 1);
static_assert(static_cast<int>(order_outcome::repeated) == 2);
static_assert(static_cast<int>(order_outcome::insufficient) == 3);
static_assert(static_cast<int>(order_outcome::too_many) == 4);
static_assert(static_cast<int>(order_outcome::cancelled) == 5);
static_assert(static_cast<int>(order_outcome::too_late) == 6);

/// By which it knows what is said of a purchase that is new, whatever becomes of an order.
constexpr int said_if_new = 7;

void step_arrays::add(const store::commit_step& x) {
  ++step_;
  updates_.add(x.update);
  chats_.add(x.chat);
  users_.add(x.who.user);
  usernames_.add(x.who.username);
  first_names_.add(x.who.first_name);
  languages_.add(x.who.language_code);
  if (x.session) {
    states_.add(x.session->state);
    data_.add_json(x.session->data);
  } else {
    states_.add_null();
    data_.add_null();
  }
  versions_.add(x.session_version);
  blocked_.add(x.blocked);
  news_.add(x.news);
  if (x.agreed) {
    consent_steps_.add(step_);
    consent_versions_.add(x.agreed->terms_version);
    consent_welcomes_.add(x.agreed->welcome_credits);
  }
  if (x.bought) {
    bought_steps_.add(step_);
    bought_charges_.add(x.bought->charge_id);
    bought_credits_.add(x.bought->credits);
    bought_currencies_.add(x.bought->currency);
    bought_amounts_.add(x.bought->amount);
    bought_payloads_.add(x.bought->payload);
    add_notifications(x.bought->notifications, said_if_new);
  }
  if (x.refunded) {
    refunded_steps_.add(step_);
    refunded_charges_.add(x.refunded->charge_id);
    refunded_currencies_.add(x.refunded->currency);
    refunded_amounts_.add(x.refunded->amount);
    refunded_payloads_.add(x.refunded->payload);
  }
  if (x.invited) {
    invited_steps_.add(step_);
    inviters_.add(x.invited->inviter);
    inviter_credits_.add(x.invited->inviter_credits);
    invited_credits_.add(x.invited->invited_credits);
  }
  if (x.cancelled) {
    cancel_steps_.add(step_);
    cancel_jobs_.add(x.cancelled->job);
    add_notifications(x.cancelled->too_late_notifications, order_outcome::too_late);
  }
  if (x.resent) {
    resend_steps_.add(step_);
    resend_jobs_.add(*x.resent);
  }
  add_notifications(x.notifications, order_outcome::none);
  if (x.order)
    add_order(*x.order);
}

void step_arrays::add_order(const store::new_order& x) {
  order_steps_.add(step_);
  order_drafts_.add(x.draft);
  order_sizes_.add(x.jobs.size());
  order_keys_.add(x.jobs.empty() ? std::string_view{}
                                 : std::string_view{x.jobs.front().idempotency_key});
  order_limits_.add(x.most_unfinished);
  accepted_states_.add(x.accepted_session.state);
  accepted_data_.add_json(x.accepted_session.data);
  refused_states_.add(x.refused_session.state);
  refused_data_.add_json(x.refused_session.data);
  for (const auto& job : x.jobs) {
    job_steps_.add(step_);
    job_templates_.add(to_string(job.template_type));
    job_keys_.add(job.idempotency_key);
    job_photos_.add(job.photo);
    job_inputs_.add_json(job.prompt_input);
  }
  add_notifications(x.accepted_notifications, order_outcome::accepted);
  add_notifications(x.repeated_notifications, order_outcome::repeated);
  add_notifications(x.refused_notifications, order_outcome::insufficient);
  add_notifications(x.too_many_notifications, order_outcome::too_many);
}

void step_arrays::add_notifications(const std::vector<store::new_notification>& notifications,
                                    order_outcome outcome) {
  add_notifications(notifications, static_cast<int>(outcome));
}

void step_arrays::add_notifications(const std::vector<store::new_notification>& notifications,
                                    int when) {
  for (const auto& x : notifications) {
    notification_steps_.add(step_);
    notification_when_.add(when);
    notification_kinds_.add(to_string(x.kind));
    notification_payloads_.add_json(x.payload);
  }
}

} // namespace neurocards::db
