package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"caunoi/access"
	"caunoi/approval"
	"caunoi/audit"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/messages"
	"caunoi/people"
	"caunoi/people/sheet"
	"caunoi/store"
)

// Limits of lists that are sent.
const (
	mostList    = 64 << 20       // bytes
	mostLists   = 8              // in memory at a time
	listKept    = 24 * time.Hour // since it was last asked for
	mostPreview = 20             // rows
)

func (s *Server) importRoutes() {
	const tag = "people"
	send := operation("POST", "/api/v1/imports/people", "Send a list of people; it is read on trial, and nothing is written", tag)
	send.MaxBodyBytes = mostList
	register(s, access.ImportPeople, recordsItself, send, s.sendList)
	register(s, access.ImportPeople, "import.read", operation("GET", "/api/v1/imports/{import}", "How far an import is, and what it would do", tag), s.importState)
	register(s, access.ImportPeople, recordsItself, operation("PUT", "/api/v1/imports/{import}/columns", "Say what the headings mean, and read again", tag), s.mapColumns)
	register(s, access.ImportPeople, recordsItself, operation("POST", "/api/v1/imports/{import}/run", "Write what was read on trial", tag), s.runImport)
	register(s, access.ImportPeople, "import.read", operation("GET", "/api/v1/imports/{import}/errors.xlsx", "The rows that were refused or are doubtful, with the reasons", tag), s.importErrors)
	register(s, access.ImportPeople, namesNobody, operation("GET", "/api/v1/imports/people/template.xlsx", "An empty sheet with every column", tag), s.importTemplate)
}

// The states of a list.
const (
	listReading = "reading"
	listChecked = "checked"
	listWaiting = "waiting"
	listWriting = "writing"
	listDone    = "done"
	listFailed  = "failed"
)

// list is a list of people on its way into the registry. It stays in memory
// alone: what is sent lies on no disk, and after a restart it is sent again.
type list struct {
	id    string
	by    access.Actor
	lang  string
	name  string // of which only the ending tells something
	touch time.Time

	mu      sync.Mutex
	data    []byte
	state   string
	refusal *journal.Refusal // why it failed
	counts  sheet.Counts
	total   int
	columns []sheet.Column
	preview []previewRow
	errors  []byte // a workbook
}

// lists are those in memory.
type lists struct {
	mu   sync.Mutex
	by   map[string]*list
	work sync.WaitGroup
}

// add keeps a list. Where there are too many, one that is done makes room.
func (l *lists) add(n *list) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.by == nil {
		l.by = map[string]*list{}
	}
	for id, had := range l.by {
		if n.touch.Sub(had.touch) > listKept && !had.busy() {
			delete(l.by, id)
		}
	}
	if len(l.by) >= mostLists {
		var oldest *list
		for _, had := range l.by {
			if !had.busy() && had.now() != listWaiting && (oldest == nil || had.touch.Before(oldest.touch)) {
				oldest = had
			}
		}
		if oldest == nil {
			return journal.Refuse("import.busy")
		}
		delete(l.by, oldest.id)
	}
	l.by[n.id] = n
	return nil
}

// of finds a list of the caller's own; another's is as one that is not there.
func (l *lists) of(c Caller, id string, now time.Time) (*list, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	had := l.by[id]
	if had == nil || had.by.ID != c.ID {
		return nil, notFound(id)
	}
	had.touch = now
	return had, nil
}

func (n *list) now() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.state
}

func (n *list) busy() bool { return n.now() == listReading || n.now() == listWriting }

// begin moves the list on, from one of these states.
func (n *list) begin(to string, from ...string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, f := range from {
		if n.state == f {
			n.state = to
			if to == listReading || to == listWriting {
				n.total = max(n.total, n.counts.Read)
				n.counts, n.preview = sheet.Counts{}, nil
			}
			return nil
		}
	}
	return journal.Refuse("import.state")
}

// work reads a list to the end, on trial or for good, beside the request.
func (s *Server) work(n *list, request string) {
	s.lists.work.Add(1)
	go func() {
		defer s.lists.work.Done()
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		go func() {
			select {
			case <-s.closing:
				cancel()
			case <-ctx.Done():
			}
		}()
		writes := n.now() == listWriting
		err := s.takeList(ctx, n, writes, request)
		n.mu.Lock()
		defer n.mu.Unlock()
		switch {
		case err == nil && writes:
			n.state, n.data = listDone, nil
		case err == nil:
			n.state = listChecked
		default:
			n.state = listFailed
			if !errors.As(err, &n.refusal) {
				s.Log.Error("import failed", "import", n.id, "err", err)
			}
		}
	}()
}

