package web

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"caunoi/access"
	"caunoi/audit"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/store"
)

// public marks a route that needs no right.
const public access.Right = ""

const (
	sessionCookie = "caunoi_session"
	browserCookie = "caunoi_browser"
)

// cookieName binds a cookie to this host and to TLS, where there is TLS.
func cookieName(name string, secure bool) string {
	if secure {
		return "__Host-" + name
	}
	return name
}

// addressOf is what counts as one client: an address, or the /64 of IPv6,
// within which a client picks addresses at will.
func addressOf(remote string) string {
	ap, err := netip.ParseAddrPort(remote)
	if err != nil {
		return ""
	}
	addr := ap.Addr().Unmap()
	if addr.Is4() {
		return addr.String()
	}
	prefix, _ := addr.WithZone("").Prefix(64)
	return prefix.String()
}

// Caller is who calls, and in which language errors are told.
type Caller struct {
	access.Actor
	Lang string
	// Address of the client as the server sees it; of IPv6 the /64.
	Address string
	// Browser is the token of a browser that signed in before.
	Browser string
	// Login is the token of a browser that left for the identity provider.
	Login string
	// Secure says that the request came over TLS.
	Secure bool
	// Read is what register records of a reading, for the handler to fill:
	// Office, Subject and Details. One that reads nothing in the end sets its
	// Act to namesNobody.
	Read  *audit.Event
	token string
	// What was read beside the session: one transaction serves the request.
	plan  *campaign.Plan
	epoch string
}

type callerKey struct{}

// identify finds out who calls. Who does not say is nobody, which is only an
// error where a right is asked for.
func (s *Server) identify(ctx huma.Context, next func(huma.Context)) {
	c := Caller{Lang: language(ctx.Header("Accept-Language")), Secure: ctx.TLS() != nil}
	c.Address = addressOf(ctx.RemoteAddr())
	if cookie, err := huma.ReadCookie(ctx, cookieName(browserCookie, c.Secure)); err == nil {
		c.Browser = cookie.Value
	}
	if cookie, err := huma.ReadCookie(ctx, cookieName(loginCookie, c.Secure)); err == nil {
		c.Login = cookie.Value
	}
	token := ""
	if cookie, err := huma.ReadCookie(ctx, cookieName(sessionCookie, c.Secure)); err == nil {
		token = cookie.Value
	}
	if bearer, ok := strings.CutPrefix(ctx.Header("Authorization"), "Bearer "); ok {
		token = bearer
	}
	c.token = token
	if token != "" {
		if err := s.authenticate(ctx.Context(), &c); err != nil {
			next(huma.WithValue(ctx, callerKey{}, callErr{c, err}))
			return
		}
	}
	next(huma.WithValue(ctx, callerKey{}, callErr{c, nil}))
}

// callErr is a caller, or why there is none.
type callErr struct {
	Caller
	err error
}

// authenticate finds the actor of the caller's token, and what rights depend
// on.
func (s *Server) authenticate(ctx context.Context, c *Caller) error {
	err := s.Store.View(ctx, func(tx store.Tx) (err error) {
		if c.Actor, err = s.Access.Authenticate(tx, c.token, s.Now()); err != nil {
			return err
		}
		if c.plan, err = s.Intake.PlanIn(tx); err != nil {
			return err
		}
		c.Actor = c.Actor.Today(c.plan, journal.DayOf(s.Now()))
		c.epoch, err = tx.Epoch()
		return err
	})
	if err == nil && s.Access.Due(c.Actor, s.Now()) {
		err = s.Store.Update(ctx, func(tx store.Tx) error { return access.Touch(tx, c.Actor, s.Now()) })
	}
	return err
}

// language picks one of ours from an Accept-Language header (RFC 9110,
// section 12.5.4), Vietnamese before others.
func language(header string) string {
	for part := range strings.SplitSeq(header, ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(part), ";")
		tag, _, _ = strings.Cut(strings.ToLower(tag), "-")
		switch tag {
		case "vi", "en", "bn":
			return tag
		}
	}
	return "vi"
}

// What a route leaves in the audit, where that is not an act of reading.
const (
	// namesNobody: figures, places and plans, which tell of no person.
	namesNobody audit.Act = ""
	// recordsItself: the handler appends what it did in the transaction that
	// does it.
	recordsItself audit.Act = "*"
)

// about is an input that names what is read, as the audit writes it. What a
// handler learns only while it reads, it puts into Caller.Read.
type about interface{ subject() string }

