package access

import (
	"errors"
	"time"
	"unicode/utf8"

	"caunoi/audit"
	"caunoi/campaign"
	"caunoi/journal"
)

// DeviceState says how a phone stands.
type DeviceState string

// The states of a phone.
const (
	InUse DeviceState = "in_use"
	// Leaving: it may bring what it still holds, and nothing else; then it
	// wipes itself.
	Leaving DeviceState = "leaving"
	// Lost: it wipes itself at the next contact. What it brings is kept apart.
	Lost DeviceState = "lost"
	// Wiped: it said that it holds nothing any more.
	Wiped DeviceState = "wiped"
)

// Device is a phone as one user's: of a shared one, each user has an own row,
// token and state.
type Device struct {
	User  string
	ID    string // which the phone gives itself
	Name  string // by which people know it
	Made  time.Time
	State DeviceState
	Since time.Time // of the state
	By    string    // who set it
	// Unsent is how many records were lost with the wipe, as the phone says.
	Unsent int
	// Seen is about when it last called; zero if never since it was enrolled.
	Seen time.Time
	// Help is what it last told of itself to be helped with, and when; see
	// [AskHelp].
	Help   []byte
	HelpAt time.Time
	// Told is what it last told of itself, asked or not, and when; see [Tell].
	Told   []byte
	ToldAt time.Time
}

// atDoor are the rights that a phone keeps which is to be wiped.
var atDoor = map[Right]bool{Push: true, Contact: true}

// stands refuses what a phone may no more: device.leaving, device.lost.
func stands(actor Actor, right Right) error {
	if actor.State == "" || actor.State == InUse || atDoor[right] {
		return nil
	}
	return journal.Refuse("device." + string(actor.State))
}

func checkDevice(device string) error {
	// What a phone of practice recorded is refused, so it is given no way in.
	if device == "" || utf8.RuneCountInString(device) > 100 || journal.Practised("", device) {
		return journal.Refuse("device.id")
	}
	return nil
}

// NewPhoneLink makes a one-time link, shown as a QR code, with which a user
// whom the actor may manage enrols a phone. No browser can open it.
func (c Config) NewPhoneLink(tx Tx, actor Actor, plan *campaign.Plan, user string, now time.Time) (token string, l Link, err error) {
	return c.newLink(tx, actor, plan, user, true, now)
}

// SignInPhone opens a one-time link on a phone, as [Config.SignIn] does; the
// same phone may do so again as long as the link lasts. An earlier sign-in of
// the user on that device ends.
func (c Config) SignInPhone(tx Tx, link, device, name string, now time.Time) (SignedIn, error) {
	if err := checkDevice(device); err != nil {
		return SignedIn{}, err
	}
	if utf8.RuneCountInString(name) > 100 {
		return SignedIn{}, journal.Refuse("device.name")
	}
	u, opened, err := openLink(tx, link, device, now)
	if err != nil {
		return SignedIn{}, err
	}
	return c.enrol(tx, u, device, name, "link", opened, now)
}

// AddPhone gives the actor a token for a phone. It lasts until it is revoked:
// a phone may be out of reach for weeks. An earlier token of that user and
// device ends, so that asking again renews it. A phone renews its own token
// alone, so that one in the wrong hands makes no others.
func (c Config) AddPhone(tx Tx, actor Actor, device string, now time.Time) (SignedIn, error) {
	if err := checkDevice(device); err != nil {
		return SignedIn{}, err
	}
	if actor.Device != "" && actor.Device != device {
		return SignedIn{}, journal.Refuse("device.other", "device", device)
	}
	if err := stands(actor, ViewBoard); err != nil {
		return SignedIn{}, err
	}
	u, err := tx.User(actor.ID)
	if errors.Is(err, ErrNotFound) { // the terminal is nobody's phone
		return SignedIn{}, journal.Refuse("user.unknown", "user", actor.ID)
	}
	if err != nil {
		return SignedIn{}, err
	}
	if u.Disabled {
		return SignedIn{}, journal.Refuse("user.disabled", "user", u.ID)
	}
	return c.enrol(tx, u, device, "", "token", now, now)
}

