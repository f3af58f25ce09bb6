package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/fieldsync"
	"caunoi/journal"
	"caunoi/store"
)

func (s *Server) syncRoutes() {
	const tag = "sync"
	push := operation("POST", "/api/v1/sync/push", "Push a batch of entries", tag)
	push.Description = "1 to 500 entries, at most 4 MiB, which gzip may pack. Each entry gets its own answer; accepted ones are on disk when the answer comes."
	push.MaxBodyBytes, push.SkipValidateBody = fieldsync.MaxBody, true // each entry is checked on its own
	push.RequestBody = s.pushBody()
	push.Errors = []int{http.StatusRequestEntityTooLarge, http.StatusServiceUnavailable, http.StatusInsufficientStorage}
	register(s, access.Push, recordsItself, push, inTurn(s, fieldsync.Pushes, s.push))

	trial := operation("POST", "/api/v1/sync/rehearse", "Rehearse a push: the same answers, and nothing is kept", tag)
	trial.Description = "For phones, before the day: entries are read, checked and counted as in a push, and all of it is undone."
	trial.MaxBodyBytes, trial.SkipValidateBody = push.MaxBodyBytes, true
	trial.RequestBody = push.RequestBody
	trial.Errors = push.Errors
	register(s, access.Push, namesNobody, trial, inTurn(s, fieldsync.Pushes, s.rehearse))

	pull := operation("GET", "/api/v1/sync/pull", "What a phone needs of the plan to work without network", tag)
	pull.Description = "For phones. With If-None-Match it is answered only when it has changed."
	pull.Errors = []int{http.StatusServiceUnavailable}
	pull.Responses = map[string]*huma.Response{
		"200": {Description: "The plan, packed by gzip where that is accepted", Content: map[string]*huma.MediaType{
			"application/json": {Schema: s.api.OpenAPI().Components.Schemas.Schema(reflectType(&fieldsync.Pulled{}), true, "Pulled")},
		}},
		"304": {Description: "Nothing has changed"},
	}
	register(s, access.ViewBoard, "entries.read", pull, inTurn(s, fieldsync.Pulls, s.pull))

	taken := operation("GET", "/api/v1/sync/people/{commune}", "The people of a commune as one file", tag)
	taken.Description = "JSON Lines in gzip: what follows, then a line a person, village by village. A part can be asked for (Range, with If-Range), to go on where the last attempt was cut."
	taken.Errors = []int{http.StatusServiceUnavailable}
	taken.Responses = map[string]*huma.Response{
		"200": {Description: "The file", Content: map[string]*huma.MediaType{"application/gzip": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}},
		"206": {Description: "A part of the file", Content: map[string]*huma.MediaType{"application/gzip": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}},
		"304": {Description: "It is the file that the phone has"},
	}
	register(s, access.ViewPeople, "people.taken", taken, inTurn(s, fieldsync.Pulls, s.takePeople))

	register(s, access.Push, namesNobody, operation("GET", "/api/v1/sync/receipt", "What the server has of the calling phone, for it to compare", tag), s.receipt)

	fates := operation("POST", "/api/v1/sync/fates", "What became of entries that the calling phone brought", tag)
	fates.Description = "Of the caller's own alone, read off what is counted. A duplicate says that it is one, and nothing of the other record."
	register(s, access.Push, namesNobody, fates, s.fates)

	rescue := operation("POST", "/api/v1/sync/rescue", "Bring the sealed outbox of a phone that cannot push", tag)
	rescue.Description = "By its worker, or by who may bring what is recorded in the worker's office. At most 500 records and 8 MiB; each gets its own answer, as in a push."
	rescue.MaxBodyBytes = fieldsync.MaxRescue
	rescue.Errors = []int{http.StatusRequestEntityTooLarge, http.StatusServiceUnavailable, http.StatusInsufficientStorage}
	register(s, access.Push, recordsItself, rescue, inTurn(s, fieldsync.Pushes, s.rescue))
	s.uploadRoutes(tag)
}

// inTurn has a handler wait for its turn. What a handler leaves to be streamed
// is no more in it: a slow link must not keep others out.
func inTurn[I, O any](s *Server, class fieldsync.Class, handle func(context.Context, Caller, *I) (*O, error)) func(context.Context, Caller, *I) (*O, error) {
	return func(ctx context.Context, c Caller, in *I) (*O, error) {
		leave, err := s.door.Enter(ctx, class)
		if err != nil {
			return nil, err
		}
		defer leave()
		return handle(ctx, c, in)
	}
}

type pullInput struct {
	Had    string `header:"If-None-Match"`
	Accept string `header:"Accept-Encoding"`
}