// register adds a route: it checks the right, calls the handler, records what
// was read or refused, and maps errors. Rights that depend on what is asked
// for are checked by the handler with access.May; here the right is asked for
// the caller's own office.
func register[I, O any](s *Server, right access.Right, act audit.Act, op huma.Operation, handle func(context.Context, Caller, *I) (*O, error)) {
	if right != public {
		op.Security = []map[string][]string{{"session": {}}, {"device": {}}}
		op.Errors = append(op.Errors, http.StatusForbidden)
	}
	op.Errors = append(op.Errors, http.StatusBadRequest, http.StatusUnauthorized, http.StatusNotFound,
		http.StatusUnprocessableEntity, http.StatusInternalServerError)
	op.OperationID = operationID(op)
	if right != public {
		op.Middlewares = append(op.Middlewares, s.knownOnly(op))
	}
	reads := act != namesNobody && act != recordsItself
	if reads && !act.Known() {
		panic(op.OperationID + ": " + string(act) + " is not among audit.Acts")
	}
	_, stepUp := op.Metadata[freshly]
	s.rules = append(s.rules, Rule{Method: op.Method, Path: op.Path, Right: right, Act: act, Fresh: stepUp})
	huma.Register(s.api, op, func(ctx context.Context, in *I) (*O, error) {
		call, _ := ctx.Value(callerKey{}).(callErr)
		if right != public {
			err := call.admit(right)
			if err == nil {
				err = s.paces.admit(s.Pace, right, call.ID, s.Now())
			}
			if err == nil && stepUp {
				err = s.Access.Fresh(call.Actor, s.Now())
			}
			if err != nil {
				return nil, s.problem(op, s.denied(ctx, call.Caller, op, err), call.Lang)
			}
		}
		e := audit.Event{Act: act}
		if in, ok := any(in).(about); ok {
			e.Subject = in.subject()
		}
		call.Read = &e
		out, err := handle(ctx, call.Caller, in)
		if err == nil && reads && e.Act != namesNobody {
			err = s.record(ctx, call.Caller, e)
		}
		if err != nil {
			return nil, s.problem(op, s.denied(ctx, call.Caller, op, err), call.Lang)
		}
		return out, nil
	})
}

// knownOnly refuses who is nobody before the body is read: what strangers send
// must not cost memory.
func (s *Server) knownOnly(op huma.Operation) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		call, _ := ctx.Context().Value(callerKey{}).(callErr)
		err := call.known()
		if err == nil {
			next(ctx)
			return
		}
		var p *Problem
		if errors.As(s.problem(op, err, call.Lang), &p) {
			_, w := humago.Unwrap(ctx)
			writeProblem(w, p)
		}
	}
}

// record appends an event of the caller, who learns nothing unless it is kept.
func (s *Server) record(ctx context.Context, c Caller, e audit.Event) error {
	e.Actor, e.Device = c.ID, c.Device
	if e.Office == "" {
		e.Office = c.Office
	}
	return s.Store.Update(ctx, func(tx store.Tx) error { return audit.Append(tx, s.Now(), e) })
}

// denied records that somebody known was refused, and what for; also that an
// object was not there, which is all that is told of one that others may see.
func (s *Server) denied(ctx context.Context, c Caller, op huma.Operation, err error) error {
	p := problemOf(err, c.Lang)
	hidden := p.Status == http.StatusNotFound && strings.Contains(op.Path, "{")
	if c.ID == "" || p.Code == "session.stepup" || p.Status != http.StatusForbidden && p.Code != "request.pace" && !hidden {
		return err
	}
	details := map[string]string{"route": op.Method + " " + op.Path, "code": p.Code}
	if right, ok := p.Params["right"].(string); ok {
		details["right"] = right
	}
	return errors.Join(s.record(ctx, c, audit.Event{Act: "access.denied", Outcome: audit.Refused, Details: details}), err)
}

// Rule is what holds for a route.
type Rule struct {
	Method, Path string
	Right        access.Right // empty: for everybody
	Act          audit.Act    // recorded when it is read; see namesNobody and recordsItself
	Fresh        bool         // takes a proof of who calls that is not old; see [access.Config.Fresh]
}

// Rules are those of all routes of the API.
func (s *Server) Rules() []Rule { return s.rules }

func (call callErr) known() error {
	if call.err == nil && call.ID == "" {
		return journal.Refuse("session.none")
	}
	return call.err
}

func (call callErr) admit(right access.Right) error {
	if err := call.known(); err != nil {
		return err
	}
	return access.May(call.Actor, right, call.Office, call.plan)
}

func operation(method, path, summary, tag string) huma.Operation {
	return huma.Operation{Method: method, Path: path, Summary: summary, Tags: []string{tag}}
}

// freshly marks an operation that takes a fresh proof of who calls.
const freshly = "freshly"

func fresh(op huma.Operation) huma.Operation {
	op.Metadata = map[string]any{freshly: true}
	op.Description = strings.TrimSpace(op.Description + " It is refused as session.stepup when the caller has not proven who they are for a while; see POST /api/v1/session/stepup.")
	return op
}

func operationID(op huma.Operation) string {
	words := strings.FieldsFunc(strings.TrimPrefix(op.Path, "/api/v1/"), func(r rune) bool { return strings.ContainsRune("/{}-", r) })
	return strings.ToLower(op.Method) + "-" + strings.Join(words, "-")
}

// view runs f on the plan and one state of the store.
func (s *Server) view(ctx context.Context, f func(tx store.Tx, plan *campaign.Plan) error) error {
	return s.Store.View(ctx, func(tx store.Tx) error {
		plan, err := s.Intake.PlanIn(tx)
		if err != nil {
			return err
		}
		return f(tx, plan)
	})
}

// campaignOf finds a campaign that the caller may see; any other is not there.
func campaignOf(caller Caller, plan *campaign.Plan, id string) (*campaign.Campaign, error) {
	c := plan.Campaigns[id]
	if c == nil || access.May(caller.Actor, access.ViewBoard, c.Province, plan) != nil {
		return nil, notFound(id)
	}
	return c, nil
}
