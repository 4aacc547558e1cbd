#pragma once

#include "db/array_text.hpp"
#include "db/session.hpp"
#include "protocol/store/conversations.hpp"

namespace neurocards::db {

/// The arguments of apply_steps(): steps of conversations, taken apart into parallel arrays.
class step_arrays {
public:
  void add(const store::commit_step&);

  pqxx::result run(session&, const statement& apply) const;

private:
  void add_order(const store::new_order&);
  void add_notices(const std::vector<store::new_notice>&, store::order_outcome when);

  int step_ = 0; // the one being added, from 1
  array_text updates_, chats_, users_, usernames_, first_names_, languages_, states_, data_,
    blocked_;
  array_text consent_steps_, consent_versions_, consent_welcomes_;
  array_text bought_steps_, bought_charges_, bought_credits_, bought_currencies_, bought_amounts_,
    bought_payloads_;
  array_text order_steps_, order_drafts_, order_sizes_, order_keys_, accepted_states_,
    accepted_data_, refused_states_, refused_data_;
  array_text job_steps_, job_templates_, job_keys_, job_photos_, job_inputs_;
  array_text versions_;
  array_text notice_steps_, notice_when_, notice_kinds_, notice_payloads_;
};

} // namespace neurocards::db
