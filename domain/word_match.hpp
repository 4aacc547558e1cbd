#pragma once

#include <string>
#include <string_view>

/// Finding a provider's words in what it says, apart from the words of others that it repeats.
namespace neurocards::words {

/// A text as its words are looked for: in lower case, names of codes taken apart
/// (InputImageSensitiveContentDetected), and without what stands in quotes, which is somebody
/// else's, unless it is a member of a packed answer or the whole of what is said.
class prepared {
public:
  explicit prepared(std::string_view text);

  /// `word` stands in the text as it is written here: an alphabetic character or digit at either
  /// end of it must not go on in the text, except that `*` at the end allows any ending
  /// ("violat*").
  bool mentions(std::string_view word) const;

private:
  std::string text_;
};

/// `text` with "…" in the place of what repeats four words in a row of `sent` (all of them where
/// there are fewer, but two).
std::string without_echo(std::string_view text, std::string_view sent);

} // namespace neurocards::words
