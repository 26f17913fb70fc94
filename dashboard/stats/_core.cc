// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// _core: the C++ statistics as a Python extension module; arrays are read in place, the GIL is
// released while the core works.
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "dashboard/stats/core/attribution.h"
#include "dashboard/stats/core/change_points.h"
#include "dashboard/stats/core/clusters.h"
#include "dashboard/stats/core/effect_floor.h"
#include "dashboard/stats/core/fdr.h"
#include "dashboard/stats/core/numeric.h"
#include "dashboard/stats/core/power.h"
#include "dashboard/stats/core/ranks.h"
#include "dashboard/stats/core/shape.h"
#include "dashboard/stats/core/two_sample.h"

namespace py = pybind11;

namespace {

using unpark::stats::ChangePoint;
using unpark::stats::ClusteredShift;
using unpark::stats::Detector;
using unpark::stats::NoiseParts;
using unpark::stats::RankTest;
using unpark::stats::Shape;
using unpark::stats::ShapeKind;
using unpark::stats::Shift;

template <typename T>
using Array = py::array_t<T, py::array::c_style | py::array::forcecast>;

template <typename T>
std::span<const T> View(const Array<T>& array) {
  if (array.ndim() != 1) throw std::invalid_argument("an array has not exactly one dimension");
  return {array.data(), static_cast<std::size_t>(array.size())};
}

std::span<const std::int64_t> View(const std::optional<Array<std::int64_t>>& array) {
  return array ? View(*array) : std::span<const std::int64_t>{};
}

py::array_t<double> ToArray(const std::vector<double>& values) {
  return py::array_t<double>(static_cast<py::ssize_t>(values.size()), values.data());
}

// A detector that threads may share: the GIL is released while it works.
class SharedDetector {
 public:
  void Extend(std::span<const double> values) {
    const std::lock_guard lock(mutex_);
    for (const double value : values) detector_.Append(value);
  }
  void Append(double value) { Extend({&value, 1}); }
  std::vector<ChangePoint> ChangePoints() {
    const std::lock_guard lock(mutex_);
    return detector_.ChangePoints();
  }
  std::optional<ChangePoint> Suspect() {
    const std::lock_guard lock(mutex_);
    return detector_.Suspect();
  }
  std::size_t Size() {
    const std::lock_guard lock(mutex_);
    return detector_.size();
  }

 private:
  std::mutex mutex_;
  Detector detector_;
};

}  // namespace

