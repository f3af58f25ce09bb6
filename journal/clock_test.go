package journal_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"caunoi/journal"
)

// TestRecorded: whatever a phone's clock says, and whenever it is set once, an
// entry is of the day on which it was made, or nobody can tell.
func TestRecorded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		begin := time.Date(2025, 11, 3, 0, 0, 0, 0, journal.Zone)
		minutes := func(name string, from, to int) time.Duration {
			return time.Duration(rapid.IntRange(from, to).Draw(t, name)) * time.Minute
		}
		heard := begin.Add(minutes("heard", 0, 3*24*60))
		made := heard.Add(minutes("made", 0, 3*24*60))
		sent := made.Add(minutes("sent", 0, 3*24*60))
		set := begin.Add(minutes("set", -24*60, 10*24*60))
		before, after := minutes("skew before", -60*24*60, 60*24*60), minutes("skew after", -60*24*60, 60*24*60)
		skew := func(at time.Time) time.Duration {
			if at.Before(set) {
				return before
			}
			return after
		}
		awake := time.Duration(rapid.Float64Range(0, 1).Draw(t, "awake") * float64(made.Sub(heard)))
		st := journal.Stored{
			Entry: journal.Entry{
				DeviceTime: made.Add(skew(made)),
				Clock:      &journal.Clock{Heard: heard, OffsetMS: -skew(heard).Milliseconds(), SinceMS: awake.Milliseconds()},
			},
			Received: journal.Receipt{At: sent, OffsetMS: -skew(sent).Milliseconds()},
		}
		got := st.Recorded()
		if got.Before(heard.Add(awake).Add(-6*time.Minute)) || got.After(sent.Add(6*time.Minute)) {
			t.Errorf("recorded at %v, which cannot be", got)
		}
		if day := journal.DayOf(got); day != journal.DayOf(made) && !st.Unsure() && got.Sub(made).Abs() > 6*time.Minute {
			t.Errorf("recorded at %v, the journal says %v and is sure", made, got)
		}
		if skew(heard) == skew(sent) && (!got.Equal(made) || st.Unsure()) {
			t.Errorf("the clock was not set between, and yet: %v for %v, unsure %t", got, made, st.Unsure())
		}
	})
}
