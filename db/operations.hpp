#pragma once

#include "db/session.hpp"
#include "protocol/store/request_list.hpp"

#include <span>
#include <vector>

namespace neurocards::db {

template <store::listed Request>
using answers = std::vector<typename Request::answer>;

/// What a request is in SQL. Answers a whole batch, in its order, with one statement (rarely two);
/// throws what libpqxx throws, and then nothing was changed. Each kind has a specialization in one
/// of the files `*_store.cpp`; a link that finds none names the request.
template <store::listed Request>
answers<Request> execute(session&, std::span<const Request>);

} // namespace neurocards::db
