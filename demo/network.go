package demo

import (
	"fmt"
	"slices"
	"time"
)

// books says when the province closes a festival: it closes in the morning of
// the day of publication, opens again for phones that had not synced, and
// closes for good.
type books struct{ closed, reopened, closedAgain time.Time }

func (s *season) books() books {
	day := s.End.Add(1)
	return books{moment(day, 8*60), moment(day, 9*60+10), moment(day, 11*60)}
}

// equip gives everybody a desk and a phone. Phones in the highlands sync now
// and then, others most nights; a few have clocks that are far off, which the
// receipts put right.
func (s *season) equip() {
	n := 0
	for _, o := range s.offices {
		for _, w := range o.staff {
			w.desk, w.phone = s.device(w, "m"), s.device(w, "a")
			n++
			switch n % 23 {
			case 5:
				w.phone.skew += 3 * time.Hour
			case 11:
				w.phone.skew -= 26 * time.Hour
			case 17:
				w.phone.skew += 401 * 24 * time.Hour
			}
			nights := 7
			if o.highland {
				nights = 3
			}
			s.nightly(w.phone, nights, n%31 == 7)
			if n%37 == 3 {
				w.phone.by = o.staff[0].ID // a shared phone: the lead brings what is on it
			}
		}
	}
	for _, w := range s.province {
		w.desk = s.device(w, "m")
		w.phone = w.desk
	}
}

// nightly gives a phone its syncs: so many nights in eight, at least every
// fourth, before the books are closed, and again after that. A straggler's
// last sync comes while they are open again.
func (s *season) nightly(d *device, nights int, straggler bool) {
	gap := 0
	for day := s.Start.Add(-7); day <= s.End; day = day.Add(1) {
		if gap++; s.rng.IntN(8) < nights || gap == 4 {
			d.syncs = append(d.syncs, moment(day, 20*60+s.rng.IntN(3*60)))
			gap = 0
		}
	}
	b := s.books()
	last := b.closed.Add(-s.between(40*time.Minute, 150*time.Minute))
	if straggler {
		last = b.reopened.Add(s.between(10*time.Minute, 90*time.Minute))
	}
	d.syncs = append(d.syncs, last)
	for n := range 20 {
		d.syncs = append(d.syncs, b.closedAgain.Add(time.Duration(n*24)*time.Hour+s.between(time.Hour, 12*time.Hour)))
	}
	slices.SortFunc(d.syncs, time.Time.Compare)
}

// silent is a second phone that syncs a day or two after a moment, but before
// the books are closed.
func (s *season) silent(w *worker, t time.Time) *device {
	d := s.device(w, fmt.Sprintf("s%d", len(s.devices)))
	at := t.Add(s.between(26*time.Hour, 44*time.Hour))
	if last := s.books().closed.Add(-45 * time.Minute); at.After(last) {
		at = last
	}
	d.syncs = []time.Time{at}
	return d
}

// booted is a phone whose clock stands in 1970 and whose entries come out of
// a file, so that nobody measured how far it is off.
func (s *season) booted(w *worker, t time.Time) *device {
	d := s.silent(w, t)
	d.skew = t.Sub(time.Unix(0, 0).Add(10 * time.Minute)).Truncate(time.Millisecond)
	d.unmeasured = true
	return d
}

// found is a phone that turns up after the books are closed.
func (s *season) found(w *worker) *device {
	d := s.device(w, fmt.Sprintf("t%d", len(s.devices)))
	d.syncs = []time.Time{s.books().closedAgain.Add(s.between(2*time.Hour, 60*time.Hour))}
	return d
}
