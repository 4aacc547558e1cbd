#pragma once

#include "domain/photo_forms.hpp"
#include "protocol/config.hpp"

#include <string>
#include <vector>

/// The catalogue of image-to-video models. Everything that differs between models stands in a
/// `config::model`, and nowhere else.
namespace neurocards::models {

using catalogue = std::vector<config::model>; // in order of preference

/// What `kie.models` of the shipped cluster.conf says.
const catalogue& shipped();

/// The models whose providers have a key.
catalogue with_keys(const config::all&);

/// Null: no such slug in the catalogue.
const config::model* find(const catalogue&, const std::string& slug);

/// What users read for a slug; the slug itself when it has left the catalogue, and the first
/// model's name when no model was chosen yet.
std::string display_name(const catalogue&, const std::string& slug);

/// Body of createTask. The prompt is bounded to the model's limit; without `callback_url` KIE calls
/// nobody.
std::string create_task_body(const config::model&, const std::string& prompt,
                             const std::string& image_url, const std::string& callback_url);

/// The prompt as `create_task_body` sends it: what belongs into `jobs.prompt`. It has the length
/// that the model takes, in its maker's units, and no time marks where these confuse it.
std::string bounded_prompt(const config::model&, const std::string& prompt);

/// Seconds of the finished clip: what prompts are written for.
int clip_seconds(const config::model&);

/// Whether a script in the language `spoken` ("ru") may have speech: the chosen model speaks it,
/// or, as long as none is chosen, every model that may be.
bool may_speak(const catalogue&, const std::string& chosen, const std::string& spoken,
               config::voices wish);

/// Which photos a model takes.
images::limits photo_limits(const config::model&);

/// Of every model, in the order of the catalogue.
std::vector<images::limits> photo_limits(const catalogue&);

/// Slugs of the models that take this photo, in order; those of all models when its size is not
/// known.
std::vector<std::string> taking(const catalogue&, const storage_key& photo);

/// Models of one provider that stand one after the other in the catalogue and are given the same
/// form of a photo.
struct form_run {
  photo_forms::form form = photo_forms::form::kept;
  std::string provider;
  std::vector<std::string> slugs;
};

/// Those of `taking`, in their order.
std::vector<form_run> runs_by_form(const catalogue&, const storage_key& photo);

/// Faults of a configured catalogue, one line each; empty: good.
std::vector<std::string> faults_of(const catalogue&);

} // namespace neurocards::models
