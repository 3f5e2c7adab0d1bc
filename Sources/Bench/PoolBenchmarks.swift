// What it costs to hand out work: jobs that do nothing.

import Tensor

func poolBenchmarks() -> [Benchmark] {
  // One block runs where it is called; two wake another thread; 1024 are claimed some at a time.
  [1, 2, 16, 1024].map { blocks in
    Benchmark(
      "pool/dispatch-\(blocks)", shape: blocks == 1 ? "1 empty block" : "\(blocks) empty blocks",
      work: .items(1, of: "jobs"), limit: .unknown
    ) { threads in
      let pool = WorkerPool(threads: threads)
      return { pool.parallel(blocks) { _ in } }
    }
  }
}
