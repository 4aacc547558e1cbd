#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Text of strangers on its way into Telegram's HTML: always clean → cut → escape, in this order.
namespace neurocards::markup {

/// `text` as valid UTF-8 without control characters (newlines stay, tabs become spaces) and without
/// the direction overrides U+202A–202E and U+2066–2069; broken bytes become U+FFFD.
std::string clean(std::string_view text);

/// Removes white space at both ends.
std::string_view trimmed(std::string_view text);

/// Length in UTF-16 units, the stricter of the two units Telegram may count in.
size_t length(std::string_view text);

/// The beginning of valid UTF-8 `text`, at most `limit` UTF-16 units, an ellipsis included when
/// something was cut. Never cuts inside a code point, nor between a character and its joiner.
std::string cut(std::string_view text, size_t limit);

/// The beginning of `text` of at most `limit` units that ends a sentence, or a word when no
/// sentence ends in its second half.
std::string cut_at_sentence(std::string_view text, size_t limit);

/// For element content and attribute values alike: & < > ".
std::string escape(std::string_view text);

} // namespace neurocards::markup
