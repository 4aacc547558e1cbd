#pragma once

#include "clients/http_engine.hpp"
#include "clients/storage.hpp"

#include <chrono>
#include <future>

namespace neurocards::verbs {

constexpr auto patience = std::chrono::seconds{10}; // for each service

/// The http engine for somebody who may wait.
class asker {
public:
  http::response ask(http::request request) {
    request.timeout = patience;
    std::promise<http::response> promise;
    auto answer = promise.get_future();
    engine_.submit(std::move(request),
                   [&](http::response got) { promise.set_value(std::move(got)); });
    return answer.get(); // the engine always answers
  }

private:
  http::engine engine_;
};

/// Does what a store wants done, by HTTP or on disk, and waits for it.
inline storage::result perform(asker& http, const storage::action& action) {
  return action.request ? action.interpret(http.ask(*action.request)) : action.disk();
}

} // namespace neurocards::verbs
