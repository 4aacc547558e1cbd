#pragma once

#include <string>
#include <string_view>

/// Files and variables as editors, shells and other programs write them, brought into the one form
/// that our readers know.
namespace neurocards::config {

/// A file's text without a byte order mark, with '\n' alone at the ends of lines, and with plain
/// spaces for no-break ones outside quotes. `fault` tells what cannot be read ("is UTF-16 …"); then
/// the text is empty.
struct tidy_file {
  std::string text;
  std::string fault;
};
tidy_file tidy_text(std::string_view bytes);

/// What somebody meant to be the value of variable `name`: without white space, invisible
/// characters and one pair of quotes around it, nor `export NAME=` in front.
std::string tidy_value(std::string_view name, std::string_view value);

/// Why `value` cannot be a secret that goes into headers and addresses: a space, a control
/// character, a quotation mark, anything but ASCII. Empty: it can. Never shows the value.
std::string fault_of_token(std::string_view value);

/// The same for an address with its password (DATABASE_URL), which may hold any character and
/// space.
std::string fault_of_address(std::string_view value);

} // namespace neurocards::config
