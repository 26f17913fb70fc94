module unpark/benchmarks/go

go 1.23
