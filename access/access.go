// Package access says who somebody is and what they may do.
//
// A [User] has one role and one office. Who may manage the user adds it and
// hands over a one-time link; opening it signs in a browser, or a phone, which
// from then on calls with a token of its own. Each such sign-in is a
// [Session]; a phone is a [Device] besides, which may be told to wipe itself. Links and tokens are 256 random bits that exist here only as
// their SHA-256: who reads the database can sign in with nothing in it.
//
// Who calls is an [Actor], handed on as an argument. [May] answers whether the
// actor holds a right in an office: mostly, in the actor's own and in those
// below it. [MayAuthor] answers the same for an entry of the journal. Nothing else
// decides, so that one table shows what each role may do.
//
// Functions run in the caller's transaction. Ask for the actor and for the
// right in the transaction that acts on the answer: a right taken away in the
// meantime is then gone.
//
// A refusal is a *journal.Refusal; any other error is the store's. What is done
// here is recorded in the audit, in the same transaction. An identity
// provider is not here yet.
package access

import (
	"cmp"
	"slices"
	"time"
	"unicode/utf8"

	"caunoi/campaign"
	"caunoi/journal"
)

// Role is what a user is here for.
type Role string

const (
	// Administrator keeps the system running, for all offices. It confirms no
	// figures: those who run the machine do not close the books.
	Administrator Role = "administrator"
	// Province sets campaigns and closes them (BHXH tỉnh).
	Province Role = "province"
	// Auditor looks at everything of an office and of those below it, and at
	// the audit, and changes nothing.
	Auditor Role = "auditor"
	// Lead answers for the work of an office and of those below it.
	Lead Role = "lead"
	// Campaigner records what happens in the field.
	Campaigner Role = "campaigner"
	// PartnerAgent is a campaigner of a collection partner (nhân viên thu).
	PartnerAgent Role = "partner_agent"
)

// Roles are all roles, the lowest first.
var Roles = []Role{Campaigner, PartnerAgent, Lead, Auditor, Province, Administrator}

// above says that r is the higher role.
func (r Role) above(other Role) bool { return slices.Index(Roles, r) > slices.Index(Roles, other) }

// User is somebody who may sign in. The id of a field worker is that of the
// campaigner in the plan.
type User struct {
	ID   string
	Name string
	Role Role
	// Office bounds what the user may see and do. Only an administrator, whom
	// nothing bounds, may have none.
	Office string
	// Communes narrow whose personal data the user sees, by their codes; none
	// means those of all the office's communes.
	Communes []string
	// Disabled users stay, since entries name them, but may nothing.
	Disabled bool
}

func (u *User) check(plan *campaign.Plan, today journal.Day) error {
	for _, f := range []struct {
		name, value string
		most        int
	}{{"id", u.ID, 100}, {"name", u.Name, 200}} {
		if f.value == "" {
			return journal.Refuse("user.missing", "field", f.name)
		}
		if utf8.RuneCountInString(f.value) > f.most {
			return journal.Refuse("user.too_long", "field", f.name, "most", f.most)
		}
	}
	if !slices.Contains(Roles, u.Role) {
		return journal.Refuse("user.role", "role", string(u.Role))
	}
	if u.Office == "" && u.Role == Administrator {
		return nil
	}
	if !plan.HasOffice(u.Office) {
		return journal.Refuse("user.office", "office", u.Office)
	}
	for _, code := range u.Communes {
		if !within(plan.OfficeOf(code, today), u.Office, plan) {
			return journal.Refuse("user.commune", "commune", code)
		}
	}
	return nil
}

// Actor is who calls.
type Actor struct {
	User
	// Device is set for a phone, which calls with a token of its own.
	Device string
	// State is that of the phone.
	State DeviceState

	session []byte // hash; nil at the terminal
	seen    time.Time
	proven  time.Time
}

// Terminal is whoever works at the command line of the server: with the files
// in hand, they may what an administrator may.
func Terminal() Actor {
	return Actor{User: User{ID: "terminal", Name: "terminal", Role: Administrator}}
}

// Config sets how long things last; a zero field means the default.
type Config struct {
	// Link is how long a one-time link can be opened: 30 minutes.
	Link time.Duration
	// Idle ends a browser's session that is not used: 12 hours.
	Idle time.Duration
	// StepUp is how long after proving who they are users may export, erase,
	// approve and manage others: 15 minutes.
	StepUp time.Duration
	// Longest ends a browser's session however it is used: 7 days.
	Longest time.Duration
}

func (c Config) link() time.Duration    { return cmp.Or(c.Link, 30*time.Minute) }
func (c Config) stepUp() time.Duration  { return cmp.Or(c.StepUp, 15*time.Minute) }
func (c Config) idle() time.Duration    { return cmp.Or(c.Idle, 12*time.Hour) }
func (c Config) longest() time.Duration { return cmp.Or(c.Longest, 7*24*time.Hour) }
