#pragma once

#include <map>
#include <string>

namespace neurocards {

/// What the superseded bot's variables mean here: names for our `.env` and a fragment of
/// cluster.conf, with a line about everything that has no place. Values that may be secret are
/// never part of it. Pure.
std::string translated_env(const std::map<std::string, std::string>& old);

} // namespace neurocards
