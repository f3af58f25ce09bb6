package tally

import (
	"slices"
	"sync"
)

// Mover is what keeping figures at hand needs of a store.
type Mover interface {
	Sheet(q Query) (Sheet, error)
	// FiguresSince returns what was done to the figures of a campaign, those of
	// dimensions left out, since a point that another transaction saw, and the
	// point that this one sees. ok is false where there is no such point, where
	// it does not lie before this one, or where so much was done since that the
	// figures are sooner read whole.
	FiguresSince(campaign, point string) (moves []Figure, now string, ok bool, err error)
}

// MostMoves is after how many commits figures are sooner read whole.
const MostMoves = 1000

// Kept are the figures of campaigns at hand, moved by what was done to them
// since somebody last asked, so that a screen that is drawn after every commit
// does not read all of them again.
type Kept struct {
	mu sync.Mutex
	of map[string]keptSheet
}

type keptSheet struct {
	point string
	sheet Sheet // by key, never changed
}

// Sheet is what tx.Sheet returns for a campaign, in order of the keys, for a
// transaction that has counted nothing. It is everybody's, not to be changed.
func (k *Kept) Sheet(tx Mover, campaign string) (Sheet, error) {
	k.mu.Lock() // many ask at once after a commit, and it is moved once
	defer k.mu.Unlock()
	had := k.of[campaign]
	moves, point, ok, err := tx.FiguresSince(campaign, had.point)
	if err != nil {
		return nil, err
	}
	now := keptSheet{point, had.sheet}
	if ok {
		now.sheet = had.sheet.moved(moves)
	} else {
		if now.sheet, err = tx.Sheet(Query{Campaign: campaign}); err != nil {
			return nil, err
		}
		slices.SortFunc(now.sheet, byKey)
	}
	if k.of == nil {
		k.of = map[string]keptSheet{}
	}
	k.of[campaign] = now
	return now.sheet, nil
}

func byKey(a, b Figure) int { return a.Key.Compare(b.Key) }

// moved adds moves to a sheet in order of the keys, and leaves out what became 0.
func (s Sheet) moved(moves []Figure) Sheet {
	if len(moves) == 0 {
		return s
	}
	slices.SortFunc(moves, byKey)
	out := make(Sheet, 0, len(s)+len(moves))
	for len(moves) > 0 {
		sum := moves[0]
		for moves = moves[1:]; len(moves) > 0 && moves[0].Key == sum.Key; moves = moves[1:] {
			sum.Cell = sum.plus(moves[0].Cell)
		}
		i, found := slices.BinarySearchFunc(s, sum, byKey)
		out = append(out, s[:i]...)
		if s = s[i:]; found {
			sum.Cell, s = sum.plus(s[0].Cell), s[1:]
		}
		if sum.Cell != (Cell{}) {
			out = append(out, sum)
		}
	}
	return append(out, s...)
}
