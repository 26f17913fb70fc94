// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/stats/core/modes.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "dashboard/stats/core/numeric.h"

namespace unpark::stats {
namespace {

constexpr std::size_t kFewest = 24;      // values below which modes are not asked for
constexpr std::size_t kBlock = 16;       // values that share a level
constexpr std::size_t kMostBlocks = 64;  // looked at
constexpr int kSteps = 10;               // of expectation and maximization
constexpr double kFloor = 0.004;         // density of outliers, in deviations: a normal's at three
constexpr double kGain = 4;              // log likelihood that two modes must gain over one
constexpr double kApart = 2.5;           // deviations between modes
constexpr double kDwelling = 2.4;  // standard errors of a correlation of being in the lesser mode
constexpr double kLeastShare = 0.06;  // of the lesser mode
constexpr double kSplitShare =
    0.65;  // of the variance that the best split in two explains; 0.64 is normal

// The two-mode model while it is being learned; gap 0 and share 0 is one mode.
struct Model {
  double gap = 0;
  double share = 0;
  double sigma = 0;
};

struct Sample {
  std::vector<double> values;
  std::size_t block;  // values of a block
  std::vector<double> levels;

  std::size_t blocks() const { return levels.size(); }
  std::span<const double> Block(std::size_t b) const {
    return std::span(values).subspan(b * block, block);
  }
};

// Blocks spread evenly over the values, their medians being their first levels.
Sample Take(std::span<const double> values) {
  Sample sample;
  const std::size_t n = values.size();
  sample.block = n >= 2 * kBlock ? kBlock : n / 2;
  const std::size_t blocks = n / sample.block;
  const std::size_t taken = std::min(blocks, kMostBlocks);
  for (std::size_t k = 0; k < taken; ++k) {
    const auto block = values.subspan(k * blocks / taken * sample.block, sample.block);
    sample.values.insert(sample.values.end(), block.begin(), block.end());
    sample.levels.push_back(Median(block));
  }
  return sample;
}

// The best split of the sorted values in two (Otsu 1979): the model it suggests and the share of
// the variance between the classes.
struct Split {
  Model model;
  double explained = 0;
};

Split BestSplit(std::span<const double> sorted) {
  const auto n = static_cast<double>(sorted.size());
  double sum = 0;
  double squares = 0;
  for (const double x : sorted) {
    sum += x;
    squares += x * x;
  }
  const double total = squares - sum * sum / n;
  Split split;
  double below = 0;
  for (std::size_t i = 1; i < sorted.size(); ++i) {
    below += sorted[i - 1];
    const auto left = static_cast<double>(i);
    const double gap = (sum - below) / (n - left) - below / left;
    const double between = gap * gap * left * (n - left) / n;
    if (between <= split.explained) continue;
    split.explained = between;
    split.model.gap = left * 2 >= n ? gap : -gap;
    split.model.share = std::min(left, n - left) / n;
  }
  split.model.sigma = std::sqrt(std::max(0.0, total - split.explained) / n);
  split.explained = total > 0 ? split.explained / total : 0;
  return split;
}

// One step of expectation and maximization. Returns the log likelihood before it; `lesser`
// receives the probability of each value to be in the lesser mode.
double Improve(Sample* sample, Model* model, std::vector<double>* lesser) {
  const double scale = 1 / model->sigma;
  const double weight_main = (1 - model->share) * 0.3989422804014327;
  const double weight_lesser = model->share * 0.3989422804014327;
  double likelihood = -static_cast<double>(sample->values.size()) * std::log(model->sigma);
  double sum_weight = 0;
  double sum_lesser = 0;
  double sum_gap = 0;
  double squares = 0;
  std::size_t i = 0;
  for (std::size_t b = 0; b < sample->blocks(); ++b) {
    const auto block = sample->Block(b);
    const double level = sample->levels[b];
    double product = 1;  // so few factors above the floor do not underflow
    double block_weight = 0;
    double block_sum = 0;
    double block_squares = 0;
    for (const double value : block) {
      const double x = (value - level) * scale;
      const double y = x - model->gap * scale;
      const double in_main = weight_main * std::exp(-0.5 * x * x);
      const double in_lesser = weight_lesser > 0 ? weight_lesser * std::exp(-0.5 * y * y) : 0;
      const double density = in_main + in_lesser + kFloor;
      product *= density;
      const double p = in_lesser / density;
      const double weight = (in_main + in_lesser) / density;
      (*lesser)[i++] = p;
      block_weight += weight;
      block_sum += weight * (value - level) - p * model->gap;
      block_squares += in_main / density * (value - level) * (value - level) +
                       p * (value - level - model->gap) * (value - level - model->gap);
      sum_lesser += p;
      sum_gap += p * (value - level);
    }
    likelihood += std::log(product);
    sum_weight += block_weight;
    squares += block_squares;
    if (block_weight > 0) {
      sample->levels[b] += block_sum / block_weight;
      squares -= block_sum * block_sum / block_weight;
    }
  }
  const double freedom = std::max(1.0, sum_weight - static_cast<double>(sample->blocks()));
  model->sigma = std::max(model->sigma * 1e-3, std::sqrt(std::max(0.0, squares) / freedom));
  if (model->share > 0) {
    if (sum_lesser > 0) model->gap = sum_gap / sum_lesser;
    model->share = std::clamp(sum_lesser / sum_weight, 1e-3, 0.999);
  }
  return likelihood;
}

// Lag-1 correlation of being in the lesser mode, within blocks.
double Dwelling(const Sample& sample, std::span<const double> lesser, double share) {
  double product = 0;
  double pairs = 0;
  double square = 0;
  std::size_t i = 0;
  for (std::size_t b = 0; b < sample.blocks(); ++b) {
    const std::size_t count = sample.Block(b).size();
    for (std::size_t k = 0; k < count; ++k, ++i) {
      square += (lesser[i] - share) * (lesser[i] - share);
      if (k == 0) continue;
      product += (lesser[i] - share) * (lesser[i - 1] - share);
      pairs += 1;
    }
  }
  return square > 0 ? product / square * static_cast<double>(lesser.size()) / pairs : 0;
}

}  // namespace

double Modes::Cost(double value, double level, double bound) const {
  const double main = value - level;
  const double lesser = main - gap;
  const double limit = bound * bound * sigma * sigma;
  return std::min({main * main, lesser * lesser + price * sigma * sigma, limit});
}

double Modes::Level(std::span<const double> values, double bound) const {
  const double median = Median(values);
  double best = median;
  double least = std::numeric_limits<double>::infinity();
  for (const double start : {median, median - gap, median - 0.5 * gap, median + 0.5 * gap}) {
    double level = start;
    double cost = 0;
    for (int step = 0; step < 4; ++step) {
      double sum = 0;
      double count = 0;
      cost = 0;
      for (const double value : values) {
        cost += Cost(value, level, bound);
        const double folded = Folded(value, level);
        if (std::abs(folded - level) > bound * sigma) continue;
        sum += folded;
        count += 1;
      }
      if (count == 0) break;
      level = sum / count;
    }
    cost = 0;
    for (const double value : values) cost += Cost(value, level, bound);
    if (cost < least) {
      least = cost;
      best = level;
    }
  }
  return best;
}

std::optional<Modes> FindModes(std::span<const double> values) {
  if (values.size() < kFewest) return std::nullopt;
  Sample sample = Take(values);
  const std::size_t n = sample.values.size();
  std::vector<double> rest(n);
  for (std::size_t i = 0; i < n; ++i) rest[i] = sample.values[i] - sample.levels[i / sample.block];
  const double spread = MadSigma(rest);
  if (spread == 0) return std::nullopt;
  for (double& value : rest) value = std::clamp(value, -5 * spread, 5 * spread);
  std::sort(rest.begin(), rest.end());
  const Split split = BestSplit(rest);
  if (split.explained < kSplitShare || split.model.sigma <= 0) return std::nullopt;
  std::vector<double> lesser(n);
  Sample single = sample;
  Model one{0, 0, spread};
  double likelihood_one = 0;
  for (int step = 0; step < kSteps; ++step) likelihood_one = Improve(&single, &one, &lesser);
  Model two = split.model;
  double likelihood = 0;
  for (int step = 0; step < kSteps; ++step) likelihood = Improve(&sample, &two, &lesser);
  if (std::abs(two.gap) < kApart * two.sigma) return std::nullopt;
  if (std::min(two.share, 1 - two.share) < kLeastShare) return std::nullopt;
  // A history that stays in the lesser mode for a while more likely stepped: what the likelihood
  // loses for values that fall into a mode one by one, were they not independent.
  const auto count = static_cast<double>(n);
  const double dwelling = std::max(0.0, Dwelling(sample, lesser, two.share)) * std::sqrt(count);
  if (dwelling > kDwelling) return std::nullopt;
  const double gain = likelihood - likelihood_one - 0.5 * dwelling * dwelling;
  if (gain < kGain) return std::nullopt;
  if (two.share > 0.5) two = {-two.gap, 1 - two.share, two.sigma};
  // Schwarz's criterion: two parameters more.
  const double odds = gain - std::log(count);
  return Modes{
      .gap = two.gap,
      .sigma = two.sigma,
      .price = 2 * std::log((1 - two.share) / two.share),
      .spread = std::sqrt(two.sigma * two.sigma + two.share * (1 - two.share) * two.gap * two.gap),
      .doubt = 1 / (1 + std::exp(odds))};
}

}  // namespace unpark::stats
