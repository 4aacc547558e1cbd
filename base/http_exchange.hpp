#pragma once

#include "base/http_server.hpp"

#include <string>
#include <string_view>

struct evbuffer;

namespace neurocards {

/// What the request and its connection mean to the answer.
struct answer_form {
  std::string range; // header of the request; empty: none
  bool bare = false; // to HEAD: no body
  bool keep = true;  // the connection lives on
};

/// Appends the whole answer to `out`, which belongs to a socket: head, and bytes or a file, whole
/// or the part that Range asks for. A file that cannot be read is answered with 404.
void write_answer(evbuffer* out, http_server::answer x, const answer_form& form);

/// Appends the head of an answer whose body is written later and ends with the connection.
void write_stream_head(evbuffer* out, const http_server::answer& x);

/// "Not Found" for 404.
std::string_view reason_of(int status);

} // namespace neurocards
