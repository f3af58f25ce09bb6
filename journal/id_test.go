package journal

import (
	"testing"
	"time"
)

func TestDerivedID(t *testing.T) {
	at := time.Date(2026, 11, 1, 0, 0, 0, 0, Zone)
	id := DerivedID(at, "a")
	if got, err := ParseID(id.String()); err != nil || got != id || DerivedID(at, "a") != id {
		t.Errorf("%v: %v", id, err)
	}
	if DerivedID(at, "b") == id || DerivedID(at.Add(time.Millisecond), "a").Compare(id) <= 0 || DerivedID(at.Add(-time.Millisecond), "a").Compare(id) >= 0 {
		t.Error("ids are not told apart, or not in order of time")
	}
}
