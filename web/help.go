package web

import (
	"context"
	"encoding/json"
	"time"

	"caunoi/access"
	"caunoi/readiness"
	"caunoi/store"
)

func (s *Server) helpRoutes() {
	const tag = "devices"
	op := operation("POST", "/api/v1/help", "Tell how the calling phone stands, to be helped with it", tag)
	op.Description = "Shown to those who manage the phone's user, in the place of what it told before. It names nobody that records are about: there is room for counts, codes and instants alone."
	register(s, access.Contact, namesNobody, op, s.help)
	tell := operation("POST", "/api/v1/device/state", "Tell how the calling phone stands, without asking for help", tag)
	tell.Description = "By itself, for those who manage the phone's user to see whether it is ready for the day. It names nobody that records are about."
	register(s, access.Contact, namesNobody, tell, s.tell)
}

type helpInput struct {
	Body readiness.PhoneState
}

func (s *Server) help(ctx context.Context, c Caller, in *helpInput) (*nothing, error) {
	return s.keepState(ctx, c, in, access.AskHelp)
}

func (s *Server) tell(ctx context.Context, c Caller, in *helpInput) (*nothing, error) {
	return s.keepState(ctx, c, in, access.Tell)
}

func (s *Server) keepState(ctx context.Context, c Caller, in *helpInput, keep func(access.Tx, access.Actor, []byte, time.Time) error) (*nothing, error) {
	if err := phoneOf(c); err != nil {
		return nil, err
	}
	state, err := json.Marshal(in.Body)
	if err != nil {
		return nil, err
	}
	return nil, s.Store.Update(ctx, func(tx store.Tx) error { return keep(tx, c.Actor, state, s.Now()) })
}

// helpAsked is what a phone told.
type helpAsked struct {
	At    time.Time            `json:"at"`
	State readiness.PhoneState `json:"state"`
}

func viewHelp(d access.Device) (*helpAsked, error) {
	if d.Help == nil {
		return nil, nil
	}
	v := &helpAsked{At: d.HelpAt}
	return v, json.Unmarshal(d.Help, &v.State)
}
