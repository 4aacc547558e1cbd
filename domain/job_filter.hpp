#pragma once

#include <map>
#include <string>
#include <string_view>

/// Which jobs an operator means: `status=queued,model=sora-2`. Pure.
namespace neurocards::job_filter {

struct parsed {
  std::map<std::string, std::string> terms; // all must hold
  std::string fault;                        // not empty: what is wrong, and what is allowed
};

/// Terms as they are written; only their form is checked. Each may stand once, and one must.
parsed parse(std::string_view);

/// For jobs that have not ended, on which an operator acts. Keys are status, class, signal, model,
/// node and user.
parsed for_action(const std::map<std::string, std::string>& terms);

/// For lists, also of jobs that have ended. An empty value means any. `q`, what was typed into a
/// field of search, becomes a user or a range of IDs (`id_from`, `id_to`).
parsed for_list(const std::map<std::string, std::string>& terms);

} // namespace neurocards::job_filter
