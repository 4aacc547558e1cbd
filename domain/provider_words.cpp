#include "domain/provider_words.hpp"

#include "domain/word_match.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

namespace neurocards::words {

namespace {

// Words are written as `mentions` reads them: lower case; `*` at the end allows any ending. Names
// of codes count as words: InputImageSensitiveContentDetected is "input image sensitive content
// detected" as well.

using list = std::span<const std::string_view>;

template <class... Texts>
constexpr auto list_of(Texts... x) {
  return std::array<std::string_view, sizeof...(Texts)>{x...};
}

constexpr auto verdicts = list_of(
  "violat*", "flagged", "blocked", "rejected", "prohibited", "inappropriate", "unsafe",
  "sensitive content", "sensitive information", "sensitive data", "new_sensitive", "not allowed",
  "not permitted", "failure to pass", "failed to pass", "did not pass", "not pass", "guardrail*",
  "content polic*", "safety reasons", "public_error_*", "disallowed", "forbidden content", "违规",
  "敏感", "不合规", "未通过", "审核不通过", "风控", "涉嫌");

constexpr auto checkers =
  list_of("moderation", "moderator", "safety", "risk control", "content check*", "content review",
          "content audit", "content filter*", "content inspection", "data inspection", "inspection",
          "audit*", "compliance", "review service", "content safety", "security check",
          "nsfw checker", "nsfw check", "face detection", "image check", "text check", "审核",
          "安全检查", "checker*", "detection service*", "nsfw detection", "sensitive word service",
          "sensitive words service", "word service");

constexpr auto no_service =
  list_of("timeout", "timed out", "time out", "service unavailable", "temporarily unavailable",
          "is unavailable", "unreachable", "connection", "overload*", "not responding",
          "no response", "service error", "server error", "internal error", "internal server error",
          "is busy", "too busy", "bad gateway", "could not be reached", "cannot be reached",
          "failed to respond", "did not respond", "failed to connect", "unable to connect",
          "unable to download", "超时", "服务异常", "crash*", "is unavailable", "unavailable for",
          "service failed", "out of memory", "conversion failed", "refused connection");

constexpr auto fetching = list_of(
  "download failed", "download failure", "failed to download", "download timeout",
  "download timed out", "download error", "downloading failed", "error downloading",
  "unable to download", "could not download", "cannot download", "can't download",
  "failed to fetch", "fetch failed", "unable to fetch", "could not fetch", "cannot fetch",
  "error fetching", "fetch error", "failed to get the file*", "failed to get file*",
  "failed to load", "could not load", "unable to load", "image load error", "failed to access",
  "unable to access", "cannot access", "could not access", "not accessible", "inaccessible",
  "failed to retrieve", "unable to retrieve", "could not retrieve", "failed to upload",
  "upload failed", "failed to read", "file download error", "media access failed",
  "file type not supported", "not publicly accessible", "下载失败", "获取失败", "无法下载");

constexpr auto paused = list_of("temporarily paused", "interface is paused", "model is paused",
                                "has been discontinued", "has been deprecated", "model is offline");

constexpr auto no_model =
  list_of("model name you specified is not supported", "does not exist or is not published",
          "model not found", "model is not supported", "unsupported model", "model does not exist",
          "model not open", "model is not available", "model unavailable", "model not available",
          "unknown model", "invalid model", "model disabled", "model_not_found",
          "does not exist or you do not have access", "not activated the model");

constexpr auto own_limit =
  list_of("spending limit", "sub-key", "daily limit", "hourly limit", "points used by apikey",
          "total limit", "limit of this key", "spend limit*", "billing_hard_limit*",
          "usage limit exceeded", "credit_balance_exhausted", "usage_limit_exceeded");

constexpr auto money = list_of(
  "credits insufficient", "insufficient credit*", "insufficient balance", "insufficient funds",
  "balance isn't enough", "balance is not enough", "balance not enough", "not enough credit*",
  "not enough balance", "top up", "account overdue*", "insufficient_quota", "insufficient quota",
  "payment required", "exhausted balance", "arrearage", "余额不足", "欠费");

constexpr auto limited = list_of(
  "rate limit*", "too many requests", "requests per*", "concurrent limit", "concurrency limit",
  "frequency limit", "resource exhausted", "resource_exhausted", "throttl*", "too many concurrent*",
  "too many tasks", "parallel task*", "quota exceeded", "exceeded your current quota", "slow_down",
  "rate growth limit", "conn limit", "limit_burst_rate", "requests are too frequent",
  "rate exceeded", "throughput limit", "请求过于频繁", "并发", "限流");

constexpr auto people =
  list_of("photorealistic people", "contains faces", "contains a face", "contains human faces",
          "real person*", "real people", "real human*", "public figure*", "privacy information",
          "privacyinformation", "prominent people", "prominent_people*", "person generation",
          "person_generation*", "face detection", "face_detection*", "likeness", "celebrit*",
          "human face*", "recognizable person", "identifiable person", "identifiable people",
          "depicts minors", "images of children", "photos of minors", "personal likeness",
          "realistic human*", "realistic people", "face is detected", "faces are not", "真人",
          "人脸", "肖像", "公众人物", "contains a person", "contain a person", "contains people",
          "contains persons", "minors", "underage");

constexpr auto others_rights = list_of(
  "third-party content", "third party content", "copyright*", "trademark*", "intellectual property",
  "ip infringement", "infring*", "protected content", "protected character*", "recitation",
  "similarity to third*", "版权", "侵权", "知识产权", "商标");

constexpr auto adult_words =
  list_of("nudity", "nude", "sexual*", "erotic", "nsfw", "racy", "suggestive", "porn*",
          "explicit content", "adult content", "sexually", "obscen*", "indecent", "minor sexual*",
          "色情", "涉黄", "低俗", "裸露");

constexpr auto violent_words =
  list_of("violent", "violence", "graphic content", "hate speech", "self-harm", "illegal activity",
          "gore", "gory", "terroris*", "extremis*", "weapon*", "harassment", "suicid*",
          "illegal content", "dangerous content", "暴力", "血腥", "恐怖");

// Whatever is called so was found by somebody: these stand for themselves.
constexpr auto policy_words = list_of(
  "content polic*", "content_polic*", "usage polic*", "safety polic*", "security polic*",
  "our polic*", "platform polic*", "safety guideline*", "community guideline*",
  "content guideline*", "usage guideline*", "acceptable use", "terms of service", "guardrail*",
  "may violate", "violating", "violates", "violated", "policy violation", "policyviolation*",
  "content violation", "prohibited content", "prohibited words", "prohibited use", "flagged",
  "moderation*", "moderated", "sensitive content*", "sensitive information", "sensitive word*",
  "sensitive data", "sensitive material", "new_sensitive", "new sensitive", "sensitivecontent*",
  "contain sensitive", "contains sensitive", "is sensitive", "are sensitive", "input sensitive",
  "output sensitive", "sensitive", "nsfw", "unsafe image", "unsafe content", "unsafe prompt",
  "inappropriate", "risk control", "risk-control", "risk detected", "data inspection failed",
  "datainspectionfailed", "data_inspection_failed", "content inspection failed", "safety system",
  "safety filter*", "safety reasons", "safety check*", "safety settings", "blocked by safety",
  "content filter*", "content_filter*", "responsible ai", "responsibleai*", "harmful content",
  "harmful", "offensive", "forbidden word*", "forbidden content", "banned word*", "blocked prompt*",
  "prompt blocked", "image blocked", "promptblocked", "prohibited_content", "audio_filtered*",
  "违规", "敏感", "风控", "审核不通过", "审核未通过", "not compliant", "non-compliant",
  "noncompliant", "unsafe", "audit failed", "audit not passed", "did not pass", "not pass",
  "failed the review", "failed review", "content rejected", "prohibited element*",
  "prohibited item*", "filtered because", "filtered out", "was filtered", "were filtered",
  "goes against", "against our", "不合规", "未通过审核");

constexpr auto more_policy = list_of(
  "safety.input*", "safety.output*", "input_preprocessing.safety*", "safety input*",
  "safety output*", "invalid prompt", "invalid_prompt", "invalid image", "content is not allowed",
  "content not allowed", "no_media_generated", "disallowed content");

constexpr auto google = list_of("public_error_*", "public error", "rai_*");
constexpr auto google_reasons =
  list_of("prominent_people*", "safety*", "person_generation*", "audio_filtered*", "unsafe*",
          "sexual*", "minor*", "violen*", "filtered*");

constexpr auto english =
  list_of("only english prompts", "english prompts only", "prompts in english");

constexpr auto picture = list_of("image*", "picture*", "photo*", "图片");
constexpr auto measures = list_of(
  "too large", "too small", "size is*", "size must*", "size should*", "size exceed*", "file size*",
  "size limit*", "exceeds the size", "unsupported format", "format is not*", "format not*",
  "unsupported image format", "invalid format", "image format*", "dimension*", "resolution",
  "aspect ratio*", "ratio must*", "ratio should*", "ratio is*", "at least*", "pixels",
  "width and height", "width or height", "image_too_small", "image_too_large", "oversize*",
  "pixel*", "short side", "shorter side", "long side", "longer side", "image type",
  "not a valid image", "cannot identify", "could not be decoded", "cannot be decoded",
  "failed to decode", "corrupt*", "大小", "尺寸", "格式");

// Said of a file, without a word for a picture: what we send besides is text.
constexpr auto file_measures =
  list_of("file_too_large", "file too large", "file is too large", "file size exceed*",
          "exceeds the maximum file size", "exceeds maximum file size", "invalid file size",
          "invalidfile.size", "invalidfile.resolution", "invalidfile.aspectratio",
          "invalidfile.format", "width must be", "height must be", "side must be");

constexpr auto other_files = list_of("video*", "audio*", "must be one of");

// What is wrong with a picture, the most telling first.
constexpr auto shape_words = list_of("ratio*", "比例");
constexpr auto type_words =
  list_of("format*", "type*", "not a valid image", "cannot identify", "could not be decoded",
          "cannot be decoded", "failed to decode", "corrupt*", "mime*", "格式");
constexpr auto small_words =
  list_of("too small", "image_too_small", "at least*", "minimum", "less than", "smaller than",
          "below", "must exceed", "greater than", "过小", "太小");
constexpr auto large_words = list_of("too large", "too big", "image_too_large", "file_too_large",
                                     "oversize*", "exceed*", "at most", "maximum", "larger than",
                                     "bigger than", "over the limit", "limit", "过大", "太大");

constexpr auto request_words =
  list_of("is required", "exceeds range", "cannot be empty", "is not within the range",
          "invalid parameter*", "parameter error", "exceeds the maximum length", "is too long",
          "are too long", "prompt too long", "invalid params", "missing parameter*",
          "missing required*", "invalidparameter*", "invalid argument*", "invalid value*",
          "must be one of", "unsupported parameter*", "unsupported value*", "unsupported_parameter",
          "unsupported_value", "context_length_exceeded", "request too large", "参数错误");

constexpr auto no_task =
  list_of("recordinfo is null", "record info is null", "task not found", "task does not exist");
constexpr auto front = list_of("error code: 1010");

constexpr auto key_words =
  list_of("do not have access permissions", "unauthorized", "authentication failed",
          "invalid api key", "invalid_api_key", "incorrect api key", "not authorized",
          "authenticationerror", "authentication error", "api key is invalid", "api key not valid",
          "invalid token", "token expired", "not in the whitelist", "not in whitelist",
          "ip address is not allowed", "account suspended", "accountsuspended");

constexpr auto regions = list_of("unsupported_country*", "region not supported", "country, region",
                                 "region is not supported");

constexpr auto trouble_words = list_of(
  "internal error", "internal server error", "internalserviceerror", "internal service error",
  "internal exception", "server exception", "server error", "server_error", "service unavailable",
  "service_unavailable", "service error", "serviceunavailable", "system error", "system exception",
  "try again*", "retry later", "heavy load", "overload*", "timeout", "timed out", "time out",
  "time limit", "took too long", "taking too long", "deadline exceeded", "being maintained",
  "maintenance", "busy", "high demand", "high load", "people are using", "at capacity",
  "no capacity", "capacity exceeded", "bad gateway", "gateway time*", "queue*", "upstream*",
  "unable to generate audio", "connection reset", "connection refused", "connection error",
  "network error", "network exception", "no available*", "out of memory", "internal.bad_output*",
  "unknown error", "downstream_service*", "temporarily unavailable", "超时", "系统繁忙", "服务异常",
  "稍后");

// Heard nowhere as a sentence of its own, but words of nobody who checks a picture.
constexpr auto machine_words = list_of(
  "server*", "service*", "system", "worker*", "node", "gpu*", "cuda", "memory", "disk", "storage",
  "bucket", "oss", "cdn", "s3", "cos", "tos", "dns", "ssl", "tls", "socket*", "network*",
  "connection*", "connect", "proxy", "gateway", "backend", "provider*", "vendor", "api", "http*",
  "url", "download*", "fetch*", "queue*", "schedul*", "exception", "crash*", "null", "undefined",
  "instance*", "interrupt*", "retry", "render*", "failed", "failure", "error", "could not",
  "cannot", "unable", "stopped", "aborted", "cancelled", "lost", "expired", "失败", "错误",
  "econn*", "enotfound*", "eai_*", "eai again", "etimedout*", "getaddrinfo", "epipe");

struct row {
  topic subject;
  list any_of;          // one suffices
  list and_any_of = {}; // if given, one of these as well
  list none_of = {};    // and none of these
};

// From top to bottom, the first row that matches wins.
constexpr std::array rows = {
  row{topic::checker_trouble, checkers, no_service, verdicts},
  row{topic::unreachable, fetching, {}, verdicts},
  row{topic::model_paused, paused},
  row{topic::model_unknown, no_model},
  row{topic::key_spent, own_limit},
  row{topic::no_money, money},
  row{topic::rate_limit, limited},
  row{topic::real_people, people},
  row{topic::third_party, others_rights},
  row{topic::policy, policy_words},
  row{topic::policy, more_policy},
  row{topic::policy, google, google_reasons},
  row{topic::adult, adult_words},
  row{topic::violence, violent_words},
  row{topic::language, english},
  row{topic::unfit_image, picture, measures, no_service},
  row{topic::unfit_image, file_measures, {}, other_files},
  row{topic::our_request, request_words},
  row{topic::task_unknown, no_task},
  row{topic::front_refused, front},
  row{topic::region, regions},
  row{topic::key_refused, key_words},
  row{topic::trouble, trouble_words},
};

bool any(list words, const prepared& text) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return text.mentions(word); });
}

