package web

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	stdjson "encoding/json"

	"github.com/go-json-experiment/json"
	"golang.org/x/text/collate"
	textlang "golang.org/x/text/language"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/store"
	"caunoi/tally"
)

func notFound(what string) error { return journal.Refuse("not_found", "what", what) }

// viewEvent tells an entry in a few fields, without the person.
func viewEvent(plan *campaign.Plan, p placedEntry) EventView {
	v := EventView{
		ID: p.ID, At: p.Received.At, Kind: p.Kind, Late: p.Late,
		Office: officeName(plan, p.Office), Commune: communeName(plan, p.Commune, p.Day),
		Superseding: !p.Supersedes.IsZero(), Withdrawn: p.Withdrawn != "",
	}
	if p.session != nil {
		v.Place, v.ActivityKind = p.session.Place, string(p.session.Kind)
	}
	switch b := p.Body.(type) {
	case *campaign.Planned:
		v.Place, v.ActivityKind = b.Place, string(b.Kind)
	case *campaign.Moved:
		v.Reason = b.Reason
		if b.Place != "" {
			v.Place = b.Place
		}
	case *campaign.Cancelled:
		v.Reason = b.Reason
	case *outreach.HeldBody:
		v.Count = b.HeadCount
	case *outreach.EnrolmentBody:
		v.Scheme, v.Stage = string(b.Scheme), string(b.Stage)
	case *outreach.StageBody:
		v.Stage = string(b.Stage)
		if p.enrolment != nil {
			v.Scheme = string(p.enrolment.Scheme)
		}
	}
	return v
}

func officeName(plan *campaign.Plan, id string) string {
	if o := plan.Offices[id]; o != nil {
		return o.Name
	}
	return id
}

// communeName is what a commune is called on a day, whatever it was merged into.
func communeName(plan *campaign.Plan, code string, day journal.Day) string {
	if c := plan.Communes[code]; c != nil {
		return c.On(day).Name
	}
	return code
}

type entriesInput struct {
	Campaign  string `path:"campaign"`
	Indicator string `query:"indicator" required:"true" doc:"an indicator or a sum"`
	Office    string `query:"office"`
	Commune   string `query:"commune"`
	Elsewhere bool   `query:"elsewhere" doc:"people from elsewhere alone"`
	Day       string `query:"day"`
	From      string `query:"from"`
	To        string `query:"to"`
	Q         string `query:"q" maxLength:"200" doc:"words of a place, a commune, an office or an author, with or without tone marks"`
	Order     string `query:"order" enum:"day,place,commune,office,author,value" default:"day"`
	Up        bool   `query:"up" doc:"the first first"`
	Hour      string `query:"hour" pattern:"^([0-9]|1[0-9]|2[0-3])?$" doc:"of the first meeting; for reached.identified alone"`
	At        string `query:"at" doc:"as they stood at this instant of the past, RFC 3339; what came or changed after is left out"`
	Cursor    string `query:"cursor"`
	Limit     int    `query:"limit" minimum:"1" maximum:"1000" default:"50"`
}

// usual says that the store's own order is asked for, and all of it.
func (in *entriesInput) usual() bool { return in.Q == "" && in.Order == "day" && !in.Up }

type entryRow struct {
	EventView
	HappenedAt time.Time   `json:"happened_at"`
	Day        journal.Day `json:"day" doc:"the day for which it counts here"`
	Author     string      `json:"author" doc:"empty for other offices' entries, as the device and the person"`
	Device     string      `json:"device"`
	Value      int         `json:"value" doc:"what it adds to the closed figure"`
	LateValue  int         `json:"late_value" doc:"what it adds beside it"`
	Person     string      `json:"person" doc:"masked"`
}

type entriesOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Figure  figureView `json:"figure"`
		Entries []entryRow `json:"entries" nullable:"false"`
		Next    string     `json:"next"`
	}
}

