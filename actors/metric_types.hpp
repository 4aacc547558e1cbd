#pragma once

#include <caf/telemetry/counter.hpp>
#include <caf/telemetry/gauge.hpp>
#include <caf/telemetry/metric_family_impl.hpp>

namespace caf::telemetry {

class metric_registry;

} // namespace caf::telemetry

/// CAF's figures by shorter names.
namespace neurocards::metric_types {

using counter = caf::telemetry::int_counter;
using gauge = caf::telemetry::int_gauge;
using real_counter = caf::telemetry::dbl_counter;
using counters = caf::telemetry::metric_family_impl<counter>;
using gauges = caf::telemetry::metric_family_impl<gauge>;
using real_counters = caf::telemetry::metric_family_impl<real_counter>;

} // namespace neurocards::metric_types
