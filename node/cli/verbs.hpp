#pragma once

#include "node/config/load.hpp"

#include <map>
#include <set>

/// The command line's verbs. Each returns the exit code: 0 done, 1 failed while running.
namespace neurocards::verbs {

/// One call of the program, understood.
struct invocation {
  config::loaded config;
  std::vector<std::string> words;            // after the verb: "ID", "AMOUNT"
  std::set<std::string> flags;               // "--json"
  std::map<std::string, std::string> values; // "--reason" → "TEXT"
  std::vector<std::string> options;          // settings and --node, as given
};

int run_node(const invocation&);
int migrate(const invocation&);
int check(const invocation&);
int status(const invocation&);
int actors(const invocation&);
int audit(const invocation&);
int reload(const invocation&);
int reconcile(const invocation&);

int queue_list(const invocation&);
int queue_pause(const invocation&);
int queue_resume(const invocation&);

int models_list(const invocation&);
int models_pause(const invocation&);
int models_resume(const invocation&);

int keys_list(const invocation&);
int keys_pause(const invocation&);
int keys_resume(const invocation&);

int nodes_list(const invocation&);
int nodes_drain(const invocation&);
int nodes_undrain(const invocation&);

int jobs_list(const invocation&);
int jobs_show(const invocation&);
int jobs_retry(const invocation&);
int jobs_fail(const invocation&);
int jobs_cancel(const invocation&);
int jobs_resend(const invocation&);

int users_list(const invocation&);
int users_find(const invocation&);
int users_forget(const invocation&);
int users_show(const invocation&);
int users_grant(const invocation&);
int users_ban(const invocation&);
int users_unban(const invocation&);

int broadcast_create(const invocation&);
int broadcast_list(const invocation&);
int broadcast_pause(const invocation&);
int broadcast_resume(const invocation&);
int broadcast_cancel(const invocation&);
int payments_list(const invocation&);
int payments_show(const invocation&);
int payments_refund(const invocation&);

int import_bot(const invocation&);
int import_env(const invocation&);

/// Thrown by a verb that was called wrongly; ends the program with exit code 2.
struct wrong_usage {
  std::string text;
};

} // namespace neurocards::verbs
