#pragma once

#include <cstdint>
#include <string>
#include <vector>

/// What somebody who watches the actors of a cluster asks, and what nodes answer. Both travel.
namespace neurocards {

/// Which actors, and how much of them.
struct actors_query {
  std::string node;    // whose actors; "*": of all nodes
  std::string kind;    // empty: all kinds in figures; otherwise its instances
  uint64_t id = 0;     // of one instance, which is probed; 0: none
  std::string sort;    // instances by waiting, oldest, busy or age; the greatest first
  int32_t limit = 0;   // so many instances of each node at most
  bool detail = false; // measure for a moment first, if nobody watched so far
};

/// One JSON object for each node. One that did not answer has the fields `node` and `error` only.
struct actors_answer {
  std::vector<std::string> nodes;
};

template <class Inspector>
bool inspect(Inspector& f, actors_query& x) {
  return f.object(x).fields(f.field("node", x.node), f.field("kind", x.kind), f.field("id", x.id),
                            f.field("sort", x.sort), f.field("limit", x.limit),
                            f.field("detail", x.detail));
}

template <class Inspector>
bool inspect(Inspector& f, actors_answer& x) {
  return f.object(x).fields(f.field("nodes", x.nodes));
}

} // namespace neurocards
