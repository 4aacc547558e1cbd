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

/// Keys are status, class, model, node and user; each may stand once, and one must.
parsed parse(std::string_view);

} // namespace neurocards::job_filter
