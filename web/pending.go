package web

import (
	"sync"
	"time"
)

// pending is what browsers were asked, each for one answer. It stays in
// memory: an answer goes to the server that asked.
type pending[T any] struct {
	mu   sync.Mutex
	open map[string]asked[T]
}

type asked[T any] struct {
	what  T
	until time.Time
}

// mostPending bounds what is kept for answers that never come.
const mostPending = 10_000

// put keeps what was asked for some time; not if too much is kept already.
func (p *pending[T]) put(id string, what T, now time.Time, lasts time.Duration) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open == nil {
		p.open = map[string]asked[T]{}
	}
	if len(p.open) >= mostPending {
		for id, had := range p.open {
			if !had.until.After(now) {
				delete(p.open, id)
			}
		}
	}
	if len(p.open) >= mostPending {
		return false
	}
	p.open[id] = asked[T]{what, now.Add(lasts)}
	return true
}

// take returns what was asked, once, and not when it is too late.
func (p *pending[T]) take(id string, now time.Time) (T, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	had, ok := p.open[id]
	delete(p.open, id)
	return had.what, ok && had.until.After(now)
}
