#pragma once

#include <concepts>
#include <memory>
#include <mutex>
#include <type_traits>
#include <utility>

/// Values that are replaced while others read them: settings that take effect without a restart.
namespace neurocards {

/// A value as it is at the moment. Whoever takes `now()` reads on in what he took, whatever comes
/// into force meanwhile. Copies see the same changes. Callable from any thread.
template <class T>
class changing {
public:
  using pointer = std::shared_ptr<const T>;

  class source {
  public:
    virtual ~source() = default;
    virtual pointer now() const = 0;
  };

  /// A value that never changes.
  template <class U>
  requires std::convertible_to<U, pointer> changing(U&& fixed)
    : source_(std::make_shared<constant>(std::forward<U>(fixed))) {}

  template <class U>
  requires std::convertible_to<U, T> changing(U&& fixed)
    : changing(std::make_shared<const T>(std::forward<U>(fixed))) {}

  explicit changing(std::shared_ptr<const source> from) : source_(std::move(from)) {}

  pointer now() const { return source_->now(); }

  /// For one reading, as in `x->rate`. What is taken by reference must not outlive the expression:
  /// use `now()` for more.
  pointer operator->() const { return now(); }

private:
  class constant : public source {
  public:
    explicit constant(pointer fixed) : fixed_(std::move(fixed)) {}
    pointer now() const override { return fixed_; }

  private:
    pointer fixed_;
  };

  std::shared_ptr<const source> source_;
};

/// Where such a value is replaced. Copies are the same place.
template <class T>
class changeable {
public:
  explicit changeable(T first) : place_(std::make_shared<place>(std::move(first))) {}

  std::shared_ptr<const T> now() const { return place_->now(); }
  void replace(T next) { place_->replace(std::make_shared<const T>(std::move(next))); }

  changing<T> whole() const { return changing<T>{place_}; }

  /// What `make` makes of the value, made anew for each value.
  template <class F>
  auto derived(F make) const {
    using made = std::remove_cvref_t<std::invoke_result_t<F&, const T&>>;
    return changing<made>{std::make_shared<derivation<made, F>>(place_, std::move(make))};
  }

private:
  class place : public changing<T>::source {
  public:
    explicit place(T first) : value_(std::make_shared<const T>(std::move(first))) {}

    std::shared_ptr<const T> now() const override {
      const std::lock_guard lock{mutex_};
      return value_;
    }

    void replace(std::shared_ptr<const T> next) {
      const std::lock_guard lock{mutex_};
      value_.swap(next);
    }

  private:
    mutable std::mutex mutex_; // held for the copy of a pointer
    std::shared_ptr<const T> value_;
  };

  template <class U, class F>
  class derivation : public changing<U>::source {
  public:
    derivation(std::shared_ptr<const place> of, F make)
      : of_(std::move(of)), make_(std::move(make)) {}

    std::shared_ptr<const U> now() const override {
      auto whole = of_->now();
      const std::lock_guard lock{mutex_};
      if (whole != seen_) {
        made_ = std::make_shared<const U>(make_(*whole));
        seen_ = std::move(whole);
      }
      return made_;
    }

  private:
    std::shared_ptr<const place> of_;
    F make_;
    mutable std::mutex mutex_;
    mutable std::shared_ptr<const T> seen_;
    mutable std::shared_ptr<const U> made_;
  };

  std::shared_ptr<place> place_;
};

} // namespace neurocards
