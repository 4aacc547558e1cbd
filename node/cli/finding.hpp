#pragma once

#include <string>
#include <utility>
#include <vector>

namespace neurocards::verbs {

/// One line of what `neurocards check` found.
struct finding {
  std::string subject;
  bool ok = false;
  std::string detail;
};

inline finding of_fault(std::string subject, const std::string& fault,
                        std::string if_ok = "answers") {
  return {std::move(subject), fault.empty(), fault.empty() ? std::move(if_ok) : fault};
}

} // namespace neurocards::verbs
