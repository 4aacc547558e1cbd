#pragma once

#include "domain/provider.hpp"

/// What KIE's answers mean (one table: kie_errors.cpp).
namespace neurocards::kie {

using namespace provider; // its words for calls, signals and verdicts are those of all providers

/// What KIE says of a task decides about that task alone: no key and no account cools down for it,
/// and no order waits for nothing because of it. Only a refused creation says that a model is down.
verdict classify(const signal&);

/// Whether KIE says that it could not fetch the photo, or that its link leads to no picture:
/// another way to it may do.
bool could_not_fetch(const signal&);

} // namespace neurocards::kie
