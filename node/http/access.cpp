#include "node/http/access.hpp"

#include "clients/crypto.hpp"

#include <algorithm>
#include <cctype>

namespace neurocards::access {

namespace {

constexpr std::string_view scheme_end = "://";

bool same_word(std::string_view a, std::string_view b) {
  return std::ranges::equal(
    a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

/// Without the port that the scheme stands for.
std::string_view without_usual_port(std::string_view authority) {
  for (const std::string_view port : {":80", ":443"})
    if (authority.ends_with(port))
      return authority.substr(0, authority.size() - port.size());
  return authority;
}

bool is_same_origin(const provenance& x) {
  const auto end = x.origin.find(scheme_end);
  if (end == std::string_view::npos)
    return false; // "null": a page without a home
  return same_word(without_usual_port(x.origin.substr(end + scheme_end.size())),
                   without_usual_port(x.host));
}

/// localhost or an address: no name of the domain system, which its owner may point to us.
bool is_own_name(std::string_view host) {
  if (host.starts_with('['))
    return true;
  const auto name = host.substr(0, host.rfind(':'));
  return same_word(name, "localhost") || (!name.empty() && std::ranges::all_of(name, [](char c) {
           return (c >= '0' && c <= '9') || c == '.';
         }));
}

} // namespace

right right_of(std::string_view shown, const tokens& known) {
  if (known.act.empty() && known.read.empty())
    return right::act;
  if (!known.act.empty() && crypto::equal(shown, known.act.reveal()))
    return right::act;
  if (!known.read.empty() && crypto::equal(shown, known.read.reveal()))
    return right::read;
  return right::none;
}

verdict decide(bool acts, right held, const provenance& from, bool is_open) {
  if (held == right::none)
    return verdict::no_token;
  if (!acts)
    return verdict::allowed;
  if (held != right::act)
    return verdict::may_not_act;
  if (from.origin.empty())
    return verdict::allowed;
  if (!is_same_origin(from) || (is_open && !is_own_name(from.host)))
    return verdict::foreign_origin;
  return verdict::allowed;
}

} // namespace neurocards::access