func (s *Server) entries(ctx context.Context, c Caller, in *entriesInput) (*entriesOutput, error) {
	q := tally.Query{
		Campaign: in.Campaign, Indicator: tally.Indicator(in.Indicator), Office: in.Office, Commune: in.Commune, Elsewhere: in.Elsewhere,
	}
	if in.Hour != "" {
		q.Dim = "hour=" + in.Hour
	}
	var err error
	if q.AsOf, err = s.momentOf(in.At); err != nil {
		return nil, err
	}
	if q.From, q.To, err = periodOf(in.From, in.To); err != nil {
		return nil, err
	}
	if in.Day != "" {
		if q.From, err = dayIn("day", in.Day); err != nil {
			return nil, err
		}
		q.To = q.From
	}
	if !q.Indicator.Known() {
		return nil, notFound(in.Indicator)
	}
	out := &entriesOutput{CacheControl: "no-store"}
	out.Body.Entries = []entryRow{}
	err = s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		if _, err := campaignOf(c, plan, in.Campaign); err != nil {
			return err
		}
		if in.Office != "" && !plan.HasOffice(in.Office) {
			return notFound(in.Office)
		}
		if in.Commune != "" && !plan.HasCommune(in.Commune) {
			return notFound(in.Commune)
		}
		if err := openedAt(tx, q.AsOf); err != nil {
			return err
		}
		sheet, err := tx.Sheet(q)
		if err != nil {
			return err
		}
		cell := sheet.Total()[q.Indicator]
		out.Body.Figure = figureView{cell.Closed, cell.Late()}
		behind := func() ([]tally.Contribution, string, error) { return tx.Behind(q, in.Cursor, in.Limit) }
		if !in.usual() {
			behind = func() ([]tally.Contribution, string, error) { return s.foundBehind(tx, plan, c, q, in) }
		}
		page, next, err := behind()
		if err != nil {
			return err
		}
		out.Body.Next = next
		rows, err := s.rows(tx, plan, c, q, page)
		out.Body.Entries = append(out.Body.Entries, rows...)
		return err
	})
	return out, err
}

// rows shows the record behind each contribution by the version that holds, or
// held at the moment of the query.
func (s *Server) rows(tx store.Tx, plan *campaign.Plan, c Caller, q tally.Query, page []tally.Contribution) ([]entryRow, error) {
	holds, err := s.holding(tx, plan, q, page)
	if err != nil {
		return nil, err
	}
	// Only what the caller may see is opened.
	var seen []journal.Stored
	for _, p := range holds {
		if c.sees(plan, p.Office, p.Commune) {
			seen = append(seen, p.Stored)
		}
	}
	if err := tx.Open(seen); err != nil {
		return nil, err
	}
	opened := map[journal.ID]*journal.Entry{}
	for i := range seen {
		opened[seen[i].ID] = &seen[i].Entry
	}
	var out []entryRow
	for _, k := range page {
		p := holds[k.Root]
		row := entryRow{
			EventView: viewEvent(plan, p), HappenedAt: p.At, Day: k.Day, Value: k.Closed, LateValue: k.Late(),
		}
		if e := opened[p.ID]; e != nil {
			row.Author, row.Device, row.Person = authorName(plan, p.Author), p.Device, maskedName(e)
		}
		if !p.HappenedAt.IsZero() {
			row.HappenedAt = p.HappenedAt
		}
		row.Late = k.Late() != 0
		out = append(out, row)
	}
	return out, nil
}

// holding are the versions that hold of the records behind contributions, or
// held at the moment of the query.
func (s *Server) holding(tx store.Tx, plan *campaign.Plan, q tally.Query, page []tally.Contribution) (map[journal.ID]placedEntry, error) {
	var roots []journal.ID
	for _, k := range page {
		roots = append(roots, k.Root)
	}
	records, err := tx.Records(roots)
	if err != nil {
		return nil, err
	}
	closings, err := closingsAt(tx, q.Campaign, q.AsOf)
	if err != nil {
		return nil, err
	}
	placed, err := s.place(tx, plan, closings, standing(q.AsOf, records), q.AsOf)
	if err != nil {
		return nil, err
	}
	holds := map[journal.ID]placedEntry{}
	for _, p := range placed {
		if _, ok := holds[p.Root]; !ok || p.Holds {
			holds[p.Root] = p
		}
	}
	return holds, nil
}

// mostFound is among how many entries one can search or sort: their texts lie
// in the records, so all of them are read. Whoever wants more narrows first.
const mostFound = 10_000

