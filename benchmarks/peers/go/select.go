// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

package main

// A select's cases are written out: reflect.Select, which takes a list, is no select statement.

const selects = 50_000

func selectReady(p params) work {
	run := map[int]func() uint64{2: selectFrom2, 4: selectFrom4, 16: selectFrom16, 64: selectFrom64}[p.size]
	if run == nil {
		die(2, "--size='%d': select_ready has 2, 4, 16 or 64 cases", p.size)
	}
	return work{operations: selects, answer: sumBelow(selects), batch: run}
}

func channels(c []chan int) {
	for i := range c {
		c[i] = make(chan int, 1)
	}
}

func selectFrom2() (sum uint64) {
	var c [2]chan int
	channels(c[:])
	for i := range selects {
		c[0] <- i
		select {
		case v := <-c[0]:
			sum += uint64(v)
		case <-c[1]:
		}
	}
	return sum
}

func selectFrom4() (sum uint64) {
	var c [4]chan int
	channels(c[:])
	for i := range selects {
		c[0] <- i
		select {
		case v := <-c[0]:
			sum += uint64(v)
		case <-c[1]:
		case <-c[2]:
		case <-c[3]:
		}
	}
	return sum
}

func selectFrom16() (sum uint64) {
	var c [16]chan int
	channels(c[:])
	for i := range selects {
		c[0] <- i
		select {
		case v := <-c[0]:
			sum += uint64(v)
		case <-c[1]:
		case <-c[2]:
		case <-c[3]:
		case <-c[4]:
		case <-c[5]:
		case <-c[6]:
		case <-c[7]:
		case <-c[8]:
		case <-c[9]:
		case <-c[10]:
		case <-c[11]:
		case <-c[12]:
		case <-c[13]:
		case <-c[14]:
		case <-c[15]:
		}
	}
	return sum
}

func selectFrom64() (sum uint64) {
	var c [64]chan int
	channels(c[:])
	for i := range selects {
		c[0] <- i
		select {
		case v := <-c[0]:
			sum += uint64(v)
		case <-c[1]:
		case <-c[2]:
		case <-c[3]:
		case <-c[4]:
		case <-c[5]:
		case <-c[6]:
		case <-c[7]:
		case <-c[8]:
		case <-c[9]:
		case <-c[10]:
		case <-c[11]:
		case <-c[12]:
		case <-c[13]:
		case <-c[14]:
		case <-c[15]:
		case <-c[16]:
		case <-c[17]:
		case <-c[18]:
		case <-c[19]:
		case <-c[20]:
		case <-c[21]:
		case <-c[22]:
		case <-c[23]:
		case <-c[24]:
		case <-c[25]:
		case <-c[26]:
		case <-c[27]:
		case <-c[28]:
		case <-c[29]:
		case <-c[30]:
		case <-c[31]:
		case <-c[32]:
		case <-c[33]:
		case <-c[34]:
		case <-c[35]:
		case <-c[36]:
		case <-c[37]:
		case <-c[38]:
		case <-c[39]:
		case <-c[40]:
		case <-c[41]:
		case <-c[42]:
		case <-c[43]:
		case <-c[44]:
		case <-c[45]:
		case <-c[46]:
		case <-c[47]:
		case <-c[48]:
		case <-c[49]:
		case <-c[50]:
		case <-c[51]:
		case <-c[52]:
		case <-c[53]:
		case <-c[54]:
		case <-c[55]:
		case <-c[56]:
		case <-c[57]:
		case <-c[58]:
		case <-c[59]:
		case <-c[60]:
		case <-c[61]:
		case <-c[62]:
		case <-c[63]:
		}
	}
	return sum
}
