package readiness

import (
	"time"

	"caunoi/journal"
)

// Asked is that the phones of those who go out for an office on a day are to
// rehearse.
type Asked struct {
	Office string
	Day    journal.Day
	At     time.Time
	By     string
}

// Tx keeps what was asked.
type Tx interface {
	// PutAsked adds it, or replaces what was asked of the office for the day.
	PutAsked(a Asked) error
	// AskedFrom lists what was asked for a day and those after it, by office and
	// day.
	AskedFrom(day journal.Day) ([]Asked, error)
}
