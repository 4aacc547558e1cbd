#pragma once

#include "domain/models.hpp"
#include "protocol/config.hpp"

#include <string>
#include <vector>

/// What a clip costs, and what the credit that pays for it earned.
namespace neurocards::prices {

/// US$ that so many of KIE's credits cost: 0.005 $ each (its price page).
double of_kie_credits(double credits);

/// US$ a clip of this model costs; 0: nobody knows.
double clip_cost(const config::model&);

/// US$ that a credit earns at least, in the pack that is cheapest for the user; 0: none is sold.
double credit_earns(const config::credits&);

/// The models that jobs may go to: those that cost no more than `kie.max-price`. A price that
/// nobody knows may be any, and is over the limit; without a limit all may be used.
models::catalogue within_limit(const config::generation&);

/// Those of a provider.
std::vector<std::string> slugs_of_maker(const config::generation&, const std::string& provider);

/// What an owner should know of the prices of the catalogue, a line each; empty: nothing.
std::vector<std::string> warnings(const config::generation&, const config::credits&);

} // namespace neurocards::prices
