package access

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"caunoi/audit"
	"caunoi/journal"
)

// Passkey is a credential with which a user signs in (W3C Web Authentication,
// Level 3). Nothing secret is kept here: the key to sign with stays in the
// user's phone or token.
type Passkey struct {
	ID         []byte // of the credential
	User       string
	Name       string // by which the user knows it
	Credential []byte // public key and counter, as JSON
	Made       time.Time
	Used       time.Time // zero: not yet
}

// mostPasskeys is how many a user may have.
const mostPasskeys = 10

// Passkeys makes and checks them for one site: a passkey holds where it was
// made, and nowhere else.
type Passkeys struct{ site *webauthn.WebAuthn }

// NewPasskeys is for the site at a public address, such as
// https://caunoi.example. Refused with passkey.off is what cannot have
// passkeys: an address without a name, or without TLS on any machine but the
// user's own.
func NewPasskeys(address string) (*Passkeys, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || strings.Trim(u.Hostname(), "0123456789.:") == "" ||
		u.Scheme != "https" && u.Hostname() != "localhost" {
		return nil, journal.Refuse("passkey.off")
	}
	site, err := webauthn.New(&webauthn.Config{
		RPID: u.Hostname(), RPDisplayName: "Caunoi", RPOrigins: []string{u.Scheme + "://" + u.Host},
	})
	if err != nil {
		return nil, err
	}
	return &Passkeys{site}, nil
}

// owner is a user as the protocol sees one. The handle tells nothing of the
// user: it lies in phones.
type owner struct {
	User
	credentials []webauthn.Credential
}

func (o owner) WebAuthnID() []byte {
	sum := sha256.Sum256([]byte("caunoi user " + o.ID))
	return sum[:]
}
func (o owner) WebAuthnName() string                       { return o.ID }
func (o owner) WebAuthnDisplayName() string                { return o.Name }
func (o owner) WebAuthnCredentials() []webauthn.Credential { return o.credentials }

func ownerOf(tx Tx, u User) (owner, error) {
	o := owner{User: u}
	list, err := tx.PasskeysOf(u.ID)
	for _, p := range list {
		var c webauthn.Credential
		if err := json.Unmarshal(p.Credential, &c); err != nil {
			return o, err
		}
		o.credentials = append(o.credentials, c)
	}
	return o, err
}

// Offer is what a browser is asked to do, and what is kept to check the answer.
// It is good for one answer, within five minutes.
type Offer struct {
	Options any // for the browser
	User    string
	session webauthn.SessionData
}

// OfferTime is how long an offer may be answered.
const OfferTime = 5 * time.Minute

// OfferNew begins a new passkey of the actor's own. Refusals: passkey.phone,
// passkey.many.
func (p *Passkeys) OfferNew(tx Tx, actor Actor) (Offer, error) {
	if actor.Device != "" {
		return Offer{}, journal.Refuse("passkey.phone")
	}
	o, err := ownerOf(tx, actor.User)
	if err != nil {
		return Offer{}, err
	}
	if len(o.credentials) >= mostPasskeys {
		return Offer{}, journal.Refuse("passkey.many", "n", mostPasskeys)
	}
	var had []protocol.CredentialDescriptor
	for _, c := range o.credentials {
		had = append(had, c.Descriptor())
	}
	options, session, err := p.site.BeginRegistration(o,
		webauthn.WithExclusions(had),
		webauthn.WithAuthenticatorSelection(protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationRequired,
		}),
		webauthn.WithConveyancePreference(protocol.PreferNoAttestation))
	if err != nil {
		return Offer{}, err
	}
	return Offer{options, actor.ID, *session}, nil
}