// errTrial ends a transaction whose work is not wanted.
var errTrial = errors.New("trial")

// takeList takes a list batch by batch. Where it waited for a second person,
// the request must have been approved.
func (s *Server) takeList(ctx context.Context, n *list, writes bool, request string) error {
	words, err := messages.For(n.lang)
	if err != nil {
		return err
	}
	chosen, err := s.headings(ctx)
	if err != nil {
		return err
	}
	f, err := sheet.Open(n.name, bytes.NewReader(n.data), chosen)
	if err != nil {
		return err
	}
	defer f.Close()
	n.mu.Lock()
	n.columns = f.Columns
	n.mu.Unlock()
	book, err := f.NewErrors(words.Text("desk.import.errors.row"), words.Text("desk.import.errors.reason"))
	if err != nil {
		return err
	}
	for {
		rows, err := f.Batch()
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			break
		}
		var outcomes []people.RowOutcome
		err = s.act(ctx, func(tx store.Tx, plan *campaign.Plan) (err error) {
			if request != "" {
				if r, err := tx.Approval(request); err != nil || r.State != approval.Approved {
					return errors.Join(err, journal.Refuse("approval.needed"))
				}
			}
			outcomes, err = f.Take(rows, plan, func(records []people.Record) ([]people.RowOutcome, error) {
				return s.Intake.People().Import(tx, plan, n.by, records)
			})
			if err == nil && !writes {
				return errTrial
			}
			return err
		})
		if err != nil && !errors.Is(err, errTrial) {
			return err
		}
		if err := n.note(f, book, rows, outcomes, words); err != nil {
			return err
		}
	}
	var out bytes.Buffer
	if _, err := book.WriteTo(&out); err != nil {
		return err
	}
	n.mu.Lock()
	n.errors = out.Bytes()
	details := n.counts.Details()
	n.mu.Unlock()
	if !writes {
		return nil
	}
	return s.Store.Update(ctx, func(tx store.Tx) error {
		return audit.Append(tx, s.Now(), audit.Event{
			Act: "people.imported", Actor: n.by.ID, Device: n.by.Device, Office: n.by.Office, Subject: "import:" + n.id, Details: details,
		})
	})
}

// note counts a batch, and keeps what a person should look at.
func (n *list) note(f *sheet.File, book *sheet.Book, rows []sheet.Row, outcomes []people.RowOutcome, words *messages.Printer) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	for i, o := range outcomes {
		n.counts.Add(o)
		reason := ""
		if o.Refusal != nil {
			reason = words.Refusal(o.Refusal)
		} else {
			var all []string
			for _, d := range o.Doubts {
				all = append(all, words.Text("desk.warning."+d.Code))
			}
			reason = strings.Join(all, " ")
		}
		if len(n.preview) < mostPreview {
			text := reason
			if text == "" {
				text = f.Masked(rows[i])
			}
			n.preview = append(n.preview, previewRow{rows[i].Number, string(o.Status), text})
		}
		if reason == "" {
			continue
		}
		if err := book.AddError(f, rows[i], reason); err != nil {
			return err
		}
	}
	return nil
}

// headings are those that somebody explained before.
func (s *Server) headings(ctx context.Context) (map[string]string, error) {
	chosen := map[string]string{}
	err := s.Store.View(ctx, func(tx store.Tx) error {
		had, err := tx.Setting(sheet.Setting)
		if err != nil || had == "" {
			return err
		}
		return json.Unmarshal([]byte(had), &chosen)
	})
	return chosen, err
}

type sendListInput struct {
	RawBody []byte `contentType:"application/octet-stream"`
}

type importIDOutput struct {
	Body struct {
		ID string `json:"id" format:"uuid"`
	}
}

