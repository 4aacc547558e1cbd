#pragma once

#include "sandbox/media/probe.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace neurocards::sandbox::kie {

/// What createTask thinks of a request's model and input. The rules are data in models.cpp.
struct verdict {
  int code = 200;
  std::string message{};
  std::string image_url{};
  bool portrait = false;
  double price = 0; // credits
};

/// What the model finds wrong with a picture of that kind and size; empty: nothing.
std::string fault_of_picture(const std::string& model, const media_type&);

verdict check_input(const std::string& model, const nlohmann::json& input);

/// Only these models report their progress.
bool reports_progress(const std::string& model);

} // namespace neurocards::sandbox::kie
