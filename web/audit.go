package web

import (
	"bufio"
	"context"
	"encoding/hex"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"

	"caunoi/access"
	"caunoi/audit"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/people/identity"
	"caunoi/store"
)

func (s *Server) auditRoutes() {
	tags := []string{"audit"}
	register(s, access.ViewAudit, "audit.read", huma.Operation{Method: "GET", Path: "/api/v1/audit", Summary: "Who did and saw what", Tags: tags}, s.auditList)
	register(s, access.ViewAudit, "audit.exported", fresh(huma.Operation{Method: "GET", Path: "/api/v1/audit/export", Summary: "The audit as JSON Lines", Tags: tags}), s.auditExport)
	register(s, access.ViewBoard, namesNobody, huma.Operation{Method: "GET", Path: "/api/v1/approvals", Summary: "What waits for a second person", Tags: tags}, s.approvals)
	register(s, access.Approve, recordsItself, fresh(huma.Operation{Method: "POST", Path: "/api/v1/approvals/{approval}", Summary: "Approve or refuse", Tags: tags}), s.decide)
	register(s, access.ViewBoard, namesNobody, huma.Operation{Method: "GET", Path: "/api/v1/settings/approvals", Summary: "Which acts wait for a second person", Tags: tags}, s.approvalSettings)
	register(s, access.SetPolicy, recordsItself, fresh(huma.Operation{Method: "PUT", Path: "/api/v1/settings/approvals", Summary: "Say which acts wait for a second person", Tags: tags}), s.setApprovals)
	register(s, access.SetPolicy, namesNobody, huma.Operation{Method: "GET", Path: "/api/v1/settings/account", Summary: "The account to which the people whom an office enrols pay", Tags: []string{"settings"}}, s.collecting)
	register(s, access.SetPolicy, recordsItself, fresh(huma.Operation{Method: "PUT", Path: "/api/v1/settings/account", Summary: "Set that account, or take it away", Tags: []string{"settings"}}), s.setCollecting)
}

// AuditFilter picks events. (A name that is not exported would hide its fields.)
type AuditFilter struct {
	From    string `query:"from" doc:"first day, as 2025-11-01"`
	To      string `query:"to" doc:"last day"`
	Act     string `query:"act"`
	Actor   string `query:"actor" maxLength:"200" doc:"a user's id, or words of a name, with or without tone marks"`
	Subject string `query:"subject"`
}

// query is what the input asks for, within what the caller may see.
func (in *AuditFilter) query(tx store.Tx, c Caller, plan *campaign.Plan) (q audit.Query, err error) {
	q = audit.Query{Act: in.Act, Subject: in.Subject, Offices: mayViewIn(c.Actor, access.ViewAudit, plan)}
	if q.Actors, err = usersLike(tx, c, plan, in.Actor); err != nil {
		return q, err
	}
	if q.From, err = dayFrom("from", in.From, 0); err != nil {
		return q, err
	}
	q.To, err = dayFrom("to", in.To, 1)
	return q, err
}

// usersLike are the users who are meant by words of a name that the caller may
// see, or by an id, also of one who is gone; nil for no words.
func usersLike(tx store.Tx, c Caller, plan *campaign.Plan, typed string) ([]string, error) {
	if typed == "" {
		return nil, nil
	}
	found := []string{typed}
	name, err := namesOf(tx, c.Actor, plan)
	if err != nil {
		return nil, err
	}
	users, err := tx.Users()
	for _, u := range users {
		if u.ID != typed && holds(typed, name(u.ID)) {
			found = append(found, u.ID)
		}
	}
	return found, err
}

// holds says that texts have all of the words that somebody typed, with or
// without tone marks; the words may be begun.
func holds(typed string, texts ...string) bool {
	text := strings.Join(identity.Words(strings.Join(texts, " ")), " ")
	for _, word := range identity.Words(typed) {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

// dayFrom is the beginning of a day, or of one some days later; zero for none.
func dayFrom(field, text string, later int) (time.Time, error) {
	day, err := dayIn(field, text)
	if err != nil || day == "" {
		return time.Time{}, err
	}
	return day.Start().AddDate(0, 0, later), nil
}

// mayViewIn lists the offices in which the actor holds a right; nil if that is
// everywhere.
func mayViewIn(actor access.Actor, right access.Right, plan *campaign.Plan) []string {
	if access.May(actor, right, "", plan) == nil {
		return nil
	}
	offices := []string{}
	for id := range plan.Offices {
		if access.May(actor, right, id, plan) == nil {
			offices = append(offices, id)
		}
	}
	return offices
}

type auditEvent struct {
	Seq        int64             `json:"seq"`
	At         time.Time         `json:"at"`
	Act        string            `json:"act"`
	Actor      string            `json:"actor"`
	ActorName  string            `json:"actor_name"`
	Device     string            `json:"device"`
	Office     string            `json:"office"`
	OfficeName string            `json:"office_name"`
	Subject    string            `json:"subject"`
	Outcome    string            `json:"outcome" enum:"done,refused"`
	Details    map[string]string `json:"details"`
	Names      map[string]string `json:"names" doc:"what offices, communes and users in subject and details are called, by their id, as far as the caller may know"`
}

type auditHead struct {
	Seq  int64  `json:"seq"`
	Hash string `json:"hash" doc:"hexadecimal digits"`
}

type auditOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Events []auditEvent `json:"events" nullable:"false"`
		Next   string       `json:"next" doc:"cursor of the next page; empty at the end"`
		Head   auditHead    `json:"head" doc:"the end of the chain; keep it, and the chain must hold it for ever"`
	}
}

