#include "domain/language.hpp"

namespace neurocards {

namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

} // namespace

language language_of(std::string_view ietf_tag) {
  const bool english = ietf_tag.size() >= 2 && lower(ietf_tag[0]) == 'e'
                       && lower(ietf_tag[1]) == 'n'
                       && (ietf_tag.size() == 2 || ietf_tag[2] == '-' || ietf_tag[2] == '_');
  return english ? language::en : language::ru;
}

std::string to_string(language x) {
  return x == language::en ? "en" : "ru";
}

} // namespace neurocards
