package access

import (
	"errors"
	"time"

	"caunoi/journal"
)

// SignInVouched signs in a user for whom an identity provider vouches. It adds
// nobody. Refusals: oidc.unknown, user.disabled.
func (c Config) SignInVouched(tx Tx, user string, now time.Time) (SignedIn, error) {
	u, err := tx.User(user)
	switch {
	case errors.Is(err, ErrNotFound):
		return SignedIn{}, journal.Refuse("oidc.unknown")
	case err != nil:
		return SignedIn{}, err
	case u.Disabled:
		return SignedIn{}, journal.Refuse("user.disabled", "user", u.ID)
	}
	return c.begin(tx, u, "", "oidc", now)
}
