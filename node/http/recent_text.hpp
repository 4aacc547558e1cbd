#pragma once

#include "actors/recent_figures.hpp"

#include <string>

namespace neurocards {

/// Those figures that are still good, as Prometheus text.
std::string recent_text(const recent_figures&, recent_figures::time_point now);

} // namespace neurocards
