package access

import "time"

// Standing is what a user was from an instant on: rights are judged for the
// day of a fact, not for that of its arrival.
type Standing struct {
	Since time.Time // zero: from the beginning
	User
}

// Then is what the user was at an instant, of the standings by Since. What was
// before the first is as the first.
func (u User) Then(standings []Standing, at time.Time) User {
	for i := len(standings) - 1; i >= 0; i-- {
		if i == 0 || !standings[i].Since.After(at) {
			return standings[i].User
		}
	}
	return u
}

// remember keeps what a user becomes, and, the first time, what it was.
func remember(tx Tx, was *User, u User, now time.Time) error {
	had, err := tx.Standings(u.ID)
	if err != nil {
		return err
	}
	if len(had) == 0 {
		first := u // a new user's facts may be older than the user
		if was != nil {
			first = *was
		}
		if err := tx.PutStanding(Standing{User: first}); err != nil || was == nil {
			return err
		}
	}
	return tx.PutStanding(Standing{instant(now), u})
}