bool matches(const row& x, const prepared& text) {
  return any(x.any_of, text) && (x.and_any_of.empty() || any(x.and_any_of, text))
         && (x.none_of.empty() || !any(x.none_of, text));
}

template <class F>
std::optional<topic> first(const prepared& text, F wanted) {
  const auto found = std::find_if(
    rows.begin(), rows.end(), [&](const row& x) { return wanted(x.subject) && matches(x, text); });
  return found == rows.end() ? std::nullopt : std::optional{found->subject};
}

} // namespace

std::optional<topic> topic_of(std::string_view text, order by) {
  const prepared said{text};
  if (by == order::refusals_first) {
    const auto machine =
      first(said, [](topic x) { return x == topic::checker_trouble || x == topic::unreachable; });
    if (machine)
      return machine;
    if (const auto refusal = first(said, is_refusal))
      return refusal;
  }
  return first(said, [](topic) { return true; });
}

topic refusal_of(std::string_view text) {
  const prepared said{text};
  for (const auto wanted : {topic::language, topic::real_people, topic::third_party, topic::adult,
                            topic::violence, topic::unfit_image})
    if (first(said, [wanted](topic x) { return x == wanted; }))
      return wanted;
  return topic::policy;
}

bool refuses_type(std::string_view text) {
  return prepared{text}.mentions("file type not supported");
}

picture_fault picture_fault_of(std::string_view text) {
  const prepared said{text};
  if (any(shape_words, said))
    return picture_fault::shape;
  if (any(type_words, said))
    return picture_fault::type;
  if (any(small_words, said))
    return picture_fault::too_small;
  return any(large_words, said) ? picture_fault::too_large : picture_fault::unspecific;
}

const char* name_of(topic x) {
  constexpr std::array names = {
    "real_people",  "third_party",          "adult",        "violence",
    "policy",       "english_only",         "image_unfit",  "checker_trouble",
    "unreachable",  "service_trouble",      "task_unknown", "rate_limit",
    "model_paused", "model_unknown",        "key_spent",    "no_money",
    "key_refused",  "front_refused_client", "region",       "our_request"};
  return names[static_cast<size_t>(x)];
}

bool sounds_like_machine(std::string_view text) {
  return any(machine_words, prepared{text});
}

} // namespace neurocards::words