// foundBehind searches and sorts what is behind a figure; it tells nothing of an
// author whom the caller does not see. The cursor is the offset.
func (s *Server) foundBehind(tx store.Tx, plan *campaign.Plan, c Caller, q tally.Query, in *entriesInput) ([]tally.Contribution, string, error) {
	from := 0
	if in.Cursor != "" {
		var err error
		if from, err = strconv.Atoi(in.Cursor); err != nil || from < 0 {
			return nil, "", journal.Refuse("cursor.bad", "cursor", in.Cursor)
		}
	}
	all, more, err := tx.Behind(q, "", mostFound)
	if err != nil {
		return nil, "", err
	}
	if more != "" {
		return nil, "", journal.Refuse("entries.many", "most", mostFound)
	}
	versions, err := s.holding(tx, plan, q, all)
	if err != nil {
		return nil, "", err
	}
	type found struct {
		tally.Contribution
		text string // by which it is sorted
	}
	var list []found
	for _, k := range all {
		p := versions[k.Root]
		view, author := viewEvent(plan, p), ""
		if c.sees(plan, p.Office, p.Commune) {
			author = authorName(plan, p.Author)
		}
		if holds(in.Q, view.Place, view.Commune, view.Office, author) {
			list = append(list, found{k, map[string]string{
				"day": string(k.Day), "place": view.Place, "commune": view.Commune, "office": view.Office, "author": author,
			}[in.Order]})
		}
	}
	byText := collate.New(textlang.Vietnamese)
	slices.SortStableFunc(list, func(a, b found) int {
		if (a.text == "") != (b.text == "") { // what lacks it stands last either way
			return cmp.Compare(len(b.text), len(a.text))
		}
		order := cmp.Or(byText.CompareString(a.text, b.text), cmp.Compare(a.All, b.All))
		if !in.Up {
			order = -order
		}
		return order
	})
	var page []tally.Contribution
	for i := from; i < min(from+in.Limit, len(list)); i++ {
		page = append(page, list[i].Contribution)
	}
	if from+in.Limit < len(list) {
		return page, strconv.Itoa(from + in.Limit), nil
	}
	return page, "", nil
}

func authorName(plan *campaign.Plan, id string) string {
	if a := plan.Campaigners[id]; a != nil {
		return a.Name
	}
	return id
}

// maskedName shows of a name no more than first letters.
func maskedName(e *journal.Entry) string {
	if e.Person == nil {
		return ""
	}
	return mask(e.Person.Name)
}

func mask(name string) string {
	words := strings.Fields(name)
	for i, w := range words {
		r, _ := utf8.DecodeRuneInString(w)
		words[i] = string(r) + "***"
	}
	return strings.Join(words, " ")
}

type entryInput struct {
	Campaign string `path:"campaign"`
	Entry    string `path:"entry"`
	At       string `query:"at" doc:"as it stood at this instant of the past, RFC 3339, without reviews and questions to its author"`
}

func (in *entryInput) subject() string { return "entry:" + in.Entry }

type versionView struct {
	Entry    stdjson.RawMessage `json:"entry" doc:"the entry, its person masked"`
	Received journal.Receipt    `json:"received"`
	At       time.Time          `json:"at,omitzero" doc:"when it happened, as it is counted; absent while it waits"`
	Day      journal.Day        `json:"day"`
	Late     bool               `json:"late"`
	Holds    bool               `json:"holds" doc:"this version of the record counts"`
	Office   string             `json:"office_name"`
	Commune  string             `json:"commune_name"`
	Author   string             `json:"author_name"`
	By       string             `json:"by_name" doc:"who brought it"`
	Pictures []pictureView      `json:"pictures" nullable:"false" doc:"that belong to it"`
}

type countedView struct {
	Indicator tally.Indicator `json:"indicator"`
	Office    string          `json:"office"`
	Commune   string          `json:"commune"`
	Day       journal.Day     `json:"day"`
	Value     int             `json:"value"`
	Late      int             `json:"late"`
}

type entryOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Entry    stdjson.RawMessage `json:"entry"`
		Received journal.Receipt    `json:"received"`
		Versions []versionView      `json:"versions" nullable:"false" doc:"the record: this entry and what it supersedes or is superseded by"`
		Counted  []countedView      `json:"counted" nullable:"false"`
		Reviews  []reviewView       `json:"reviews" nullable:"false"`
		SentBack []sentBackView     `json:"sent_back" nullable:"false" doc:"what its author was asked, the oldest first"`
		MayAsk   bool               `json:"may_ask" doc:"the caller may send it back to its author"`
	}
}

