// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Runs programs in Go, as interpreter.cc does on this runtime: same arguments, same output.
package main

import (
	"bufio"
	"fmt"
	"os"
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"sync"
)

type selectCase struct {
	sends          bool
	channel, value int
}

type op struct {
	kind         byte
	index, value int
	cases        []selectCase
	hasDefault   bool
}

type body struct {
	started, recovers bool
	ops               []op
}

type program struct {
	capacities, counts []int
	mutexes, rwMutexes int
	bodies             []body
}

func number(s string) int {
	if s == "-" {
		return -1
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		fmt.Fprintln(os.Stderr, "interpreter:", err)
		os.Exit(3)
	}
	return n
}

func list(s string) []int {
	var all []int
	if s != "" {
		for _, one := range strings.Split(s, ",") {
			all = append(all, number(one))
		}
	}
	return all
}

// target reads "CHANNEL" or "CHANNEL=VALUE".
func target(s string) (index, value int) {
	channel, sent, sends := strings.Cut(s, "=")
	if sends {
		value = number(sent)
	}
	return number(channel), value
}

func parseOp(s string) op {
	o := op{kind: s[0]}
	switch o.kind {
	case 'G':
	case 'S':
		inside := s[2 : len(s)-1]
		if inside == "" {
			break
		}
		for _, c := range strings.Split(inside, ",") {
			if c == "d" {
				o.hasDefault = true
				continue
			}
			one := selectCase{sends: c[0] == 's'}
			one.channel, one.value = target(c[1:])
			o.cases = append(o.cases, one)
		}
	default:
		o.index, o.value = target(s[1:])
	}
	return o
}

func parse(text string) *program {
	parts := strings.Split(text, ";")
	head := strings.Split(parts[0], " ")
	p := &program{capacities: list(head[0][1:]), counts: list(head[1][1:]),
		mutexes: number(head[2][1:]), rwMutexes: number(head[3][1:])}
	for _, part := range parts[1:] {
		words := strings.Split(part, " ")
		b := body{started: strings.Contains(words[0], "*"), recovers: strings.Contains(words[0], "!")}
		for _, word := range words[1:] {
			b.ops = append(b.ops, parseOp(word))
		}
		p.bodies = append(p.bodies, b)
	}
	return p
}

type countedMutex struct {
	sync.Mutex
	counter int
}

type countedRWMutex struct {
	sync.RWMutex
	counter int
}

type run struct {
	p         *program
	channels  []chan int
	groups    []sync.WaitGroup
	mutexes   []countedMutex
	rwMutexes []countedRWMutex
	logs      [][]string
	all       sync.WaitGroup
}

func newRun(p *program) *run {
	r := &run{p: p, groups: make([]sync.WaitGroup, len(p.counts)), mutexes: make([]countedMutex, p.mutexes),
		rwMutexes: make([]countedRWMutex, p.rwMutexes), logs: make([][]string, len(p.bodies))}
	for _, n := range p.capacities {
		var c chan int
		if n >= 0 {
			c = make(chan int, n)
		}
		r.channels = append(r.channels, c)
	}
	for i, n := range p.counts {
		r.groups[i].Add(n)
	}
	return r
}

func (r *run) outcome() string {
	r.all.Add(len(r.p.bodies))
	for b := range r.p.bodies {
		if r.p.bodies[b].started {
			go r.start(b)
		}
	}
	r.all.Wait()
	var logs []string
	for _, l := range r.logs {
		logs = append(logs, strings.Join(l, " "))
	}
	return "done " + strings.Join(logs, "|")
}

func (r *run) start(b int) {
	if r.p.bodies[b].recovers {
		r.doRecovering(b)
	} else {
		r.do(b)
	}
	r.all.Done()
}

func (r *run) doRecovering(b int) {
	defer func() {
		if e := recover(); e != nil {
			r.log(b, fmt.Sprint("!", e))
		}
	}()
	r.do(b)
}

func (r *run) log(b int, entry string) { r.logs[b] = append(r.logs[b], entry) }

func text(v int, ok bool) string {
	if !ok {
		return "-"
	}
	return strconv.Itoa(v)
}

