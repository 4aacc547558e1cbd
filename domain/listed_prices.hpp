#pragma once

#include "domain/models.hpp"

#include <string>
#include <vector>

/// KIE's public list of prices beside ours. It is made for readers: what a row is about stands in a
/// sentence. So only what nearly every row says is used, and where it leaves a choice any is right.
namespace neurocards::prices {

struct listed {
  std::string slug;        // as a request names the model
  std::string description; // "wan 2.6, image-to-video, 15.0s-720p"
  double credits = 0;      // KIE's,
  bool per_second = false; // for a second; else for a video
};

constexpr int most_pages = 30; // a list of more is none

/// A model whose price is none of those that the list has for a clip like ours.
struct difference {
  std::string slug;
  double ours = 0;            // KIE's credits for a clip, as are
  std::vector<double> theirs; // ascending, each once
};

/// Of KIE's models with a price; one that the list does not have in our length and resolution is
/// passed over.
std::vector<difference> differences(const models::catalogue&, const std::vector<listed>&);

/// "wan/2-6-image-to-video costs 210 KIE credits in kie.models, and 140 in KIE's list".
std::string describe(const difference&);

} // namespace neurocards::prices
