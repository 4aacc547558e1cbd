#pragma once

#include "protocol/store/conversations.hpp"
#include "protocol/store/history.hpp"
#include "protocol/store/inbox.hpp"
#include "protocol/store/nodes.hpp"
#include "protocol/store/operators.hpp"
#include "protocol/store/outages.hpp"
#include "protocol/store/outbox.hpp"
#include "protocol/store/provider.hpp"
#include "protocol/store/queue.hpp"
#include "protocol/store/reach.hpp"
#include "protocol/store/request_list.hpp"

/// All requests with all they carry: for those who serve every one of them.
namespace neurocards {

namespace store {

template <class Request>
concept described = requires {
  typename Request::answer;
  requires caf::has_type_id_v<typename Request::answer>;
  requires std::same_as<decltype(Request::traits), const request_traits>;
  requires !Request::traits.name.empty() && Request::traits.batch_limit > 0;
};

template <described... Requests>
constexpr bool have_different_names() {
  const std::array names{Requests::traits.name...};
  for (size_t i = 0; i < names.size(); ++i)
    for (size_t j = 0; j < i; ++j)
      if (names.at(i) == names.at(j))
        return false;
  return true;
}

static_assert(all_requests::visit([]<class... Requests>() {
                return have_different_names<Requests...>();
              }),
              "two requests have one name: their metrics would be one");

} // namespace store

/// The group-committing front of the node's database lanes.
using database_actor = store::all_requests::apply<store_actor>;

} // namespace neurocards
