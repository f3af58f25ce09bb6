package web

import (
	"context"
	"encoding/base64"
	stdjson "encoding/json"
	"time"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/store"
)

func (s *Server) passkeyRoutes() {
	const tag = "access"
	register(s, public, namesNobody, operation("POST", "/api/v1/session/passkey/begin", "Ask for a passkey to sign in with", tag), s.offerSignIn)
	register(s, public, recordsItself, operation("POST", "/api/v1/session/passkey/finish", "Sign in with a passkey", tag), s.signInPasskey)
	register(s, access.ViewBoard, namesNobody, fresh(operation("POST", "/api/v1/account/passkeys/begin", "Begin a passkey of the caller's own", tag)), s.offerPasskey)
	register(s, access.ViewBoard, recordsItself, operation("POST", "/api/v1/account/passkeys/finish", "Add a passkey of the caller's own", tag), s.addPasskey)
	register(s, access.ViewBoard, recordsItself, fresh(operation("DELETE", "/api/v1/account/passkeys/{passkey}", "Remove a passkey of the caller's own", tag)), s.dropPasskey)
}

type offerOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		ID      string             `json:"id"`
		Options stdjson.RawMessage `json:"options" doc:"for navigator.credentials, as JSON of Web Authentication Level 3"`
	}
}

func (s *Server) offer(make func(p *access.Passkeys) (access.Offer, error)) (*offerOutput, error) {
	p, err := access.NewPasskeys(s.PublicURL)
	if err != nil {
		return nil, err
	}
	offer, err := make(p)
	if err != nil {
		return nil, err
	}
	out := &offerOutput{CacheControl: "no-store"}
	if out.Body.Options, err = stdjson.Marshal(offer.Options); err != nil {
		return nil, err
	}
	out.Body.ID = journal.NewID().String()
	if !s.offers.put(out.Body.ID, offer, s.Now(), access.OfferTime) {
		return nil, journal.Refuse("passkey.busy")
	}
	return out, nil
}

// offered returns an offer once, and not when it is too late, with what checks
// the answer.
func (s *Server) offered(id string) (*access.Passkeys, access.Offer, error) {
	offer, ok := s.offers.take(id, s.Now())
	if !ok {
		return nil, offer, journal.Refuse("passkey.late")
	}
	p, err := access.NewPasskeys(s.PublicURL)
	return p, offer, err
}

func (s *Server) offerSignIn(context.Context, Caller, *struct{}) (*offerOutput, error) {
	return s.offer((*access.Passkeys).OfferSignIn)
}

func (s *Server) offerPasskey(ctx context.Context, c Caller, _ *struct{}) (*offerOutput, error) {
	return s.offer(func(p *access.Passkeys) (offer access.Offer, err error) {
		err = s.view(ctx, func(tx store.Tx, _ *campaign.Plan) (err error) {
			offer, err = p.OfferNew(tx, c.Actor)
			return err
		})
		return offer, err
	})
}

// PasskeyAnswer is what a browser answers to an offer. (See [PersonRow].)
type PasskeyAnswer struct {
	ID         string             `json:"id" maxLength:"100"`
	Credential stdjson.RawMessage `json:"credential" doc:"what navigator.credentials answered, as JSON"`
}

type signInPasskeyInput struct{ Body PasskeyAnswer }

func (s *Server) signInPasskey(ctx context.Context, c Caller, in *signInPasskeyInput) (*userOutput, error) {
	p, offer, err := s.offered(in.Body.ID)
	if err != nil {
		return nil, err
	}
	var who access.SignedIn
	var plan *campaign.Plan
	err = s.act(ctx, func(tx store.Tx, had *campaign.Plan) (err error) {
		plan = had
		if who, err = s.Access.SignInPasskey(tx, p, offer, in.Body.Credential, s.Now()); err != nil {
			return err
		}
		return s.endEarlier(tx, c)
	})
	if err != nil {
		return nil, err
	}
	cookie := s.cookie(sessionCookie, who.Token, c.Secure)
	cookie.Expires = who.Until
	return &userOutput{SetCookie: cookie, CacheControl: "no-store", Body: viewUser(who.Actor, plan)}, nil
}

type addPasskeyInput struct {
	Body struct {
		PasskeyAnswer
		Name string `json:"name" minLength:"1" maxLength:"100"`
	}
}

func (s *Server) addPasskey(ctx context.Context, c Caller, in *addPasskeyInput) (*nothing, error) {
	p, offer, err := s.offered(in.Body.ID)
	if err != nil {
		return nil, err
	}
	return nil, s.Store.Update(ctx, func(tx store.Tx) error {
		return p.AddPasskey(tx, c.Actor, offer, in.Body.Name, in.Body.Credential, s.Now())
	})
}

type dropPasskeyInput struct {
	Passkey string `path:"passkey" maxLength:"2000"`
}

func (s *Server) dropPasskey(ctx context.Context, c Caller, in *dropPasskeyInput) (*nothing, error) {
	id, err := base64.RawURLEncoding.DecodeString(in.Passkey)
	if err != nil {
		return nil, notFound("passkey")
	}
	return nil, s.Store.Update(ctx, func(tx store.Tx) error { return access.DropPasskey(tx, c.Actor, id, s.Now()) })
}

type passkeyView struct {
	ID   string     `json:"id"`
	Name string     `json:"name"`
	Made time.Time  `json:"made"`
	Used *time.Time `json:"used,omitempty"`
}

func passkeyViews(list []access.Passkey) []passkeyView {
	out := []passkeyView{}
	for _, p := range list {
		v := passkeyView{base64.RawURLEncoding.EncodeToString(p.ID), p.Name, p.Made, nil}
		if !p.Used.IsZero() {
			v.Used = &p.Used
		}
		out = append(out, v)
	}
	return out
}
