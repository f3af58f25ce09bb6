package web

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"caunoi/access"
	"caunoi/journal"
)

// Pace is how fast one user may read about people: somebody at a desk never
// notices, a program that copies the registry does.
type Pace struct {
	PerSecond float64 // 0: no limit
	Burst     int     // requests at once
}

// personal are the rights by which one reads about people.
var personal = map[access.Right]bool{access.ViewPeople: true, access.Reveal: true, access.ViewEntries: true}

// paces are those of users.
type paces struct {
	mu sync.Mutex
	by map[string]*rate.Limiter
}

// admit refuses who reads too fast: request.pace.
func (p *paces) admit(limit Pace, right access.Right, user string, now time.Time) error {
	if limit.PerSecond == 0 || !personal[right] {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.by == nil {
		p.by = map[string]*rate.Limiter{}
	}
	one := p.by[user]
	if one == nil {
		one = rate.NewLimiter(rate.Limit(limit.PerSecond), limit.Burst)
		p.by[user] = one
	}
	if one.AllowN(now, 1) {
		return nil
	}
	return journal.Refuse("request.pace")
}
