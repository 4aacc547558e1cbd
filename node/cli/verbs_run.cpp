#include "node/cli/verbs.hpp"
#include "node/run.hpp"

#include <iostream>

namespace neurocards::verbs {

int run_node(const invocation& in) {
  std::string fault;
  const auto* self = config::choose_node(in.config.settings, in.config.node, fault);
  if (self == nullptr)
    throw wrong_usage{fault};
  return run(in.config, {self->name, in.flags.contains("--migrate"), in.options});
}

} // namespace neurocards::verbs
