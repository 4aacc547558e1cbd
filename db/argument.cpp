#include "db/argument.hpp"

#include <stdexcept>

namespace neurocards::db {

std::string call_text(std::string_view text, std::span<const argument> arguments) {
  constexpr std::string_view ellipsis = "(...)";
  const size_t place = text.find(ellipsis);
  if (place == std::string_view::npos)
    throw std::logic_error{"no (...) for the arguments in: " + std::string{text}};
  std::string list;
  for (size_t i = 0; i < arguments.size(); ++i)
    list.append(i == 0 ? "" : ", ")
      .append(arguments[i].parameter)
      .append(" => $")
      .append(std::to_string(i + 1))
      .append(arguments[i].unit);
  return std::string{text.substr(0, place)} + "(" + list + ")"
         + std::string{text.substr(place + ellipsis.size())};
}

} // namespace neurocards::db
