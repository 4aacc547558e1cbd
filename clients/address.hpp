#pragma once

struct sockaddr;

namespace neurocards::http {

/// True for addresses that lead into our own network or nowhere: loopback, private, link-local,
/// carrier-grade NAT, multicast, reserved, and their disguises within IPv6. Unknown families count
/// as private.
bool is_private(const sockaddr*);

} // namespace neurocards::http