func (s *Server) sendList(ctx context.Context, c Caller, in *sendListInput) (*importIDOutput, error) {
	if c.Office == "" {
		return nil, journal.Refuse("import.office")
	}
	name := "list.csv"
	if bytes.HasPrefix(in.RawBody, []byte("PK\x03\x04")) { // a workbook is a zip file
		name = "list.xlsx"
	}
	n := &list{
		id: journal.NewID().String(), by: c.Actor, lang: c.Lang, name: name, touch: s.Now(),
		data: bytes.Clone(in.RawBody), state: listReading,
	}
	if err := s.lists.add(n); err != nil {
		return nil, err
	}
	err := s.Store.Update(ctx, func(tx store.Tx) error { return audit.Append(tx, s.Now(), n.event("import.begun", c)) })
	if err != nil {
		return nil, err
	}
	s.work(n, "")
	out := &importIDOutput{}
	out.Body.ID = n.id
	return out, nil
}

func (n *list) event(act audit.Act, c Caller) audit.Event {
	return audit.Event{Act: act, Actor: c.ID, Device: c.Device, Office: c.Office, Subject: "import:" + n.id}
}

// ImportInput names an import. (See [PersonRow].)
type ImportInput struct {
	Import string `path:"import" maxLength:"100"`
}

func (in *ImportInput) subject() string { return "import:" + in.Import }

type previewRow struct {
	Row  int    `json:"row"`
	Kind string `json:"kind" enum:"added,changed,same,refused"`
	Text string `json:"text" doc:"why it is refused or doubtful; else who it is, masked"`
}

type columnView struct {
	Heading    string `json:"heading"`
	Field      string `json:"field"`
	Recognised bool   `json:"recognised"`
}

type importOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		ID        string `json:"id" format:"uuid"`
		State     string `json:"state" enum:"reading,checked,waiting,writing,done,failed"`
		Reason    string `json:"reason" doc:"why it failed"`
		RowsRead  int    `json:"rows_read"`
		RowsTotal int    `json:"rows_total" doc:"0 until all was read once"`
		sheet.Counts
		Preview []previewRow `json:"preview" nullable:"false"`
		Columns []columnView `json:"columns" nullable:"false"`
		Fields  []string     `json:"fields" nullable:"false"`
	}
}