// AddPasskey takes the browser's answer to an offer. Refusals: passkey.answer,
// passkey.name.
func (p *Passkeys) AddPasskey(tx Tx, actor Actor, offer Offer, name string, answer []byte, now time.Time) error {
	if name = strings.TrimSpace(name); name == "" || len(name) > 100 {
		return journal.Refuse("passkey.name")
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil || offer.User != actor.ID {
		return journal.Refuse("passkey.answer")
	}
	o, err := ownerOf(tx, actor.User)
	if err != nil {
		return err
	}
	c, err := p.site.CreateCredential(o, offer.session, parsed)
	if err != nil {
		return journal.Refuse("passkey.answer")
	}
	if _, err := tx.Passkey(c.ID); !errors.Is(err, ErrNotFound) {
		return errors.Join(err, journal.Refuse("passkey.answer")) // somebody's already
	}
	raw, err := json.Marshal(c)
	if err != nil {
		return err
	}
	if err := tx.PutPasskey(Passkey{ID: c.ID, User: actor.ID, Name: name, Credential: raw, Made: instant(now)}); err != nil {
		return err
	}
	return note(tx, actor, now, audit.Event{Act: "passkey.added", Office: actor.Office, Subject: "user:" + actor.ID})
}

// OfferSignIn asks for any passkey of this site.
func (p *Passkeys) OfferSignIn() (Offer, error) {
	options, session, err := p.site.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return Offer{}, err
	}
	return Offer{options, "", *session}, nil
}

// SignInPasskey signs in who answers an offer with a passkey. Refusals:
// passkey.answer; passkey.copied, where the counter went back, as that of a
// copy does; user.disabled.
func (c Config) SignInPasskey(tx Tx, p *Passkeys, offer Offer, answer []byte, now time.Time) (SignedIn, error) {
	u, err := p.check(tx, offer, answer, now)
	if err != nil {
		return SignedIn{}, err
	}
	return c.begin(tx, u, "", "passkey", now)
}

// check finds whose passkey answered an offer, and notes its use.
func (p *Passkeys) check(tx Tx, offer Offer, answer []byte, now time.Time) (User, error) {
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil || offer.User != "" {
		return User{}, journal.Refuse("passkey.answer")
	}
	var had Passkey
	var failed error
	find := func(id, handle []byte) (webauthn.User, error) {
		if had, failed = tx.Passkey(id); failed != nil {
			return nil, failed
		}
		var u User
		if u, failed = tx.User(had.User); failed != nil {
			return nil, failed
		}
		o, err := ownerOf(tx, u)
		if failed = err; failed == nil && !bytes.Equal(handle, o.WebAuthnID()) {
			return nil, ErrNotFound
		}
		return o, failed
	}
	who, credential, err := p.site.ValidatePasskeyLogin(find, offer.session, parsed)
	if failed != nil && !errors.Is(failed, ErrNotFound) {
		return User{}, failed
	}
	if err != nil {
		return User{}, journal.Refuse("passkey.answer")
	}
	u := who.(owner).User
	if u.Disabled {
		return User{}, journal.Refuse("user.disabled", "user", u.ID)
	}
	if credential.Authenticator.CloneWarning {
		return User{}, journal.Refuse("passkey.copied")
	}
	raw, err := json.Marshal(credential)
	if err != nil {
		return User{}, err
	}
	had.Credential, had.Used = raw, instant(now)
	return u, tx.PutPasskey(had)
}

// DropPasskey removes one of the actor's own. Refusal: not_found.
func DropPasskey(tx Tx, actor Actor, id []byte, now time.Time) error {
	list, err := tx.PasskeysOf(actor.ID)
	if err != nil {
		return err
	}
	if actor.Device != "" {
		return journal.Refuse("passkey.phone")
	}
	if !slices.ContainsFunc(list, func(p Passkey) bool { return bytes.Equal(p.ID, id) }) {
		return journal.Refuse("not_found", "what", "passkey")
	}
	if err := tx.DropPasskey(id); err != nil {
		return err
	}
	return note(tx, actor, now, audit.Event{Act: "passkey.removed", Office: actor.Office, Subject: "user:" + actor.ID})
}
