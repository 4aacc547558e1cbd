#pragma once

#include "db/argument.hpp"
#include "protocol/store/account.hpp"

/// Columns that several functions take under one name, each declared once.
namespace neurocards::db {

template <class Request>
argument jobs_of(std::span<const Request> batch) {
  return column("p_jobs", batch, &Request::job);
}

/// Who holds the jobs.
template <class Request>
argument nodes_of(std::span<const Request> batch) {
  return column("p_nodes", batch, &Request::node);
}

template <class Request>
argument claims_of(std::span<const Request> batch) {
  return column("p_claims", batch, &Request::claim);
}

template <class Request>
argument polls_of(std::span<const Request> batch) {
  return column("p_polls", batch, &Request::polls);
}

template <class Request>
argument users_of(std::span<const Request> batch) {
  return column("p_users", batch, &Request::user);
}

template <class Request>
argument ids_of(std::span<const Request> batch) {
  return column("p_ids", batch, &Request::id);
}

/// The keys of all accounts.
argument keys_of(const std::vector<store::account>&);

/// Whose each of these keys is.
argument providers_of_keys(const std::vector<store::account>&);

/// Whose each of the models is that a request names; those of a request that does not say are
/// KIE's.
template <class Request>
argument providers_of_models(const Request& x) {
  auto providers = x.providers;
  providers.resize(x.models.size(), "kie");
  return column("p_model_providers", providers);
}

/// To which account each of these keys belongs.
argument accounts_of_keys(const std::vector<store::account>&);

} // namespace neurocards::db