func (s *Server) importState(ctx context.Context, c Caller, in *ImportInput) (*importOutput, error) {
	n, err := s.lists.of(c, in.Import, s.Now())
	if err != nil {
		return nil, err
	}
	if n.now() == listWaiting {
		err := s.Store.View(ctx, func(tx store.Tx) error {
			last, found, err := approval.Last(tx, s.Now(), in.subject())
			if err == nil && found && (last.State == approval.Refused || last.State == approval.Expired) {
				return n.begin(listChecked, listWaiting)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	c.Read.Office = c.Office
	words, err := messages.For(c.Lang)
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	out := &importOutput{CacheControl: "no-store"}
	b := &out.Body
	b.ID, b.State, b.RowsRead, b.RowsTotal, b.Counts = n.id, n.state, n.counts.Read, n.total, n.counts
	if n.refusal != nil {
		b.Reason = words.Refusal(n.refusal)
	}
	b.Preview, b.Columns, b.Fields = append([]previewRow{}, n.preview...), []columnView{}, []string{}
	for _, col := range n.columns {
		b.Columns = append(b.Columns, columnView{col.Heading, col.Field, col.Field != ""})
	}
	for _, f := range sheet.Fields {
		b.Fields = append(b.Fields, f.Name)
	}
	return out, nil
}

type mapInput struct {
	ImportInput
	Body struct {
		Map map[string]string `json:"map" doc:"column by heading; empty: not read"`
	}
}

func (s *Server) mapColumns(ctx context.Context, c Caller, in *mapInput) (*struct{}, error) {
	n, err := s.lists.of(c, in.Import, s.Now())
	if err != nil {
		return nil, err
	}
	if len(in.Body.Map) > 200 {
		return nil, journal.Refuse("sheet.too_big")
	}
	for heading, field := range in.Body.Map {
		if !sheet.Known(field) {
			return nil, journal.Refuse("sheet.field", "field", field)
		}
		if len(heading) > 200 {
			return nil, journal.Refuse("sheet.too_big")
		}
	}
	chosen, err := s.headings(ctx)
	if err != nil {
		return nil, err
	}
	for heading, field := range in.Body.Map {
		chosen[heading] = field
	}
	raw, err := json.Marshal(chosen, json.Deterministic(true))
	if err != nil {
		return nil, err
	}
	if err := n.begin(listReading, listChecked, listFailed); err != nil {
		return nil, err
	}
	err = s.Store.Update(ctx, func(tx store.Tx) error {
		if err := tx.PutSetting(sheet.Setting, string(raw)); err != nil {
			return err
		}
		return audit.Append(tx, s.Now(), n.event("import.mapped", c))
	})
	s.work(n, "")
	return nil, err
}

func (s *Server) runImport(ctx context.Context, c Caller, in *ImportInput) (*waitsOutput, error) {
	n, err := s.lists.of(c, in.Import, s.Now())
	if err != nil {
		return nil, err
	}
	waits := false
	err = s.act(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		n.mu.Lock()
		state, counts := n.state, n.counts
		n.mu.Unlock()
		if state != listChecked {
			return journal.Refuse("import.state")
		}
		before, err := importedAlone(tx, c, s.Now())
		if err != nil {
			return err
		}
		if counts.Added+counts.Changed+before > approval.ManyRows {
			needed, err := approval.Needed(tx, plan, approval.ImportPeople, c.Office)
			if err != nil {
				return err
			}
			waits = needed
		}
		if !waits {
			e := n.event("import.begun", c)
			e.Details = counts.Details()
			return audit.Append(tx, s.Now(), e)
		}
		change, err := json.Marshal(counts)
		if err == nil {
			_, err = approval.Ask(tx, plan, s.Now(), c.Actor, approval.ImportPeople, c.Office, in.subject(), change, []byte(n.id))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	to := map[bool]string{true: listWaiting, false: listWriting}[waits]
	if err := n.begin(to, listChecked); err != nil {
		return nil, err
	}
	if !waits {
		s.work(n, "")
	}
	return done(waits), nil
}

// importedAlone is how many rows the caller began to import in the last 24
// hours without a second person: a long list cut in parts is still one.
func importedAlone(tx store.Tx, c Caller, now time.Time) (rows int, err error) {
	begun, err := tx.Audit(audit.Query{Act: "import.begun", Actor: c.ID, From: now.Add(-24 * time.Hour), Limit: 10_000})
	for _, e := range begun {
		for _, name := range []string{"added", "changed"} {
			n, _ := strconv.Atoi(e.Details[name])
			rows += n
		}
	}
	return rows, err
}

// carryImport writes a list that a second person approved. The work begins
// beside the transaction, and goes on only when that has committed.
func (s *Server) carryImport(_ store.Tx, _ *campaign.Plan, r approval.Request) error {
	s.lists.mu.Lock()
	n := s.lists.by[string(r.Input)]
	s.lists.mu.Unlock()
	if n == nil {
		return journal.Refuse("import.gone")
	}
	if err := n.begin(listWriting, listWaiting); err != nil {
		return err
	}
	s.work(n, r.ID)
	return nil
}

type bookOutput struct {
	CacheControl string `header:"Cache-Control"`
	ContentType  string `header:"Content-Type"`
	Disposition  string `header:"Content-Disposition"`
	Body         []byte
}

var contentTypes = map[string]string{
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	".csv":  "text/csv; charset=utf-8",
	".ics":  "text/calendar; charset=utf-8",
	".json": "application/json; charset=utf-8",
	".pdf":  "application/pdf",
}

// bookOf is a file to keep, whose kind its name's ending tells.
func bookOf(name string, raw []byte) *bookOutput {
	return &bookOutput{"no-store", contentTypes[filepath.Ext(name)], fmt.Sprintf("attachment; filename=%q", name), raw}
}

func (s *Server) importErrors(_ context.Context, c Caller, in *ImportInput) (*bookOutput, error) {
	n, err := s.lists.of(c, in.Import, s.Now())
	if err != nil {
		return nil, err
	}
	c.Read.Office = c.Office
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.errors == nil {
		return nil, journal.Refuse("import.state")
	}
	return bookOf("errors.xlsx", n.errors), nil
}

func (s *Server) importTemplate(_ context.Context, c Caller, _ *struct{}) (*bookOutput, error) {
	words, err := messages.For(c.Lang)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := sheet.Template(&out, words.Text("cli.import.example")); err != nil {
		return nil, err
	}
	return bookOf("template.xlsx", out.Bytes()), nil
}
