#pragma once

#include "db/argument.hpp"
#include "protocol/store/conversations.hpp"

namespace neurocards::db {

/// The arguments of apply_steps(): steps of conversations, taken apart into parallel arrays.
class step_arrays {
public:
  step_arrays() = default;
  step_arrays(const step_arrays&) = delete; // its members point into `arguments_`
  step_arrays& operator=(const step_arrays&) = delete;

  void add(const store::commit_step&);

  std::vector<argument> all() const { return arguments_.all(); }

private:
  void add_order(const store::new_order&);
  void add_notifications(const std::vector<store::new_notification>&, store::order_outcome);
  void add_notifications(const std::vector<store::new_notification>&, int when);

  int step_ = 0; // the one being added, from 1
  array_arguments arguments_;

  array_text& updates_ = arguments_.add("p_updates");
  array_text& chats_ = arguments_.add("p_chats");
  array_text& users_ = arguments_.add("p_users");
  array_text& usernames_ = arguments_.add("p_usernames");
  array_text& first_names_ = arguments_.add("p_first_names");
  array_text& languages_ = arguments_.add("p_languages");
  array_text& states_ = arguments_.add("p_states");
  array_text& data_ = arguments_.add("p_data");
  array_text& versions_ = arguments_.add("p_versions");
  array_text& blocked_ = arguments_.add("p_blocked");
  array_text& news_ = arguments_.add("p_news");

  array_text& consent_steps_ = arguments_.add("p_consent_steps");
  array_text& consent_versions_ = arguments_.add("p_consent_versions");
  array_text& consent_welcomes_ = arguments_.add("p_consent_welcomes");

  array_text& bought_steps_ = arguments_.add("p_bought_steps");
  array_text& bought_charges_ = arguments_.add("p_bought_charges");
  array_text& bought_credits_ = arguments_.add("p_bought_credits");
  array_text& bought_currencies_ = arguments_.add("p_bought_currencies");
  array_text& bought_amounts_ = arguments_.add("p_bought_amounts");
  array_text& bought_payloads_ = arguments_.add("p_bought_payloads");

  array_text& refunded_steps_ = arguments_.add("p_refunded_steps");
  array_text& refunded_charges_ = arguments_.add("p_refunded_charges");
  array_text& refunded_currencies_ = arguments_.add("p_refunded_currencies");
  array_text& refunded_amounts_ = arguments_.add("p_refunded_amounts");
  array_text& refunded_payloads_ = arguments_.add("p_refunded_payloads");

  array_text& order_steps_ = arguments_.add("p_order_steps");
  array_text& order_drafts_ = arguments_.add("p_order_drafts");
  array_text& order_sizes_ = arguments_.add("p_order_sizes");
  array_text& order_keys_ = arguments_.add("p_order_keys");
  array_text& order_limits_ = arguments_.add("p_order_limits");
  array_text& accepted_states_ = arguments_.add("p_accepted_states");
  array_text& accepted_data_ = arguments_.add("p_accepted_data");
  array_text& refused_states_ = arguments_.add("p_refused_states");
  array_text& refused_data_ = arguments_.add("p_refused_data");

  array_text& cancel_steps_ = arguments_.add("p_cancel_steps");
  array_text& cancel_jobs_ = arguments_.add("p_cancel_jobs");
  array_text& resend_steps_ = arguments_.add("p_resend_steps");
  array_text& resend_jobs_ = arguments_.add("p_resend_jobs");

  array_text& invited_steps_ = arguments_.add("p_invited_steps");
  array_text& inviters_ = arguments_.add("p_inviters");
  array_text& inviter_credits_ = arguments_.add("p_inviter_credits");
  array_text& invited_credits_ = arguments_.add("p_invited_credits");

  array_text& job_steps_ = arguments_.add("p_job_steps");
  array_text& job_templates_ = arguments_.add("p_job_templates");
  array_text& job_keys_ = arguments_.add("p_job_keys");
  array_text& job_photos_ = arguments_.add("p_job_photos");
  array_text& job_inputs_ = arguments_.add("p_job_inputs");

  array_text& notification_steps_ = arguments_.add("p_notice_steps");
  array_text& notification_when_ = arguments_.add("p_notice_when");
  array_text& notification_kinds_ = arguments_.add("p_notice_kinds");
  array_text& notification_payloads_ = arguments_.add("p_notice_payloads");
};

} // namespace neurocards::db
