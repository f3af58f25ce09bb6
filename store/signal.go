package store

import "sync"

// Signal wakes all who wait, once per call of Fire. The zero Signal is ready.
type Signal struct {
	mu sync.Mutex
	ch chan struct{}
}

// Next returns a channel that the next Fire closes.
func (s *Signal) Next() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ch == nil {
		s.ch = make(chan struct{})
	}
	return s.ch
}

// Fire wakes those who wait now.
func (s *Signal) Fire() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ch != nil {
		close(s.ch)
		s.ch = nil
	}
}
