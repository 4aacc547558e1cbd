#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Text of strangers on its way into Telegram's HTML: always clean → cut → escape, in this order.
namespace neurocards::markup {

/// `text` as valid UTF-8 without control characters (newlines stay, tabs become spaces), without
/// the direction overrides U+202A–202E and U+2066–2069, and without what is only there unseen (zero
/// width spaces, soft hyphens, tags outside flags); broken bytes become U+FFFD.
std::string clean(std::string_view text);

/// Nothing to be seen: only spaces, invisible characters, and marks that combine with nothing.
bool is_blank(std::string_view text);

/// What `text` says when it is an answer of one word, however it was typed: without invisible
/// characters and spaces around it, digits of every script as 0 to 9, dashes as '-', A to Z and
/// full-width forms as plain small ones.
std::string folded(std::string_view text);

/// Removes white space of every kind at both ends.
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
