#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// How long an order will take, queue included, as a range that is shown only while it holds.
///
/// A guess is what the recent past says: how long videos of the model in use were made, and how
/// fast the queue moves. By how much such guesses missed is seen once their jobs have ended; ranges
/// are stretched until nearly all of those would have hit (conformalized quantile regression:
/// Romano, Patterson, Candès 2019). Where even the stretched ones miss, nothing is shown.
namespace neurocards::expectation {

/// Seconds from the order to the video.
struct range {
  double low = 0;
  double high = 0;

  friend bool operator==(const range&, const range&) = default;
};

/// A job for which a guess was made.
struct guessed {
  range guess;
  double took = 0;    // s; so far, where it has not ended
  bool ended = false; // with a video
};

/// What the database tells of the recent past.
struct past {
  std::vector<double> made;     // s from the first claim to the video, of the model in use
  double rate = 0;              // videos per second lately, of all models
  std::vector<guessed> guesses; // newest first
};

/// What an order made now is told.
struct outlook {
  range made;         // s
  double rate = 0;    // videos per second; 0: nothing is known of the queue
  double stretch = 1; // guesses are divided and multiplied by it
  bool holds = false; // stretched guesses have held lately

  friend bool operator==(const outlook&, const outlook&) = default;
};

constexpr size_t fewest = 20; // videos or guesses that say something
constexpr double share =
  0.92; // of the guesses that stretching makes hit: 0.9 and something for noise
constexpr double least_share = 0.9; // of the newest, or nothing is shown
constexpr size_t newest = 40;       // guesses that are looked at for that
constexpr double least_stretch = 0.5;
constexpr double most_stretch = 20;

/// Absent: too few videos are known.
std::optional<outlook> calibrate(const past&);

/// Before stretching, for `count` videos behind `ahead` jobs. Absent: nothing is known of the queue
/// in front of them.
std::optional<range> guess(const outlook&, int ahead, int count);

/// As users read it.
struct minutes {
  int low = 0; // 0: less than one
  int high = 0;

  friend bool operator==(const minutes&, const minutes&) = default;
};

/// Absent: not to be shown.
std::optional<minutes> shown(const outlook&, const range& guess);

/// What is expected of an order, and what its user is told of it.
struct promise {
  range guess;
  std::optional<minutes> told{};
};

/// `outlook` as kept in the database. Absent: nothing is known.
std::optional<promise> expect(std::string_view outlook, int ahead, int count);

/// What `durations_seen` (SQL) answered. Leaves out what it does not understand.
past parse_past(std::string_view json);

/// As kept in the database between two calibrations.
std::string to_json(const outlook&);
std::optional<outlook> parse_outlook(std::string_view json);

} // namespace neurocards::expectation
