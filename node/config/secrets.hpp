#pragma once

#include "node/config/load.hpp"

/// Secrets: the environment above `.env`, and nowhere else.
namespace neurocards::config {

struct dot_env {
  variables values;
  std::vector<std::string> faults;
};

/// NAME=value lines; `export`, quotes and comments as shells know them, but nothing is expanded.
dot_env parse_dot_env(const std::string& text);

/// `environment` above `file`; a variable set to nothing counts as not set.
variables merged(const variables& environment, const variables& file);

/// The variables of those that differ.
std::vector<std::string> changed_secrets(const secrets& before, const secrets& after);

secrets read_secrets(const variables&, std::vector<std::string>& faults);

/// The variable a setting's name stands for when it names a secret ("bot-token", "kie.api-key");
/// empty: it names none.
std::string secret_variable(const std::string& setting);

struct secret_doc {
  std::string variable;
  std::string doc;
};
const std::vector<secret_doc>& secret_variables();

} // namespace neurocards::config