PYBIND11_MODULE(_core, m) {
  py::class_<Shift>(m, "Shift")
      .def_readonly("shift", &Shift::shift)
      .def_readonly("low", &Shift::low)
      .def_readonly("high", &Shift::high)
      .def_readonly("attained", &Shift::attained)
      .def_readonly("p", &Shift::p)
      .def_readonly("smallest_p", &Shift::smallest_p);
  m.def("shift_by_rounds", [](const Array<double>& numerator, const Array<double>& denominator,
                              const std::optional<Array<std::int64_t>>& numerator_rounds,
                              const std::optional<Array<std::int64_t>>& denominator_rounds,
                              double confidence) {
    const auto first = View(numerator);
    const auto second = View(denominator);
    const auto first_rounds = View(numerator_rounds);
    const auto second_rounds = View(denominator_rounds);
    py::gil_scoped_release release;
    return unpark::stats::ShiftByRounds(first, second, first_rounds, second_rounds, confidence);
  });
  m.def("unpaired_shift", [](const Array<double>& numerator_logs,
                             const Array<double>& denominator_logs, double confidence) {
    const auto first = View(numerator_logs);
    const auto second = View(denominator_logs);
    py::gil_scoped_release release;
    return unpark::stats::UnpairedShift(unpark::stats::FiniteValues(first, "numerator"),
                                        unpark::stats::FiniteValues(second, "denominator"),
                                        confidence);
  });
  py::class_<ClusteredShift>(m, "ClusteredShift")
      .def_readonly("shift", &ClusteredShift::shift)
      .def_readonly("low", &ClusteredShift::low)
      .def_readonly("high", &ClusteredShift::high)
      .def_readonly("error", &ClusteredShift::error)
      .def_readonly("mean", &ClusteredShift::mean)
      .def_readonly("mean_error", &ClusteredShift::mean_error)
      .def_readonly("p", &ClusteredShift::p)
      .def_readonly("smallest_p", &ClusteredShift::smallest_p);
  m.def("shift_by_runs",
        [](const Array<double>& first, const Array<std::int64_t>& first_runs,
           const Array<double>& second, const Array<std::int64_t>& second_runs, double confidence) {
          const auto above = View(first);
          const auto above_runs = View(first_runs);
          const auto below = View(second);
          const auto below_runs = View(second_runs);
          py::gil_scoped_release release;
          return unpark::stats::ShiftByRuns(above, above_runs, below, below_runs, confidence);
        });
  m.def("student_two_sided", &unpark::stats::StudentTwoSided);
  m.def("detectable_shift", &unpark::stats::DetectableShift);

  py::class_<RankTest>(m, "RankTest")
      .def_readonly("statistic", &RankTest::statistic)
      .def_readonly("p", &RankTest::p)
      .def_readonly("exact", &RankTest::exact);
  m.def("mann_whitney", [](const Array<double>& first, const Array<double>& second) {
    const auto x = View(first);
    const auto y = View(second);
    py::gil_scoped_release release;
    return unpark::stats::MannWhitney(unpark::stats::FiniteValues(x, "first"),
                                      unpark::stats::FiniteValues(y, "second"));
  });

  m.def("benjamini_hochberg", [](const Array<double>& p_values) {
    return ToArray(unpark::stats::BenjaminiHochberg(View(p_values)));
  });
  m.def("benjamini_yekutieli", [](const Array<double>& p_values) {
    return ToArray(unpark::stats::BenjaminiYekutieli(View(p_values)));
  });

  py::class_<ChangePoint>(m, "ChangePoint")
      .def_readonly("index", &ChangePoint::index)
      .def_readonly("shift", &ChangePoint::shift)
      .def_readonly("low", &ChangePoint::low)
      .def_readonly("high", &ChangePoint::high)
      .def_readonly("p", &ChangePoint::p)
      .def_readonly("confirmed", &ChangePoint::confirmed);
  m.def("change_points", [](const Array<double>& values) {
    const auto view = View(values);
    py::gil_scoped_release release;
    return unpark::stats::FindChangePoints(view);
  });
  py::class_<SharedDetector>(m, "Detector")
      .def(py::init<>())
      .def("extend",
           [](SharedDetector& detector, const Array<double>& values) {
             const auto view = View(values);
             py::gil_scoped_release release;
             detector.Extend(view);
           })
      .def("append", &SharedDetector::Append, py::call_guard<py::gil_scoped_release>())
      .def("change_points", &SharedDetector::ChangePoints, py::call_guard<py::gil_scoped_release>())
      .def("suspect", &SharedDetector::Suspect, py::call_guard<py::gil_scoped_release>())
      .def("__len__", &SharedDetector::Size, py::call_guard<py::gil_scoped_release>());

  m.def("change_posterior", [](const Array<double>& values, std::size_t begin, std::size_t index,
                               std::size_t end, double mass) {
    const auto view = View(values);
    unpark::stats::Posterior posterior;
    unpark::stats::Range range;
    {
      py::gil_scoped_release release;
      posterior = unpark::stats::ChangePosterior(view, begin, index, end);
      range = unpark::stats::ShortestRange(posterior, mass);
    }
    return py::make_tuple(posterior.first, ToArray(posterior.probabilities), range.from, range.to);
  });

  py::class_<NoiseParts>(m, "NoiseParts")
      .def(py::init([](double between, double within, double repetitions) {
        return NoiseParts{between, within, repetitions};
      }))
      .def_readonly("between", &NoiseParts::between)
      .def_readonly("within", &NoiseParts::within)
      .def_readonly("repetitions", &NoiseParts::repetitions);
  m.def("split_noise", [](const Array<double>& values, const Array<std::int64_t>& runs) {
    const auto view = View(values);
    const auto run_view = View(runs);
    py::gil_scoped_release release;
    return unpark::stats::SplitNoise(view, run_view);
  });
  m.def("detectable_log_ratio", &unpark::stats::DetectableLogRatio);
  m.def("runs_to_see", &unpark::stats::RunsToSee);
  m.def("effect_floor", [](const Array<double>& values, double window, double rate) {
    const auto view = View(values);
    py::gil_scoped_release release;
    return unpark::stats::EffectFloor(view, window, rate);
  });

  py::enum_<ShapeKind>(m, "ShapeKind")
      .value("step", ShapeKind::kStep)
      .value("recovered", ShapeKind::kRecovered)
      .value("drift", ShapeKind::kDrift)
      .value("outlier", ShapeKind::kOutlier)
      .value("variance", ShapeKind::kVariance)
      .value("new_mode", ShapeKind::kNewMode);
  py::class_<Shape>(m, "Shape")
      .def_readonly("kind", &Shape::kind)
      .def_readonly("begin", &Shape::begin)
      .def_readonly("end", &Shape::end)
      .def_readonly("size", &Shape::size)
      .def_readonly("p", &Shape::p);
  m.def("shapes", [](const Array<double>& values) {
    const auto view = View(values);
    py::gil_scoped_release release;
    return unpark::stats::FindShapes(view);
  });
}