func (s *Server) pull(ctx context.Context, c Caller, in *pullInput) (*huma.StreamResponse, error) {
	if err := phoneOf(c); err != nil {
		return nil, err
	}
	read := c.Read.Act
	c.Read.Act = namesNobody // but for records that are asked about
	var pulled fieldsync.Pulled
	err := s.view(ctx, func(tx store.Tx, plan *campaign.Plan) (err error) {
		pulled, err = s.Intake.Pull(tx, plan, c.Actor)
		return err
	})
	if err != nil {
		return nil, err
	}
	tag, err := pulled.Tag()
	if err != nil {
		return nil, err
	}
	text, err := pulled.JSON()
	if err != nil {
		return nil, err
	}
	packed := accepts(in.Accept, "gzip")
	if packed {
		if text, err = packedBy(gzip.BestCompression, text); err != nil {
			return nil, err
		}
	}
	tag = `W/"` + tag + `"` // weak: the clock in it moves, and it is packed or not
	if len(pulled.Asked) > 0 && !names(in.Had, tag) {
		c.Read.Act, c.Read.Details = read, map[string]string{"entries": strconv.Itoa(len(pulled.Asked))}
	}
	return &huma.StreamResponse{Body: func(hctx huma.Context) {
		hctx.SetHeader("ETag", tag)
		hctx.SetHeader("Vary", "Accept-Encoding")
		if names(in.Had, tag) {
			hctx.SetStatus(http.StatusNotModified)
			return
		}
		if packed {
			hctx.SetHeader("Content-Encoding", "gzip")
		}
		hctx.SetHeader("Content-Type", "application/json")
		hctx.SetHeader("Content-Length", strconv.Itoa(len(text)))
		_, _ = hctx.BodyWriter().Write(text)
	}}, nil
}

func packedBy(level int, text []byte) ([]byte, error) {
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, level)
	if err != nil {
		return nil, err
	}
	if _, err := z.Write(text); err != nil {
		return nil, err
	}
	err = z.Close()
	return out.Bytes(), err
}

// accepts reads an Accept-Encoding (RFC 9110, section 12.5.3) for one coding
// by its name.
func accepts(header, coding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if !strings.EqualFold(strings.TrimSpace(name), coding) {
			continue
		}
		q, found := strings.CutPrefix(strings.ReplaceAll(weight, " ", ""), "q=")
		if !found {
			return true
		}
		f, err := strconv.ParseFloat(q, 64)
		return err == nil && f > 0
	}
	return false
}

// names says that an If-None-Match names a tag, by the weak comparison (RFC
// 9110, section 13.1.2).
func names(header, tag string) bool {
	bare := func(tag string) string { return strings.TrimPrefix(strings.TrimSpace(tag), "W/") }
	for part := range strings.SplitSeq(header, ",") {
		if bare(part) == bare(tag) || strings.TrimSpace(part) == "*" {
			return true
		}
	}
	return false
}

type takePeopleInput struct {
	Commune string `path:"commune" maxLength:"100" doc:"its code"`
	Had     string `header:"If-None-Match"`
	Range   string `header:"Range"`
	Begun   string `header:"If-Range"`
}

func (in *takePeopleInput) subject() string { return "commune:" + in.Commune }

func (s *Server) takePeople(ctx context.Context, c Caller, in *takePeopleInput) (*huma.StreamResponse, error) {
	err := s.view(ctx, func(_ store.Tx, plan *campaign.Plan) error {
		today := journal.DayOf(s.Now())
		if plan.HasCommune(in.Commune) {
			c.Read.Office = plan.OfficeOf(in.Commune, today)
		}
		return fieldsync.MaySnapshot(c.Actor, plan, in.Commune, today)
	})
	if err != nil {
		return nil, err
	}
	file, err := s.Intake.Snapshot(ctx, in.Commune)
	if err != nil {
		return nil, err
	}
	tag := `"` + file.Tag + `"`
	if names(in.Had, tag) {
		c.Read.Act = namesNobody // the phone has it, and is given nothing
		return &huma.StreamResponse{Body: func(hctx huma.Context) {
			hctx.SetHeader("ETag", tag)
			hctx.SetStatus(http.StatusNotModified)
		}}, nil
	}
	if in.Range != "" && in.Begun == tag {
		c.Read.Act = namesNobody // it goes on with what it was noted to take
	}
	c.Read.Details = map[string]string{"people": strconv.Itoa(file.People)}
	return &huma.StreamResponse{Body: func(hctx huma.Context) {
		r, w := humago.Unwrap(hctx)
		w.Header().Set("ETag", tag)
		w.Header().Set("Content-Type", "application/gzip")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(file.Data))
	}}, nil
}

type receiptOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Epoch   string     `json:"epoch" doc:"this life of the server's data; after a new one, push again what you hold"`
		Entries int        `json:"entries" doc:"of the caller, from this phone, in the journal"`
		Last    int64      `json:"last" doc:"the highest number of the phone's own count"`
		Missing [][2]int64 `json:"missing" nullable:"false" doc:"numbers below it that are not in the journal: first and last of each gap, at most 100"`
		Today   int        `json:"today" doc:"arrived today, by the clock of Vietnam"`
		Apart   int        `json:"apart" doc:"kept apart until somebody decides; their numbers are missing, too"`
		Now     time.Time  `json:"now" doc:"the server's clock"`
	}
}

func (s *Server) receipt(ctx context.Context, c Caller, _ *struct{}) (*receiptOutput, error) {
	if err := phoneOf(c); err != nil {
		return nil, err
	}
	out := &receiptOutput{CacheControl: "no-store"}
	return out, s.Store.View(ctx, func(tx store.Tx) error {
		r, err := s.Intake.ReceiptOf(tx, c.Actor)
		b := &out.Body
		b.Epoch, b.Entries, b.Last, b.Missing, b.Today, b.Apart, b.Now = c.epoch, r.Entries, r.Last, append([][2]int64{}, r.Missing...), r.Today, r.Apart, s.Now().UTC()
		return err
	})
}

type fatesInput struct {
	Body struct {
		Entries []journal.ID `json:"entries" minItems:"1" maxItems:"500" nullable:"false"`
	}
}

type fateView struct {
	ID     string         `json:"id"`
	Fate   fieldsync.Fate `json:"fate" enum:"counted,late,kept,review,replaced,waits,no_effect,apart,absent" doc:"late: beside what was closed; kept: it is no figure by itself; waits: for an entry that it names; no_effect: it may not be what it claims"`
	Reason string         `json:"reason,omitempty" doc:"code of why somebody is to look at it; it may count all the same"`
}

type fatesOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Epoch   string     `json:"epoch" doc:"this life of the server's data"`
		Results []fateView `json:"results" nullable:"false" doc:"one for each, in order"`
	}
}

func (s *Server) fates(ctx context.Context, c Caller, in *fatesInput) (*fatesOutput, error) {
	if err := phoneOf(c); err != nil {
		return nil, err
	}
	out := &fatesOutput{CacheControl: "no-store"}
	out.Body.Epoch = c.epoch
	return out, s.Store.View(ctx, func(tx store.Tx) error {
		out.Body.Results = []fateView{}
		list, err := s.Intake.FatesOf(tx, c.Actor, in.Body.Entries)
		for _, f := range list {
			out.Body.Results = append(out.Body.Results, fateView{f.Entry.String(), f.Fate, f.Reason})
		}
		return err
	})
}

type sealedKey struct {
	Point  string `json:"epk" maxLength:"200" doc:"the phone's ephemeral point on P-256, uncompressed, base64"`
	IV     string `json:"iv" maxLength:"100" doc:"12 bytes, base64"`
	Sealed string `json:"ct" maxLength:"200" doc:"the worker's data key, sealed, base64"`
}

type sealedRecord struct {
	ID     string `json:"id" doc:"of the entry"`
	IV     string `json:"iv" doc:"12 bytes, base64"`
	Sealed string `json:"ct" doc:"the entry's JSON, sealed for its id, base64"`
}

type rescueInput struct {
	Body struct {
		Device  string         `json:"device" minLength:"1" maxLength:"100" doc:"the phone that holds the outbox"`
		Worker  string         `json:"worker" minLength:"1" maxLength:"100" doc:"who recorded what is in it"`
		Seal    string         `json:"seal" maxLength:"100" doc:"id of the server's key, as pulled"`
		Key     sealedKey      `json:"key"`
		Records []sealedRecord `json:"records" nullable:"false" doc:"1 to 500"`
	}
}

func (s *Server) rescue(ctx context.Context, c Caller, in *rescueInput) (*pushOutput, error) {
	b := &in.Body
	box := fieldsync.Outbox{Device: b.Device, Worker: b.Worker, Seal: b.Seal, Key: fieldsync.SealedKey(b.Key)}
	for _, r := range b.Records {
		box.Records = append(box.Records, fieldsync.SealedRecord(r))
	}
	outcomes, err := s.Intake.Rescue(ctx, c.Actor, c.plan, box)
	if err != nil {
		return nil, err
	}
	return s.pushed(c, outcomes), nil
}