func (r *run) do(b int) {
	for i := range r.p.bodies[b].ops {
		r.doOp(b, &r.p.bodies[b].ops[i])
	}
}

func (r *run) doOp(b int, o *op) {
	i := o.index
	switch o.kind {
	case 's':
		r.channels[i] <- o.value
	case 'v':
		v, ok := <-r.channels[i]
		r.log(b, text(v, ok))
	case 'R':
		for v := range r.channels[i] {
			r.log(b, strconv.Itoa(v))
		}
		r.log(b, ".")
	case 'c':
		close(r.channels[i])
	case 'S':
		r.doSelect(b, o)
	case 'D':
		r.groups[i].Done()
	case 'W':
		r.groups[i].Wait()
	case 'L':
		r.mutexes[i].Lock()
	case 'U':
		r.mutexes[i].Unlock()
	case 'n':
		r.log(b, strconv.Itoa(r.mutexes[i].counter))
		r.mutexes[i].counter++
	case 'l':
		r.rwMutexes[i].RLock()
	case 'u':
		r.rwMutexes[i].RUnlock()
	case 'p':
		r.log(b, strconv.Itoa(r.rwMutexes[i].counter))
	case 'X':
		r.rwMutexes[i].Lock()
	case 'Y':
		r.rwMutexes[i].Unlock()
	case 'N':
		r.log(b, strconv.Itoa(r.rwMutexes[i].counter))
		r.rwMutexes[i].counter++
	case 'g':
		go r.start(i)
	case 'G':
		runtime.Gosched()
	default:
		fmt.Fprintf(os.Stderr, "interpreter: unknown operation %q\n", o.kind)
		os.Exit(3)
	}
}

func (r *run) doSelect(b int, o *op) {
	if len(o.cases) == 1 && o.hasDefault {
		r.doOneOrDefault(b, o)
		return
	}
	var cases []reflect.SelectCase
	for _, c := range o.cases {
		channel := reflect.ValueOf(r.channels[c.channel])
		if c.sends {
			cases = append(cases, reflect.SelectCase{Dir: reflect.SelectSend, Chan: channel, Send: reflect.ValueOf(c.value)})
		} else {
			cases = append(cases, reflect.SelectCase{Dir: reflect.SelectRecv, Chan: channel})
		}
	}
	if o.hasDefault {
		cases = append(cases, reflect.SelectCase{Dir: reflect.SelectDefault})
	}
	chosen, v, ok := reflect.Select(cases)
	switch {
	case chosen == len(o.cases):
		r.log(b, "d")
	case o.cases[chosen].sends:
		r.log(b, strconv.Itoa(chosen))
	default:
		value := 0
		if ok {
			value = int(v.Int())
		}
		r.log(b, strconv.Itoa(chosen)+":"+text(value, ok))
	}
}

// doOneOrDefault is the form that Go compiles to a way of its own.
func (r *run) doOneOrDefault(b int, o *op) {
	c := o.cases[0]
	channel := r.channels[c.channel]
	if c.sends {
		select {
		case channel <- c.value:
			r.log(b, "0")
		default:
			r.log(b, "d")
		}
		return
	}
	select {
	case v, ok := <-channel:
		r.log(b, "0:"+text(v, ok))
	default:
		r.log(b, "d")
	}
}

func main() {
	if len(os.Args) != 5 {
		fmt.Fprintln(os.Stderr, "usage: interpreter FILE SKIP RUNS PROCS")
		os.Exit(3)
	}
	skip, runs := number(os.Args[2]), number(os.Args[3])
	runtime.GOMAXPROCS(number(os.Args[4]))
	file, err := os.Open(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "interpreter:", err)
		os.Exit(3)
	}
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<24)
	n := 0
	for lines.Scan() {
		if n+runs <= skip {
			n += runs
			continue
		}
		line, _, _ := strings.Cut(lines.Text(), "\t")
		p := parse(line)
		for i := 0; i < runs; i, n = i+1, n+1 {
			if n >= skip {
				os.Stdout.WriteString(newRun(p).outcome() + "\n")
			}
		}
	}
}
