#pragma once

#include "protocol/order_template.hpp"

#include <string>

/// What the superseded bot's rows of jobs mean in our words. Pure: texts in, texts out.
namespace neurocards::old_bot {

/// As the columns of either generation say it; empty: NULL, or there is no such column.
struct job_words {
  std::string product_name = {};
  std::string product_text = {}; // `product_text` or `product_info`: JSON, or plain words
  std::string extra_wishes = {};
  std::string template_id = {}; // its own column, before 2026-01-24
  std::string details = {};     // `error_details`: JSON of the order, not of an error
  std::string photo = {};       // `product_image_url` or `input_photo_path`
};

/// As our columns want it; empty: NULL.
struct order_words {
  std::string product_text;
  std::string script; // of the user's own making
  std::string wishes;
  order_template chosen_template = order_template::ugc;
  std::string photo; // key in our storage, not yet checked
};

order_words understood(const job_words&);

} // namespace neurocards::old_bot
