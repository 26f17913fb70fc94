// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

package reference

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"os"
)

func init() {
	for _, records := range []int{10_000, 1_000_000} {
		want := func() []uint64 {
			written := make([]uint64, 0, records)
			for i := range records {
				written = append(written, Work(uint64(i), 2))
			}
			return written
		}
		row := Row{Pair: "unbuffered_reads", Workload: fmt.Sprintf("records:%d", records),
			Ops: records, FullOnly: records > 10_000}
		read := func(buffered func(io.Reader) io.Reader) func() prepared[[]uint64] {
			return func() prepared[[]uint64] {
				file := recordFile(want())
				return prepared[[]uint64]{
					run:   func() []uint64 { return readRecords(file, buffered, records) },
					close: func() { file.Close() },
				}
			}
		}
		row.Variant = "before"
		add(row, want, read(func(r io.Reader) io.Reader { return r }))
		row.Variant = "after"
		add(row, want, read(func(r io.Reader) io.Reader { return bufio.NewReaderSize(r, 64<<10) }))
	}
}

// recordFile gives an open file without a name; a failure ends the program.
func recordFile(records []uint64) *os.File {
	file, err := os.CreateTemp("", "records")
	if err != nil {
		panic(err)
	}
	os.Remove(file.Name())
	if err := binary.Write(file, binary.LittleEndian, records); err != nil {
		panic(err)
	}
	return file
}

func readRecords(file *os.File, buffered func(io.Reader) io.Reader, expected int) []uint64 {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		panic(err)
	}
	reader := buffered(file)
	records := make([]uint64, 0, expected)
	var record [8]byte
	for {
		if _, err := io.ReadFull(reader, record[:]); err != nil {
			return records
		}
		records = append(records, binary.LittleEndian.Uint64(record[:]))
	}
}
