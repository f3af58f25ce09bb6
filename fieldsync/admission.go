package fieldsync

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"

	"caunoi/journal"
)

// Class is a kind of work that phones ask for.
type Class int

// The classes, the more urgent first: a push carries what exists nowhere else.
const (
	Pushes Class = iota
	Pulls
)

// How much of each class one server works on at once, and behind how many
// somebody waits at most. Pushes share a commit, so that many at once cost
// little: with 8 places there were 4 entries to a commit where there are 25
// with 64, and half as many in a second.
const (
	MostPushes  = 64
	MostPulls   = 4
	MostWaiting = 200
)

// Admission lets phones in a few at a time, so that 150 that come back to the
// network together are answered one after the other instead of none. Of each
// class they come in the order in which they asked; no pull begins while a
// push waits.
type Admission struct {
	mu      sync.Mutex
	free    [2]int             // places, by class
	waiting [2][]chan struct{} // closed when it is one's turn
}

// NewAdmission makes the door of a server.
func NewAdmission() *Admission { return &Admission{free: [2]int{MostPushes, MostPulls}} }

// Enter waits for a place; leave gives it back. Where more than [MostWaiting]
// others would come first it is refused at once: sync.busy, with how many
// seconds to stay away, which differ so that not all come back together.
func (a *Admission) Enter(ctx context.Context, class Class) (leave func(), err error) {
	a.mu.Lock()
	ahead := 0
	for _, line := range a.waiting[:class+1] {
		ahead += len(line)
	}
	if ahead > MostWaiting {
		a.mu.Unlock()
		return nil, journal.Refuse("sync.busy", "seconds", 5+rand.IntN(26))
	}
	turn := make(chan struct{})
	a.waiting[class] = append(a.waiting[class], turn)
	a.next()
	a.mu.Unlock()
	select {
	case <-turn:
		return func() { a.leave(class) }, nil
	case <-ctx.Done():
	}
	a.mu.Lock()
	i := slices.Index(a.waiting[class], turn)
	if i >= 0 {
		a.waiting[class] = slices.Delete(a.waiting[class], i, i+1)
		a.next()
	}
	a.mu.Unlock()
	if i < 0 { // its turn had come meanwhile
		a.leave(class)
	}
	return nil, ctx.Err()
}

func (a *Admission) leave(class Class) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.free[class]++
	a.next()
}

// next lets in whose turn it is.
func (a *Admission) next() {
	for class := range a.waiting {
		line := &a.waiting[class]
		for len(*line) > 0 && a.free[class] > 0 {
			close((*line)[0])
			*line = (*line)[1:]
			a.free[class]--
		}
		if len(*line) > 0 {
			return
		}
	}
}
