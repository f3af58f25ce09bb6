package people

import (
	"strconv"
	"time"

	"github.com/go-json-experiment/json"

	"caunoi/access"
	"caunoi/audit"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/quarantine"
)

// Retention says how long things are kept once nobody needs them, days; 0 is
// for ever (Law 91/2025/QH15, Art. 14: data go when their purpose is done or
// their time is over). Who has, or had, cover or months of insurance is a
// statutory record and is kept; see restriction.
type Retention struct {
	// Persons: whose row nobody changed or visited, after the last of both.
	Persons int `json:"persons"`
	// Withdrawn: who withdrew each consent given, after the last of these.
	Withdrawn int `json:"withdrawn"`
	// Quarantine: what a phone brought that it may not, after its arrival.
	Quarantine int `json:"quarantine"`
	// Sessions: sign-ins that ended, and links, after their end.
	Sessions int `json:"sessions"`
}

// StandardRetention holds where an agency has set none. For how long somebody
// may be kept whom nobody insured is for the agency's legal officer to say.
func StandardRetention() Retention {
	return Retention{Persons: 0, Withdrawn: 30, Quarantine: 90, Sessions: 365}
}

const settingRetention = "retention"

// RetentionOf reads the agency's rules.
func RetentionOf(tx Tx) (Retention, error) {
	r := StandardRetention()
	text, err := tx.Setting(settingRetention)
	if err != nil || text == "" {
		return r, err
	}
	return r, json.Unmarshal([]byte(text), &r)
}

// SetRetention sets the agency's rules. Refusal: retention.days.
func SetRetention(tx Tx, actor access.Actor, r Retention, at time.Time) error {
	for _, days := range []int{r.Persons, r.Withdrawn, r.Quarantine, r.Sessions} {
		if days < 0 || days > 36525 {
			return journal.Refuse("retention.days", "days", days)
		}
	}
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if err := tx.PutSetting(settingRetention, string(text)); err != nil {
		return err
	}
	return audit.Append(tx, at, event("setting.changed", actor, actor.Office, "setting:"+settingRetention, r.details()))
}

func (r Retention) details() map[string]string {
	return map[string]string{
		"persons": strconv.Itoa(r.Persons), "withdrawn": strconv.Itoa(r.Withdrawn),
		"quarantine": strconv.Itoa(r.Quarantine), "sessions": strconv.Itoa(r.Sessions),
	}
}

// before is the instant that many days ago; zero where 0 means for ever.
func before(at time.Time, days int) time.Time {
	if days == 0 {
		return time.Time{}
	}
	return at.AddDate(0, 0, -days)
}

// Keeper is what retention needs of a store's transaction besides [Tx].
type Keeper interface {
	Tx
	quarantine.Tx
}

// mostRetained is how many people one transaction erases.
const mostRetained = 100

// Retain ends what is kept for too long, as much as one transaction should
// take, and counts it; more says that there is more. On trial it only counts.
// What was counted in figures stays counted.
func (r Registry) Retain(tx Keeper, plan *campaign.Plan, actor access.Actor, trial bool, erase Eraser) (done Retention, more bool, err error) {
	at := now(r.Now())
	rules, err := RetentionOf(tx)
	if err != nil {
		return done, false, err
	}
	limit := mostRetained
	if trial {
		limit = 1 << 30
	}
	for _, kind := range []struct {
		before time.Time
		find   func(before time.Time, limit int) ([]journal.ID, error)
		reason string
		n      *int
	}{
		{before(at, rules.Withdrawn), tx.WithdrawnPeople, "consent_withdrawn", &done.Withdrawn},
		{before(at, rules.Persons), tx.UntouchedPeople, "retention", &done.Persons},
	} {
		if kind.before.IsZero() {
			continue
		}
		ids, err := kind.find(kind.before, limit)
		if err != nil {
			return done, false, err
		}
		*kind.n = len(ids)
		more = more || len(ids) == limit
		for _, id := range ids {
			if trial {
				continue
			}
			if _, err := ByID(tx, everybody, id); err != nil { // gone with one before
				continue
			}
			if err := r.Erase(tx, plan, actor, id, kind.reason, erase); err != nil {
				return done, false, err
			}
		}
	}
	if at := before(at, rules.Quarantine); !at.IsZero() {
		if done.Quarantine, err = quarantine.Expire(tx, actor, at, now(r.Now()), trial); err != nil {
			return done, false, err
		}
	}
	if at := before(at, rules.Sessions); !at.IsZero() {
		if done.Sessions, err = tx.DropSessions(at, trial); err != nil {
			return done, false, err
		}
	}
	if trial || done == (Retention{}) {
		return done, more, nil
	}
	return done, more, r.audit(tx, event("retention.ran", actor, actor.Office, "", done.details()))
}
