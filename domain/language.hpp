#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace neurocards {

/// What the bot speaks.
enum class language : uint8_t { ru, en };

/// English for any "en…" tag of IETF, Russian for everything else and for none.
language language_of(std::string_view ietf_tag);

/// "ru" or "en", as it stands in the database.
std::string to_string(language);

} // namespace neurocards