func (s *Server) entry(ctx context.Context, c Caller, in *entryInput) (*entryOutput, error) {
	id, err := journal.ParseID(in.Entry)
	if err != nil {
		return nil, notFound(in.Entry)
	}
	at, err := s.momentOf(in.At)
	if err != nil {
		return nil, err
	}
	out := &entryOutput{CacheControl: "no-store"}
	out.Body.Counted, out.Body.Reviews, out.Body.SentBack = []countedView{}, []reviewView{}, []sentBackView{}
	err = s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		st, ok, err := tx.ByID(id)
		if err != nil {
			return err
		}
		if !ok || st.Campaign != in.Campaign || !at.IsZero() && st.Arrived.After(at) {
			return notFound(in.Entry)
		}
		if !c.sees(plan, st.Office, st.Commune) {
			return notFound(in.Entry) // as if it were not there
		}
		if err := openedAt(tx, at); err != nil {
			return err
		}
		closings, err := closingsAt(tx, st.Campaign, at)
		if err != nil {
			return err
		}
		versions := []journal.Stored{st}
		if !st.Held() {
			if versions, err = tx.Records([]journal.ID{st.Root}); err != nil {
				return err
			}
			versions = standing(at, versions)
		}
		if err := tx.Open(versions); err != nil {
			return err
		}
		for _, p := range tally.Place(plan, s.Intake.Schema(), closings, versions) {
			text, err := maskedEntry(p.Entry)
			if err != nil {
				return err
			}
			pictures, err := picturesOf(tx, &p.Stored)
			if err != nil {
				return err
			}
			out.Body.Versions = append(out.Body.Versions, versionView{
				text, p.Received, p.At, p.Day, p.Late, p.Holds, officeName(plan, p.Office), communeName(plan, p.Commune, p.Day), authorName(plan, p.Author),
				authorName(plan, p.Received.By), pictures,
			})
			if p.ID == id {
				out.Body.Entry, out.Body.Received = text, p.Received
			}
			if p.Holds && at.IsZero() {
				if out.Body.SentBack, out.Body.MayAsk, err = s.askedAbout(tx, plan, c, &p); err != nil {
					return err
				}
			}
		}
		var counted []tally.Contribution
		if at.IsZero() {
			counted, err = tx.ContributionsOf([]journal.ID{st.Root})
		} else {
			counted, err = tx.ContributedAt(st.Root, at)
		}
		if err != nil {
			return err
		}
		for _, k := range counted {
			if k.Dim == "" {
				out.Body.Counted = append(out.Body.Counted, countedView{
					k.Indicator, officeName(plan, k.Office), communeName(plan, k.Commune, k.Day), k.Day, k.Closed, k.Late(),
				})
			}
		}
		if !at.IsZero() {
			return nil
		}
		reviews, err := tx.ReviewsOf([]journal.ID{st.Root})
		if err != nil {
			return err
		}
		if out.Body.Reviews, err = s.viewReviews(tx, plan, c, reviews); err != nil {
			return err
		}
		looks, err := tx.Looks(st.Campaign)
		for i := range out.Body.Reviews {
			v := &out.Body.Reviews[i]
			v.Left = slices.ContainsFunc(looks, func(l tally.Look) bool {
				return l.Root == v.Entry && l.Reason == v.Reason && (v.Other == "" || l.Other.String() == v.Other)
			})
		}
		return err
	})
	return out, err
}

func maskedEntry(e journal.Entry) (stdjson.RawMessage, error) {
	if e.Person != nil {
		p := *e.Person
		p.Name, p.Salt, p.Citizen = mask(p.Name), "", maskNumber(p.Citizen)
		e.Person = &p
	}
	if len(e.Body) > 0 {
		var body map[string]any
		if err := json.Unmarshal(e.Body, &body); err != nil {
			return nil, err
		}
		maskBody(body)
		text, err := json.Marshal(body, json.Deterministic(true))
		if err != nil {
			return nil, err
		}
		e.Body = text
	}
	b, err := json.Marshal(e)
	return b, err
}

// maskBody masks what the official forms need of somebody ([outreach.Declaration],
// [outreach.Account]): who needs it whole takes the list of the form.
func maskBody(body map[string]any) {
	for part, masks := range map[string]map[string]func(string) string{
		"declared": {"phone": maskNumber, "si": maskNumber, "card": maskNumber, "head": mask, "address": mask},
		"account":  {"number": maskNumber, "holder": mask},
	} {
		members, _ := body[part].(map[string]any)
		for name, masked := range masks {
			if value, ok := members[name].(string); ok {
				members[name] = masked(value)
			}
		}
	}
	if _, ok := body["signature"]; ok {
		body["signature"] = "***" // whoever has the strokes can sign by them
	}
}

func maskNumber(number string) string {
	if n := len(number); n > 3 {
		return number[:3] + strings.Repeat("*", n-3)
	}
	return number
}

// sees says whether the caller may open an entry of an office and a commune.
func (c Caller) sees(plan *campaign.Plan, office, commune string) bool {
	return access.May(c.Actor, access.ViewEntries, office, plan) == nil && c.Sees(commune)
}
