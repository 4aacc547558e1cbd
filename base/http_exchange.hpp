#pragma once

#include "base/http_server.hpp"

struct evhttp_request;

namespace neurocards {

/// The request with its body, which is taken out of `req`.
http_server::request read_request(evhttp_request* req);

/// Sends `x` on the server's thread: bytes or a file, whole or the part that Range asks for. A file
/// that cannot be read is answered with 404.
void send_answer(evhttp_request* req, http_server::answer x);

} // namespace neurocards
