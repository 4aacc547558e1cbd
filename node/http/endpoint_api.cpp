#include "node/http/actors_page.hpp"
#include "node/http/endpoint_service.hpp"
#include "node/http/operators_api.hpp"
#include "node/http/series_page.hpp"

/// What engineers and operators read and do: everything below /api/ (docs/http_api.md).
namespace neurocards {

using namespace endpoint_parts;

void http_endpoint::service::access_right(const request& r, responder to) const {
  send_json(to, right_of(r) == access::right::act ? R"({"may_act":true})" : R"({"may_act":false})");
}

void http_endpoint::service::status(const request&, responder to) const {
  if (!hooks.status)
    return refuse(to, 404, "not served here");
  hooks.status([held = hold(std::move(to))](std::string json) {
    if (json.empty())
      return refuse(*held, 503, "the database does not answer");
    send_json(*held, std::move(json));
  });
}

void http_endpoint::service::job(const request& r, responder to) const {
  const auto id = uuid::parse(r.path.substr(jobs_prefix.size()));
  if (!hooks.job || !id)
    return refuse(to, 404,
                  "no such job; a job's ID has the form 01234567-89ab-cdef-0123-456789abcdef");
  hooks.job(job_id{*id}, r.param("texts") == "1",
            [held = hold(std::move(to))](std::optional<std::string> json) {
              if (!json)
                return refuse(*held, 503, "the database does not answer");
              if (json->empty())
                return refuse(*held, 404, "no such job");
              send_json(*held, std::move(*json));
            });
}

void http_endpoint::service::actors(const request& r, responder to) const {
  if (!hooks.actors)
    return refuse(to, 404, "not served here");
  auto asked = actors_page::parse(r);
  if (const auto* fault = std::get_if<actors_page::refusal>(&asked))
    return refuse(to, fault->status, fault->text);
  const auto& query = std::get<actors_query>(asked);
  hooks.actors(query, [query, held = hold(std::move(to))](const actors_answer& got) {
    auto page = actors_page::compose(query, got);
    if (const auto* fault = std::get_if<actors_page::refusal>(&page))
      return refuse(*held, fault->status, fault->text);
    send_json(*held, std::get<std::string>(std::move(page)));
  });
}

void http_endpoint::service::operators(const request& r, responder to) const {
  if (!hooks.operators)
    return refuse(to, 404, "not served here");
  auto asked = operators_api::parse(r);
  if (auto* refused = std::get_if<operators_api::answer>(&asked))
    return send_json(to, std::move(refused->json), refused->status);
  hooks.operators(std::get<operators_api::question>(std::move(asked)),
                  [held = hold(std::move(to))](operators_api::answer x) {
                    send_json(*held, std::move(x.json), x.status);
                  });
}

void http_endpoint::service::series(const request& r, responder to) const {
  if (!hooks.series)
    return refuse(to, 404, "not served here");
  const auto asked = series_page::parse(r);
  if (const auto* fault = std::get_if<std::string>(&asked))
    return refuse(to, 400, *fault);
  send_json(to, hooks.series(std::get<series_page::query>(asked)));
}

void http_endpoint::service::events(const request&, responder to) const {
  if (!hooks.events)
    return refuse(to, 404, "not served here");
  hooks.events(hold(std::move(to)));
}

} // namespace neurocards