func (c Config) enrol(tx Tx, u User, device, name, by string, since, now time.Time) (SignedIn, error) {
	d, err := tx.Device(u.ID, device)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return SignedIn{}, err
	}
	if errors.Is(err, ErrNotFound) {
		d = Device{User: u.ID, ID: device, Made: instant(now)}
	}
	if name != "" {
		d.Name = name
	}
	d.State, d.Since, d.By, d.Unsent = InUse, instant(since), u.ID, 0
	if err := tx.PutDevice(d); err != nil {
		return SignedIn{}, err
	}
	return c.begin(tx, u, device, by, now)
}

// AskHelp keeps what the actor's phone tells of itself, in the place of what it
// told before: JSON that names nobody, for those who manage the user.
func AskHelp(tx Tx, actor Actor, state []byte, now time.Time) error {
	d, err := tx.Device(actor.ID, actor.Device)
	if err != nil {
		return err
	}
	d.Help, d.HelpAt = state, instant(now)
	d.Told, d.ToldAt = d.Help, d.HelpAt
	return tx.PutDevice(d)
}

// Tell keeps what the actor's phone tells of itself without anybody asking for
// help, in the same form and for the same eyes as [AskHelp].
func Tell(tx Tx, actor Actor, state []byte, now time.Time) error {
	d, err := tx.Device(actor.ID, actor.Device)
	if err != nil {
		return err
	}
	d.Told, d.ToldAt = state, instant(now)
	return tx.PutDevice(d)
}

// Devices lists the phones of the users whom the actor may manage, by user,
// then by id.
func Devices(tx Tx, actor Actor, plan *campaign.Plan) ([]Device, error) {
	users, err := Users(tx, actor, plan)
	if err != nil {
		return nil, err
	}
	managed := map[string]bool{}
	for _, u := range users {
		managed[u.ID] = true
	}
	all, err := tx.Devices("")
	var out []Device
	for _, d := range all {
		if managed[d.User] {
			out = append(out, d)
		}
	}
	return out, err
}

// MarkDevice says how a phone stands: the actor's own, or that of a user whom
// the actor may manage. A phone that is lost or wiped comes back only by being
// enrolled anew. Refusals: right.missing, not_found, device.state, and
// user.disabled where a phone would be in use again.
func MarkDevice(tx Tx, actor Actor, plan *campaign.Plan, user, device string, state DeviceState, now time.Time) error {
	if actor.Device != "" { // whoever finds a phone must not turn the others off
		return missing(actor, ManageUsers, actor.Office, plan)
	}
	if err := selfOrManaged(tx, actor, plan, user); err != nil {
		return err
	}
	d, err := tx.Device(user, device)
	if errors.Is(err, ErrNotFound) {
		return journal.Refuse("not_found", "what", device)
	}
	if err != nil {
		return err
	}
	u, err := tx.User(user)
	if err != nil {
		return err
	}
	back := state == InUse
	switch {
	case back && user == actor.ID && d.By != actor.ID: // whoever took it back gives it back
		return missing(actor, ManageUsers, u.Office, plan)
	case state != InUse && state != Leaving && state != Lost, d.State == Wiped, d.State == Lost && state != Lost:
		return journal.Refuse("device.state", "from", string(d.State), "to", string(state))
	case back && u.Disabled:
		return journal.Refuse("user.disabled", "user", u.ID)
	}
	return mark(tx, actor, u, d, state, now)
}

func mark(tx Tx, actor Actor, u User, d Device, state DeviceState, now time.Time) error {
	if d.State == state {
		return nil
	}
	d.State, d.Since, d.By = state, instant(now), actor.ID
	if err := tx.PutDevice(d); err != nil {
		return err
	}
	return note(tx, actor, now, audit.Event{Act: "device.revoked", Office: u.Office, Subject: "user:" + u.ID, Details: map[string]string{"device": d.ID, "state": string(state)}})
}

// WipeDone ends the actor's phone, which says that it holds nothing any more,
// and how many records it could not send.
func WipeDone(tx Tx, actor Actor, unsent int, now time.Time) error {
	d, err := tx.Device(actor.ID, actor.Device)
	if err != nil {
		return err
	}
	d.State, d.Since, d.By, d.Unsent = Wiped, instant(now), actor.ID, unsent
	if err := tx.PutDevice(d); err != nil {
		return err
	}
	if err := endOn(tx, actor.ID, actor.Device, now); err != nil {
		return err
	}
	return note(tx, actor, now, audit.Event{Act: "device.wiped", Office: actor.Office, Subject: "user:" + actor.ID, Details: map[string]string{"device": d.ID}})
}
