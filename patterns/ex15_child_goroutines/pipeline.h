// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Variant of exercise 15: a goroutine for each stage, with channels between them.

#ifndef UNPARK_PATTERNS_EX15_CHILD_GOROUTINES_PIPELINE_H_
#define UNPARK_PATTERNS_EX15_CHILD_GOROUTINES_PIPELINE_H_

#include "patterns/ex15_child_goroutines/task.h"

namespace unpark::patterns::child_goroutines {

// For stages that really should overlap, one of them waiting for a disk say.
inline Jobs DoByPipeline(const StageWorkload& w) {
  Jobs jobs = NewJobs(w);
  Chan<Job*> to_parse(128), to_validate(128), to_persist(128);
  WaitGroup wg;
  wg.Go([&] {
    for (Job* job : to_parse) {
      Parse(w, job);
      to_validate.Send(job);
    }
    to_validate.Close();
  });
  wg.Go([&] {
    for (Job* job : to_validate) {
      Validate(w, job);
      to_persist.Send(job);
    }
    to_persist.Close();
  });
  wg.Go([&] {
    for (Job* job : to_persist) Persist(w, job);
  });
  for (Job& job : jobs) to_parse.Send(&job);
  to_parse.Close();
  wg.Wait();
  return jobs;
}

}  // namespace unpark::patterns::child_goroutines

#endif  // UNPARK_PATTERNS_EX15_CHILD_GOROUTINES_PIPELINE_H_