type auditListInput struct {
	AuditFilter
	Order  string `query:"order" enum:"time,act,actor,subject" default:"time"`
	Up     bool   `query:"up" doc:"the first first"`
	Cursor string `query:"cursor" doc:"next of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}

func (s *Server) auditList(ctx context.Context, c Caller, in *auditListInput) (*auditOutput, error) {
	out := &auditOutput{CacheControl: "no-store"}
	out.Body.Events = []auditEvent{}
	err := s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		q, err := in.query(tx, c, plan)
		if err != nil {
			return err
		}
		if q.Up = in.Up; in.Order != "time" {
			q.Order = audit.Order(in.Order)
		}
		if in.Cursor != "" {
			if q.After, err = strconv.ParseInt(in.Cursor, 10, 64); err != nil || q.After < 1 {
				return journal.Refuse("cursor.bad", "cursor", in.Cursor)
			}
		}
		q.Limit = in.Limit + 1
		rows, err := tx.Audit(q)
		if err != nil {
			return err
		}
		if len(rows) > in.Limit {
			rows = rows[:in.Limit]
			out.Body.Next = strconv.FormatInt(rows[in.Limit-1].Seq, 10)
		}
		name, err := namesOf(tx, c.Actor, plan)
		if err != nil {
			return err
		}
		for _, r := range rows {
			out.Body.Events = append(out.Body.Events, auditEvent{
				Seq: r.Seq, At: r.At, Act: string(r.Act), Actor: r.Actor, ActorName: name(r.Actor), Device: r.Device,
				Office: r.Office, OfficeName: officeName(plan, r.Office), Subject: r.Subject, Outcome: string(r.Outcome), Details: r.Details,
				Names: namesIn(&r, plan, name),
			})
		}
		head, err := audit.Head(tx)
		out.Body.Head = auditHead{head.Seq, hex.EncodeToString(head.Hash)}
		return err
	})
	return out, err
}

// namesIn tells what the ids in an event are called.
func namesIn(r *audit.Row, plan *campaign.Plan, user func(id string) string) map[string]string {
	names := map[string]string{}
	put := func(what, id string) {
		name := ""
		switch what {
		case "user", "by", "asked_by":
			name = user(id)
		case "office", "office_before":
			name = officeName(plan, id)
		case "commune":
			name = communeName(plan, id, journal.DayOf(r.At))
		}
		if name != "" && name != id {
			names[id] = name
		}
	}
	what, id, _ := strings.Cut(r.Subject, ":")
	put(what, id)
	for what, id := range r.Details {
		put(what, id)
	}
	return names
}

// namesOf tells the names of users, to who sees their office; administrators
// are known to all.
func namesOf(tx store.Tx, actor access.Actor, plan *campaign.Plan) (func(id string) string, error) {
	users, err := tx.Users()
	names := make(map[string]string, len(users))
	for _, u := range users {
		if u.ID == actor.ID || u.Role == access.Administrator || access.May(actor, access.ViewEntries, u.Office, plan) == nil {
			names[u.ID] = u.Name
		}
	}
	return func(id string) string { return names[id] }, err
}

// patience is how long a reader may take for what is written at a time: a
// transaction is open meanwhile.
const patience = 30 * time.Second

// inTime gives up on a reader who takes too long.
type inTime struct{ w io.Writer }

func (t inTime) Write(b []byte) (int, error) {
	if w, ok := t.w.(http.ResponseWriter); ok {
		// Without a connection behind it, as in a test, there is nothing to wait for.
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(patience))
	}
	return t.w.Write(b)
}

// auditExport writes the events of the caller's offices, the first first.
func (s *Server) auditExport(ctx context.Context, c Caller, in *AuditFilter) (*huma.StreamResponse, error) {
	var q audit.Query
	err := s.view(ctx, func(tx store.Tx, plan *campaign.Plan) (err error) {
		q, err = in.query(tx, c, plan)
		return err
	})
	if err != nil {
		return nil, err
	}
	c.Read.Details = map[string]string{"from": in.From, "to": in.To}
	return &huma.StreamResponse{Body: func(hctx huma.Context) {
		hctx.SetHeader("Content-Type", "application/jsonl")
		hctx.SetHeader("Cache-Control", "no-store")
		hctx.SetHeader("Content-Disposition", `attachment; filename="audit.jsonl"`)
		w := bufio.NewWriter(inTime{hctx.BodyWriter()})
		err := s.Store.View(hctx.Context(), func(tx store.Tx) error {
			return audit.Each(tx, 0, func(r *audit.Row) error {
				if !q.Holds(r) {
					return nil
				}
				if err := json.MarshalWrite(w, struct {
					*audit.Row
					Hash audit.Hash `json:"hash"`
				}{r, r.Hash}); err != nil {
					return err
				}
				return w.WriteByte('\n')
			})
		})
		if err != nil {
			s.Log.Error("request failed", "op", "get-audit-export", "err", err)
			panic(http.ErrAbortHandler) // a file that is cut short must not look whole
		}
		_ = w.Flush()
	}}, nil
}
